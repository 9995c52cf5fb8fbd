r"""Protocol `line`: a message is a line of text ended by `\n`; a `\r` before it is no part of the text."""

from lab.history import as_bytes, as_text
from lab.protocols.base import PROTOCOLS, first_field

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


@PROTOCOLS.kind("line")
class Line:
    """One message a line."""

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
