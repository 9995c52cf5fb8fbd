"""What all protocols share: bytes become messages, without I/O.

All of the lab thinks in lines: a message is one, faults cut and delay them, checks judge them. A protocol in which
messages are marked otherwise on the wire has a translator for each end of a connection, and nothing else.
"""

from collections.abc import Mapping
from typing import ClassVar
from typing import Protocol as TypingProtocol

from lab.needs import Need
from lab.registry import Registry

PROTOCOLS: "Registry[type[Protocol]]" = Registry("protocol", "lab.protocols")


class Framer(TypingProtocol):
    """Cuts one direction of one connection into messages, wherever the chunks fell."""

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that these bytes complete, terminators included; joined they are what was fed."""
        ...

    @property
    def waiting(self) -> int:
        """How many bytes of an unfinished message it keeps."""
        ...

    def rest(self) -> bytes:
        """The bytes of an unfinished message, which are then forgotten."""
        ...


class Translator(TypingProtocol):
    """Turns what is on one end of one connection into lines, and lines into what is to be on it."""

    def inward(self, data: bytes) -> bytes:
        """What of lines, or of parts of lines, these bytes of the wire are; empty if that is not known yet."""
        ...

    def outward(self, data: bytes) -> list[bytes]:
        """The bytes for the wire of lines, or of parts of lines, in as many writes as it must be."""
        ...

    def at_end(self) -> bytes:
        """What is left of a message that its sender did not end, as a part of a line; it is then forgotten."""
        ...


class Protocol(TypingProtocol):
    """A wire protocol: how messages are cut, written and named.

    Attributes:
        needs_size: Whether a profile must say how many bytes a message has.
        lacks: What cannot be done where it is spoken, and why.
        gap: Seconds that must go by between two messages on one connection, lest one read bring both.
        is_datagram: Whether its messages are datagrams, and come over no connection.
    """

    needs_size: ClassVar[bool]
    lacks: ClassVar[Mapping[Need, str]]
    gap: ClassVar[float]
    is_datagram: ClassVar[bool]

    def __init__(self, size: int = 0) -> None: ...

    def translator(self) -> Translator | None:
        """A fresh one, for one end of one connection; None where lines are on the wire."""
        ...

    def framer(self) -> Framer:
        """A fresh framer for one direction of one connection."""
        ...

    def encode(self, text: str) -> bytes:
        """The bytes of a query or of the closing word `done`."""
        ...

    def decode(self, message: bytes) -> str:
        """A message's text, without its terminator."""
        ...

    def name_of(self, message: bytes) -> str:
        """The host name a message is about, in lower case (ASCII only); empty if it has none."""
        ...


def first_field(text: str) -> str:
    """The first field of a line, in lower case; empty if there is none."""
    field = next(iter(text.split(maxsplit=1)), "")
    return field.lower() if field.isascii() else field
