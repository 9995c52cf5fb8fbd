"""How messages end on the wire, told from their bytes: what a program sent, or what it was content with."""

from dataclasses import dataclass

SHORTEST_BLOCK = 64
"""Bytes from which a message that is filled up with blanks is taken for one of a fixed length."""
FILLINGS = b" \0"


@dataclass(frozen=True, slots=True)
class Framing:
    """A way to mark the end of a message.

    Attributes:
        protocol: What a profile calls it.
        size: Bytes of a message, with `padded`.
        end: What stands behind the text, but for `padded`.
        filling: With what a block is filled up.
    """

    protocol: str
    size: int = 0
    end: bytes = b""
    filling: bytes = b" "

    def frame(self, text: bytes) -> bytes:
        """A message of this text."""
        return text.ljust(self.size, self.filling) if self.size else text + self.end

    def __str__(self) -> str:
        """As people say it."""
        said = {"line": "ended by a newline", "nul": "ended by a zero byte", "raw": "bare, without any end"}
        return said.get(self.protocol, f"filled up to {self.size} bytes")


LINE = Framing("line", end=b"\n")
NUL = Framing("nul", end=b"\0")
RAW = Framing("raw")


def padded(size: int, filling: bytes = b" ") -> Framing:
    """Blocks of so many bytes."""
    return Framing("padded", size=size, filling=filling)


def framing_of(message: bytes) -> Framing:
    """How a message that came in one piece was ended."""
    text = message.rstrip(FILLINGS)
    if len(message) >= SHORTEST_BLOCK and len(message) - len(text) > 1:
        return padded(len(message), message[-1:])
    if message.endswith(b"\0"):
        return NUL
    if message.endswith(b"\n"):
        return Framing("line", end=b"\r\n" if message.endswith(b"\r\n") else b"\n")
    return RAW


def text_of(message: bytes) -> str:
    """A message's text, without its end."""
    return message.strip(b" \0\r\n\t").decode("utf-8", "replace")
