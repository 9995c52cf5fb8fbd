"""Lines that are bare on the wire: what protocols share in which a read brings one message."""

ENDS = b"\r\n"


class Bare:
    """Makes a line of whatever a read brings, and a write of its own of each line."""

    def __init__(self) -> None:
        self._begun = b""

    def inward(self, data: bytes) -> bytes:
        """One line; ends of line within it are shown as zero bytes, as they separate nothing."""
        return data.rstrip(ENDS).replace(b"\n", b"\0") + b"\n"

    def outward(self, data: bytes) -> list[bytes]:
        """Each line without its end; a part of a line waits for the rest, and an empty line cannot be sent."""
        *lines, self._begun = (self._begun + data).split(b"\n")
        return [line for line in lines if line]

    def at_end(self) -> bytes:
        """Nothing is kept back."""
        return b""
