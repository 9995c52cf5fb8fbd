"""Protocol `nul`: a message is text ended by a byte of value zero."""

from lab.protocols.base import PROTOCOLS
from lab.protocols.lines import Lines

SWAPPED = bytes.maketrans(b"\0\n", b"\n\0")


@PROTOCOLS.kind("nul")
class Nul(Lines):
    """One message up to each zero byte; a newline is a byte like others."""

    def translator(self) -> "Swap":
        """Lines whose ends are zero bytes on the wire."""
        return Swap()


class Swap:
    """Has the two bytes change places, so that whatever is cut, joined or delayed has its length on the wire, too."""

    def inward(self, data: bytes) -> bytes:
        """Bytes of the wire as bytes of lines."""
        return data.translate(SWAPPED)

    def outward(self, data: bytes) -> list[bytes]:
        """Bytes of lines as bytes of the wire."""
        return [data.translate(SWAPPED)]

    def at_end(self) -> bytes:
        """Nothing is kept back."""
        return b""
