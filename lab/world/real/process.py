"""A started program, as the lab signals it, limits it, sets its wall clock, and looks at it."""

import contextlib
import os
import resource
import signal
import time
from itertools import count, islice
from pathlib import Path

from lab.world.base import OnExit
from lab.world.facts import Holdings
from lab.world.real.walls import Wall, has_wall

SCHEDULED = 2
"""Of a process's clocks the one that tells what the scheduler gave to all its threads."""


class RealProcess:
    """A started program and its process group.

    Args:
        wall: Its wall clock, if it has one of its own.
    """

    def __init__(self, name: str, pid: int, on_exit: OnExit, wall: Wall | None = None) -> None:
        self.name = name
        self.pid = pid
        self.alive = True
        self._on_exit = on_exit
        self._wall = wall
        self._spent = 0.0
        self._files: int | None = None

    def ended(self, status: int) -> None:
        """Its keeper reaped it."""
        self.alive = False
        self._on_exit(status)

    def signal(self, name: str) -> bool:
        """Signal the whole group; the group's id cannot be another's before the keeper has told of the end."""
        if not self.alive:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, getattr(signal, f"SIG{name}"))
            return True
        return False

    def is_stopped(self) -> bool:
        """Whether every thread's state is T (stopped), or gone."""
        try:
            states = [_state(path) for path in Path(f"/proc/{self.pid}/task").iterdir()]
        except OSError:
            return True
        return all(state in "TtZX" for state in states)

    def holds(self) -> Holdings | None:
        """What it has now, its children's included, as the kernel tells."""
        import psutil  # noqa: PLC0415 - seldom needed

        try:
            process = psutil.Process(self.pid)
            family = [process, *process.children(recursive=True)]
            return Holdings(
                descriptors=sum(one.num_fds() for one in family),
                threads=sum(one.num_threads() for one in family),
                memory=sum(one.memory_info().rss for one in family),
            )
        except psutil.Error:
            return None

    def limit_files(self, spare: int | None) -> int:
        """Lower or restore the limit of the living process (Linux's prlimit); 0 if it is gone."""
        with contextlib.suppress(OSError):
            soft, hard = resource.prlimit(self.pid, resource.RLIMIT_NOFILE)
            if self._files is None:
                self._files = soft
            wanted = self._files if spare is None else self._with(spare)
            resource.prlimit(self.pid, resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
            return wanted
        return 0

    def _with(self, spare: int) -> int:
        """The limit that leaves so many numbers free: it bounds the number of a descriptor, not how many there are."""
        used = {int(name) for name in os.listdir(f"/proc/{self.pid}/fd")}  # noqa: PTH208 - pathlib is slow
        free = (number for number in count() if number not in used)
        return next(islice(free, spare, None))

    def set_clock(self, by: float) -> bool:
        """Set its wall clock, which its next starts have too; False if it has none, or does not live by it."""
        if self._wall is None or (self.alive and not has_wall(self.pid)):
            return False
        self._wall.set(by)
        return True

    def spent(self) -> float:
        """Seconds of processor time so far, user and system, of all its threads."""
        if self.alive:
            with contextlib.suppress(OSError):  # it has ended, which is told soon
                self._spent = time.clock_gettime(_processor_clock(self.pid))
        return self._spent


def _processor_clock(pid: int) -> int:
    """The number of a process's clock, as Linux makes it (`clock_getcpuclockid`): one call, and nothing to read."""
    return ~pid << 3 | SCHEDULED


def _state(task: Path) -> str:
    try:
        return (task / "stat").read_text().rpartition(") ")[2][:1]
    except OSError:
        return "X"
