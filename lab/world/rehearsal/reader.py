"""Lines of an imagined wire."""

from collections.abc import Callable

from lab.contract import LONGEST


class Reader:
    """Whole lines out of a wire's bytes; of one that is too long nothing is left but its end."""

    def __init__(self, on_line: Callable[[str], None]) -> None:
        self._on_line = on_line
        self._rest = b""

    def feed(self, data: bytes, _at: float) -> None:
        """More bytes."""
        *lines, rest = (self._rest + data).split(b"\n")
        self._rest = rest[: LONGEST + 1]
        for line in lines:
            self._on_line(line.decode("utf-8", "surrogateescape").removesuffix("\r"))
