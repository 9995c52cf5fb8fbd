"""What a program may have of the machine, with all that it starts, and who is over it.

The kernel bounds what it can count for one process alone: the size of a file, seconds of a processor. How many
processes there are, what memory they use together, and what a folder holds is looked at from time to time.
"""

import contextlib
import os
import resource
from collections.abc import Iterable, Iterator

from lab.world.real.nursery import kin

PERIOD = 0.5
"""Seconds between two looks: a look takes some 0.1 ms, and there is a keeper for each scenario that runs."""
PROCESSES = 64
MEMORY = 1 << 30
FILES = 256 << 20
"""Bytes of all files in its folder."""
ONE_FILE = FILES
PROCESSOR = 120
"""Seconds that a program, and those it waited for, may compute."""
PROCESSOR_SECONDS = 900
"""The kernel's own bound, of one process."""
USERS_OTHERS = 4096
"""How many processes more than it has now the user may have, where the user is not root."""
STEP = 16 << 20
"""Bytes by which a disk must have filled before files are counted."""
BLOCK = 512
PAGE_BYTES, TICKS = resource.getpagesize(), os.sysconf("SC_CLK_TCK")
TIMES, RESIDENT = slice(11, 15), 21
"""Where they stand in /proc/PID/stat, behind the name."""


def set_limits(users: int, number: int) -> None:
    """Have the kernel hold this process, and what it starts, to what it can count.

    Args:
        users: How many processes the user has already.
        number: The program's, of which no other of its scenario has it.
    """
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, file_limit(number)),
        (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
        (resource.RLIMIT_NPROC, users + USERS_OTHERS),
    ):
        _, hard = resource.getrlimit(what)
        soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (soft, hard if what == resource.RLIMIT_NPROC else soft))


def processes_of_user() -> int:
    """How many processes (threads, as the kernel counts them) the user has now."""
    mine, found = os.getuid(), 0
    for entry in os.scandir("/proc"):
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and entry.stat().st_uid == mine:
                found += len(os.listdir(f"/proc/{entry.name}/task"))  # noqa: PTH208 - as all here
    return found


def file_limit(number: int) -> int:
    """The longest file that a program's number allows it, in bytes: each number has its own, which is its mark.

    It is inherited by all that a program starts, and only root raises it again.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    return (ONE_FILE if hard == resource.RLIM_INFINITY else min(ONE_FILE, hard)) - number


def mark_of(pid: int) -> int:
    """The longest file that a process may write, in bytes; -1 if it is gone."""
    with contextlib.suppress(OSError):
        return resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
    return -1


def excess(pids: list[int], folder: str | None) -> tuple[str, int, int] | None:
    """The first bound that these processes are over, as (what, how much they have, how much they may); None if none.

    Args:
        pids: A program and what came from it.
        folder: Whose files are counted; None: none are.
    """
    memory, seconds = _use_of(pids)
    has = (
        ("processes", len(pids), PROCESSES),
        ("bytes of memory", memory, MEMORY),
        ("seconds of processor time", seconds, PROCESSOR),
        ("bytes in files", sum(_sizes_in(folder)) if folder else 0, FILES),
    )
    return next(((what, much, most) for what, much, most in has if much > most), None)


def _use_of(pids: Iterable[int]) -> tuple[int, int]:
    """Bytes of memory that they use (what two share counts twice), and seconds that they and their dead computed."""
    pages = ticks = 0
    for pid in pids:
        with contextlib.suppress(OSError, IndexError):
            fields = kin.read(f"/proc/{pid}/stat").rpartition(b") ")[2].split()
            pages += int(fields[RESIDENT])
            ticks += sum(map(int, fields[TIMES]))
    return pages * PAGE_BYTES, ticks // TICKS


def _sizes_in(folder: str) -> Iterator[int]:
    """Bytes of the disk that the files below a folder take."""
    folders = [folder]
    while folders:
        with contextlib.suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):  # it is gone again
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        yield entry.stat(follow_symlinks=False).st_blocks * BLOCK


class Filling:
    """How full a folder's disk is, which is one call: files are counted only where it has filled.

    Others may empty it at the same time; so it is no more than a reason to count soon.
    """

    def __init__(self) -> None:
        self._least = 0

    def begin(self, folder: str) -> None:
        """From here on."""
        self._least = _filled(folder)

    def has_filled(self, folder: str) -> bool:
        """Whether it has by much since it was counted last."""
        now = _filled(folder)
        has = now - self._least >= STEP
        self._least = now if has else min(now, self._least)
        return has


def _filled(folder: str) -> int:
    """Bytes of its disk that are taken; 0 if it is gone."""
    with contextlib.suppress(OSError):
        disk = os.statvfs(folder)
        return (disk.f_blocks - disk.f_bfree) * disk.f_frsize
    return 0
