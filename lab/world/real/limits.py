"""Open files: raised as far as the system lets the lab go, given out to scenarios, and named when there are too few."""

import asyncio
import errno
import os
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from lab.errors import LabTrouble

LEAST = 128
MOST = 1 << 16
SPARE = 32
LAST_STREAM = 2
OUT = "the lab has no open files left: run fewer scenarios at once (-j 10), or raise the limit (ulimit -n 4096)"


def raise_limit() -> int:
    """Let this process have as many open files as it may; the limit it was given, which servers are to find.

    Raises:
        LabTrouble: It may not have enough for one scenario.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST if hard == resource.RLIM_INFINITY else min(hard, MOST)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    if wanted < LEAST:
        what = f"a process may have {hard} open files, and the lab needs {LEAST}: raise the limit (ulimit -n 4096)"
        raise LabTrouble(what)
    return soft


def keep_standard_streams() -> None:
    """Where 0, 1 or 2 is closed nothing else may come to be it: a server would get it as its stream."""
    while (fd := os.open(os.devnull, os.O_RDWR)) <= LAST_STREAM:
        os.set_inheritable(fd, True)
    os.close(fd)


def words_of(error: BaseException) -> str:
    """An exception that nobody foresaw, in a sentence."""
    if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
        return OUT
    if isinstance(error, LabTrouble):
        return str(error)
    return f"a bug of the lab: {type(error).__name__}: {error}"


class Room:
    """The open files of this process, of which each scenario takes its share or waits for it."""

    def __init__(self) -> None:
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        limit = MOST if soft == resource.RLIM_INFINITY else soft
        self._left = self._all = max(limit - len(os.listdir("/proc/self/fd")) - SPARE, 0)  # noqa: PTH208 - one call
        self._freed = asyncio.Condition()

    @asynccontextmanager
    async def of(self, files: int) -> AsyncIterator[None]:
        """Hold so many while they are used."""
        await self._take(files)
        try:
            yield
        finally:
            self._left += files
            async with self._freed:
                self._freed.notify_all()

    async def _take(self, files: int) -> None:
        """Wait until so many are free, unless there never will be."""
        if files > self._all:
            what = f"this scenario needs some {files} open files, and {self._all} can be had"
            raise LabTrouble(f"{what}: raise the limit (ulimit -n {files * 2})")
        async with self._freed:
            await self._freed.wait_for(lambda: self._left >= files)
            self._left -= files
