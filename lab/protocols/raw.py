"""Protocol `raw`: a message has no mark of its end; what one read brings is one."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from lab.needs import Need
from lab.protocols.bare import Bare
from lab.protocols.base import PROTOCOLS
from lab.protocols.lines import Lines


@PROTOCOLS.kind("raw")
class Raw(Lines):
    """Bare messages: one read is one message, so each is sent by itself, and only one is under way at a time."""

    gap: ClassVar[float] = 0.010
    lacks: ClassVar[Mapping[Need, str]] = MappingProxyType(
        {"message ends": "in `raw` what one read brings is a message, so that it can be neither cut nor joined"}
    )

    def translator(self) -> Bare:
        """Lines that are bare on the wire."""
        return Bare()
