"""The page that the lab shares with servers: the time of a jump world, who waits until when, and shifts of wall clocks.

`shim.c` has the same layout and is to be changed with this file. The lab writes only while every thread of the system
sleeps, so nothing here needs a lock; a shift is one word, and may be written at any time.
"""

import contextlib
import ctypes
import mmap
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from lab.world.real.nursery.users import stranger

MAGIC, ONLY_SHIFTS = b"LABJUMP1", b"LABWALL1"
"""Marks of a page with a time, and of one in which there are only shifts: then all other time is real."""
NAME = "fault-lab-page"
HEADER, SLOT, SLOTS, SHIFTS = 128, 64, 4096, 1024
SIZE = HEADER + SLOTS * SLOT + SHIFTS * 8
FIRST_SHIFT = (HEADER + SLOTS * SLOT) // 8
FREE, WAITING, EXPIRED, BRIEF = range(4)
THREAD, ALARM = range(2)
NOW, WALL, TICK, GENERATION, USED = range(1, 6)
REFUSED, REFUSED_BY = 12, 13
REFUSAL = slice(56, 128)
BEGIN, TICK_NS = 1000 * 10**9, 1000
"""Nanoseconds: where the clock begins, and by what each look at it moves it."""


class Slot(NamedTuple):
    """One thread's timed wait, or a process's alarm. Times are nanoseconds of the page's clock.

    Attributes:
        number: Its place in the page.
        deadline: Where the thread waits for a time of its wall clock, that time as it is now on the page's clock.
        tid: The thread; for an alarm the process.
    """

    number: int
    deadline: int
    tid: int
    pid: int
    state: int
    kind: int
    began: int


class Page:
    """The shared page. It gets a name only in a folder that somebody removes: nothing is left, however the lab ends.

    Args:
        folder: Where it is to have a name, once that folder is made: a program that is confined finds it by that, and
            not by the lab's descriptor. None: by the descriptor.
        has_time: Whether it is a jump world's; else it has only shifts.

    Attributes:
        path: By which programs find it.
    """

    def __init__(self, folder: Path | None = None, *, has_time: bool = True) -> None:
        self._fd = _nameless(folder.parent) if folder else -1
        if folder and self._fd >= 0:
            self.path = str(folder / NAME)
        else:
            self._fd = os.memfd_create(NAME)
            self.path = f"/proc/{os.getpid()}/fd/{self._fd}"
        os.ftruncate(self._fd, SIZE)
        user = stranger()
        if user:
            with contextlib.suppress(OSError):  # a root without the right to: its programs are root, too
                os.fchown(self._fd, *user)
        self._map = mmap.mmap(self._fd, SIZE)
        self._longs = memoryview(self._map).cast("q")
        self._ints = memoryview(self._map).cast("i")
        self._map[: len(MAGIC)] = MAGIC if has_time else ONLY_SHIFTS
        self._longs[NOW] = BEGIN
        self._longs[WALL] = time.time_ns() - BEGIN
        self._longs[TICK] = TICK_NS

    def publish(self) -> None:
        """Give it its name: the folder is there now."""
        if not self.path.startswith("/proc/"):
            os.link(f"/proc/self/fd/{self._fd}", self.path, src_dir_fd=self._fd)  # which has Python follow the link

    @property
    def now(self) -> int:
        """The time in nanoseconds."""
        return self._longs[NOW]

    @now.setter
    def now(self, time_ns: int) -> None:
        self._longs[NOW] = time_ns

    @property
    def mark(self) -> tuple[int, int]:
        """Changes whenever somebody begins or ends a timed wait, or looks at the clock."""
        return self._longs[GENERATION], self._longs[NOW]

    @property
    def refusal(self) -> tuple[int, str] | None:
        """Who used what the shim cannot serve: process id and name."""
        if not self._ints[REFUSED]:
            return None
        return self._ints[REFUSED_BY], bytes(self._map[REFUSAL]).rstrip(b"\0").decode("ascii", "replace")

    def forgive(self) -> None:
        """Forget a refusal: it has been told."""
        self._ints[REFUSED] = self._ints[REFUSED_BY] = 0
        self._map[REFUSAL] = bytes(REFUSAL.stop - REFUSAL.start)

    def slots(self) -> Iterator[Slot]:
        """The slots in use."""
        longs, ints = self._longs, self._ints
        for number in range(longs[USED]):
            at = HEADER // 4 + number * (SLOT // 4)
            tid = ints[at + 2]
            if tid:
                long = at // 2
                pid, state, kind = ints[at + 3 : at + 6]
                deadline = longs[long] - self._shift_of(longs[long + 5])
                yield Slot(number, deadline, tid, pid, state, kind, longs[long + 3])

    def _shift_of(self, wall: int) -> int:
        """By how much the wall clock is ahead for which a slot waits: its number and one; 0 if it waits for no such."""
        return self._longs[FIRST_SHIFT + wall - 1] if wall else 0

    def shift(self, number: int, ns: int) -> None:
        """Let one server's wall clock be so far ahead of the others'; who waits for a time of it waits as long less."""
        self._longs[FIRST_SHIFT + number] = ns

    def expire(self, slot: Slot) -> None:
        """A thread's deadline has come."""
        self._ints[HEADER // 4 + slot.number * (SLOT // 4) + 4] = EXPIRED

    def rearm(self, slot: Slot) -> None:
        """An alarm rang: it waits for its next time, or for none."""
        at = HEADER // 8 + slot.number * (SLOT // 8)
        if self._longs[at + 4]:
            self._longs[at] = slot.deadline + self._longs[at + 4]
        else:
            self._ints[at * 2 + 4] = FREE

    def free(self, slot: Slot) -> None:
        """Its thread is gone."""
        at = HEADER // 4 + slot.number * (SLOT // 4)
        self._ints[at + 4] = FREE
        self._ints[at + 2] = 0

    def close(self) -> None:
        """Give it up; who has it mapped keeps it."""
        self._longs.release()
        self._ints.release()
        self._map.close()
        os.close(self._fd)


_LIBC = ctypes.CDLL(None, use_errno=True)
KICK = 60


def kick(slot: Slot) -> None:
    """Wake the thread of an expired slot; it may be gone."""
    _LIBC.tgkill(slot.pid, slot.tid, KICK)


def alarm(slot: Slot) -> None:
    """Send the signal of an alarm; the process may be gone."""
    _LIBC.kill(slot.pid, signal.SIGALRM)


def _nameless(folder: Path) -> int:
    """A file of this folder's file system that has no name yet; -1 where there can be none."""
    try:
        return os.open(folder, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError:
        return -1
