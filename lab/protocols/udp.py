"""Protocol `udp`: a message is a datagram."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from lab.needs import Need
from lab.protocols.bare import Bare
from lab.protocols.base import PROTOCOLS
from lab.protocols.lines import Lines


@PROTOCOLS.kind("udp")
class Udp(Lines):
    """Datagrams: one is one message, whoever sent it, and nobody connects, closes or resets anything."""

    lacks: ClassVar[Mapping[Need, str]] = MappingProxyType(
        {
            "message ends": "a datagram can be neither cut nor joined to others",
            "connections": "over UDP nobody connects, closes or resets anything",
        }
    )
    is_datagram: ClassVar[bool] = True

    def translator(self) -> Bare:
        """Lines that are datagrams on the wire."""
        return Bare()
