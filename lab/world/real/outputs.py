"""What the programs of a scenario print: read by the lab, to the end, whatever comes."""

import asyncio
import os
from collections.abc import Callable
from functools import partial

from lab.world.base import OnOutput

CHUNK = 65536
LAST_READS = 16
OUTPUT = 64 << 20
"""Bytes that a program may print on both streams; much less of it is kept."""


class Outputs:
    """The read ends of their pipes.

    Args:
        on_flood: Told of a program that has printed more than `OUTPUT`, once, and how much.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, on_flood: Callable[[str, int], None]) -> None:
        self._loop = loop
        self._on_flood = on_flood
        self._pipes: dict[int, Callable[[], bool]] = {}
        self._printed: dict[str, int] = {}

    def pipes(self, name: str, on_output: OnOutput) -> tuple[tuple[int, int], tuple[int, int]]:
        """The read and the write end for each of a program's two streams; the caller closes the write ends."""
        hear = partial(self._printed_by, name, on_output)
        return self._pipe("stdout", hear), self._pipe("stderr", hear)

    def _pipe(self, stream: str, on_output: OnOutput) -> tuple[int, int]:
        read, write = os.pipe()
        os.set_blocking(read, False)
        self._pipes[read] = partial(self._drain, read, stream, on_output)
        self._loop.add_reader(read, self._pipes[read])
        return read, write

    def _drain(self, fd: int, stream: str, on_output: OnOutput) -> bool:
        """Read once; False if nothing was there."""
        try:
            data = os.read(fd, CHUNK)
        except BlockingIOError:
            return False
        if data:
            on_output(stream, data)
        else:
            self._close_pipe(fd)
        return bool(data)

    def _printed_by(self, name: str, on_output: OnOutput, stream: str, data: bytes) -> None:
        before = self._printed.get(name, 0)
        has = self._printed[name] = before + len(data)
        on_output(stream, data)
        if before <= OUTPUT < has:
            self._on_flood(name, has)

    def hear_out(self, fds: tuple[int, ...]) -> None:
        """Read what is there by now."""
        for drain in [self._pipes[fd] for fd in fds if fd in self._pipes]:
            for _ in range(LAST_READS):
                if not drain():
                    break

    def _close_pipe(self, fd: int) -> None:
        self._loop.remove_reader(fd)
        self._pipes.pop(fd)
        os.close(fd)

    def close(self) -> None:
        """Read no more."""
        for fd in tuple(self._pipes):
            self._close_pipe(fd)
