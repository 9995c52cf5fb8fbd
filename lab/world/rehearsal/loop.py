"""An event loop whose time goes by as soon as nothing is left to do: it waits for nobody, as nothing in it is real."""

import asyncio
import selectors

from lab.errors import LabTrouble


class _Impatient(selectors.SelectSelector):
    """Waits for no descriptor: a time-out is over at once."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Let the time-out go by.

        Raises:
            LabTrouble: There is none, so nothing would ever happen again.
        """
        if timeout is None:
            raise LabTrouble("the rehearsal stands still: everybody waits, and nobody for a time")
        self.now += max(timeout, 0.0)
        return []


class RehearsalLoop(asyncio.SelectorEventLoop):
    """An event loop on imagined time, in seconds from its making."""

    _clock_resolution: float

    def __init__(self) -> None:
        self._impatient = _Impatient()
        super().__init__(self._impatient)
        self._clock_resolution = 1e-9

    def time(self) -> float:
        """Seconds of imagined time."""
        return self._impatient.now
