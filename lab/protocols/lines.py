r"""Lines, which all of the lab thinks in: text ended by `\n`; a `\r` before it is no part of the text."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from lab.history import as_bytes, as_text
from lab.needs import Need
from lab.protocols.base import Translator, first_field

LONGEST = 1 << 20
"""Bytes after which an unfinished line is taken as it is, so that an endless one fills no memory."""


class LineFramer:
    r"""Cuts after every `\n`."""

    def __init__(self) -> None:
        self._partial = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The lines these bytes complete."""
        first, *others = data.split(b"\n")
        self._partial += first
        lines = []
        for rest in others:
            lines.append(self.rest() + b"\n")
            self._partial += rest
        return [*lines, self.rest()] if len(self._partial) > LONGEST else lines

    @property
    def waiting(self) -> int:
        """How many bytes of a line that has no end yet it keeps."""
        return len(self._partial)

    def rest(self) -> bytes:
        """The line that has no end yet."""
        partial, self._partial = bytes(self._partial), bytearray()
        return partial


class Lines:
    """What all protocols have in common: one message a line, once it is off the wire.

    Args:
        size: Bytes of a message, for protocols that are made from this one and need it.
    """

    needs_size: ClassVar[bool] = False
    lacks: ClassVar[Mapping[Need, str]] = MappingProxyType({})
    gap: ClassVar[float] = 0.0
    is_datagram: ClassVar[bool] = False

    def __init__(self, size: int = 0) -> None:
        self.size = size

    def translator(self) -> Translator | None:
        """None: lines are on the wire."""
        return None

    def framer(self) -> LineFramer:
        """A fresh framer."""
        return LineFramer()

    def encode(self, text: str) -> bytes:
        """The text and its newline."""
        return as_bytes(text) + b"\n"

    def decode(self, message: bytes) -> str:
        """The line without its end."""
        return as_text(message.removesuffix(b"\n").removesuffix(b"\r"))

    def name_of(self, message: bytes) -> str:
        """The first field of the line."""
        return first_field(self.decode(message))
