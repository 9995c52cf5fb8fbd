"""Noise of the machine: who waited for a processor, and how late a sleeper of the lab wakes."""

import asyncio
import contextlib
import os
from collections.abc import Callable
from pathlib import Path

TICK = 0.010
WORTH_TELLING = 0.004


class Waits:
    """Seconds a process's threads have waited on a run queue: the second field of schedstat, summed.

    A thread that ended takes its count along; what it had waited is kept.
    """

    def __init__(self) -> None:
        self._threads: dict[int, dict[str, int]] = {}
        self._totals: dict[int, int] = {}

    def of(self, pid: int) -> float:
        """Seconds so far; 0 where the kernel does not say."""
        old = self._threads.get(pid, {})
        new = dict(_schedstat(pid))
        gained = sum(max(waited - old.get(tid, 0), 0) for tid, waited in new.items())
        self._threads[pid] = new
        self._totals[pid] = self._totals.get(pid, 0) + gained
        return self._totals[pid] * 1e-9


def _schedstat(pid: int) -> list[tuple[str, int]]:
    found = []
    with contextlib.suppress(OSError):
        for tid in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - pathlib is four times as slow
            with contextlib.suppress(OSError, IndexError):
                fields = Path(f"/proc/{pid}/task/{tid}/schedstat").read_bytes().split()
                found.append((tid, int(fields[1])))
    return found


class Canary:
    """A sleeper on the lab's loop that tells when it was woken late."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._hearers: list[Callable[[float, float], None]] = []
        self._due = 0.0
        self._handle: asyncio.TimerHandle | None = None

    def tell(self, hear: Callable[[float, float], None]) -> None:
        """Tell this hearer from now on."""
        self._hearers.append(hear)
        if self._handle is None:
            self._sleep()

    def forget(self, hear: Callable[[float, float], None]) -> None:
        """Tell it no more; without hearers the canary rests."""
        self._hearers.remove(hear)
        if not self._hearers and self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _sleep(self) -> None:
        self._due = self._loop.time() + TICK
        self._handle = self._loop.call_at(self._due, self._wake)

    def _wake(self) -> None:
        now = self._loop.time()
        if now - self._due > WORTH_TELLING:
            for hear in tuple(self._hearers):
                hear(now, now - self._due)
        self._sleep()
