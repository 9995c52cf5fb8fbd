"""What all protocols share: bytes become messages, without I/O."""

from typing import Protocol as TypingProtocol

from lab.registry import Registry

PROTOCOLS: "Registry[type[Protocol]]" = Registry("protocol", "lab.protocols")
NOT_FOUND = "Error:HOST NOT FOUND"


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


class Protocol(TypingProtocol):
    """A wire protocol: how messages are cut, written and named."""

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
