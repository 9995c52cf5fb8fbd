"""Protocol `padded`: every message has the same number of bytes, filled up with blanks."""

from typing import ClassVar

from lab.protocols.base import PROTOCOLS
from lab.protocols.lines import Lines

FILLING = b" \0\t\r\n"
"""What may stand behind the text of a message that came."""


@PROTOCOLS.kind("padded")
class Padded(Lines):
    """Messages of `message_bytes` bytes each; behind the text there are blanks, or, as some do it, zero bytes."""

    needs_size: ClassVar[bool] = True

    def translator(self) -> "Padding":
        """Lines that are blocks on the wire."""
        return Padding(self.size)


class Padding:
    """Cuts blocks into lines, and fills lines up to blocks; a text that is too long takes a further block.

    Args:
        size: Bytes of a block.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._partial = b""
        self._sent = 0

    def inward(self, data: bytes) -> bytes:
        """The lines of the blocks that these bytes complete."""
        data = self._partial + data
        whole = len(data) - len(data) % self._size
        self._partial = data[whole:]
        blocks = (data[start : start + self._size] for start in range(0, whole, self._size))
        return b"".join(block.rstrip(FILLING).replace(b"\n", b"\0") + b"\n" for block in blocks)

    def outward(self, data: bytes) -> list[bytes]:
        """The bytes of lines, as they come; where a line ends, the blanks that its block wants."""
        first, *others = data.split(b"\n")
        self._sent += len(first)
        written = [first]
        for line in others:
            written += [b" " * (-self._sent % self._size or (0 if self._sent else self._size)), line]
            self._sent = len(line)
        return [b"".join(written)]

    def at_end(self) -> bytes:
        """What came of a block that was not completed, as bytes of a line without an end."""
        rest, self._partial = self._partial, b""
        return rest.replace(b"\n", b"\0")
