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
PROCESSOR_SECONDS = 900
USERS_OTHERS = 4096
"""How many processes more than it has now the user may have, where the user is not root."""
MOST_ENTRIES = 2000
PAGE_BYTES = resource.getpagesize()


def set_limits(users: int) -> None:
    """Have the kernel hold this process, and what it starts, to what it can count.

    Args:
        users: How many processes the user has already.
    """
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, ONE_FILE),
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


def excess(pids: list[int], folder: str) -> tuple[str, int, int] | None:
    """The first bound that these processes are over, as (what, how much they have, how much they may); None if none."""
    has = (
        ("processes", len(pids), PROCESSES),
        ("bytes of memory", _memory_of(pids), MEMORY),
        ("bytes in files", sum(_sizes_in(folder)), FILES),
    )
    return next(((what, much, most) for what, much, most in has if much > most), None)


def _memory_of(pids: Iterable[int]) -> int:
    """Bytes of memory that they use; what two of them share counts twice."""
    pages = 0
    for pid in pids:
        with contextlib.suppress(OSError, IndexError):
            pages += int(kin.read(f"/proc/{pid}/statm").split()[1])
    return pages * PAGE_BYTES


def _sizes_in(folder: str) -> Iterator[int]:
    """Bytes that the files below a folder take, as far as they are looked at."""
    folders, left = [folder], MOST_ENTRIES
    while folders and left > 0:
        with contextlib.suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                left -= 1
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                else:
                    yield entry.stat(follow_symlinks=False).st_blocks * 512
