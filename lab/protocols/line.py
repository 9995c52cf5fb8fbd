r"""Protocol `line`: a message is a line of text ended by `\n`; a `\r` before it is no part of the text."""

from lab.history import as_bytes, as_text
from lab.protocols.base import PROTOCOLS, first_field


class LineFramer:
    r"""Cuts after every `\n`."""

    def __init__(self) -> None:
        self._partial = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The lines these bytes complete."""
        *lines, self._partial = (self._partial + data).split(b"\n")
        return [line + b"\n" for line in lines]

    def rest(self) -> bytes:
        """The line that has no end yet."""
        partial, self._partial = self._partial, b""
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
