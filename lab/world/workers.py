"""Workers: forks of the lab that do a share of its work, each in a world of its own, and end when the lab does."""

import asyncio
import contextlib
import os
import pickle
import signal
import socket
import struct
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from lab.errors import LabTrouble
from lab.world.base import Timer
from lab.world.real.nursery import kin

LENGTH = struct.Struct("=Q")
CHUNK = 1 << 18
OURS: set[socket.socket] = set()
"""The lab's ends."""


class NotBegun(LabTrouble):
    """A request that a worker never came to."""


class Reading(Protocol):
    """What a worker's owner has: a loop that tells when a descriptor can be read."""

    def on_readable(self, fd: int, do: Callable[[], None]) -> Timer:
        """Do something whenever a descriptor can be read."""
        ...


class Desk:
    """A worker's own end: it takes a request, gives its answer, and takes the next."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def take(self) -> Any:
        """The next request.

        Raises:
            EOFError: There will be none.
        """
        return pickle.loads(self._exactly(LENGTH.unpack(self._exactly(LENGTH.size))[0]))  # noqa: S301 - from ourselves

    def _exactly(self, size: int) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            part = self._sock.recv(min(size - len(parts), CHUNK))
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)

    def give(self, answer: object) -> None:
        """Answer."""
        data = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
        self._sock.sendall(LENGTH.pack(len(data)) + data)


class Worker:
    """A fork of this process that runs `work` at a desk of its own.

    It has a session of its own, so that what a terminal sends reaches the lab alone.

    Args:
        processor: Where it runs, and all that it starts; None: anywhere. They take turns: a worker waits while its
            servers run, and to wake somebody on another processor, and to copy a page that is mapped there, costs
            more than to wait.
    """

    def __init__(self, work: Callable[[Desk], None], processor: int | None = None) -> None:
        self._sock, theirs = socket.socketpair()
        OURS.add(self._sock)
        me = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            for sock in OURS:  # also those of the workers before it, who wait for their ends of file
                sock.close()
            _serve(me, work, theirs, processor)
        theirs.close()
        self._sock.setblocking(False)
        self._data = bytearray()
        self._said: deque[bytes] = deque()
        self._asked: deque[asyncio.Future[Any]] = deque()
        self._reading: Timer | None = None
        self._sending = asyncio.Lock()
        self._why = "ended by itself, or was killed"
        self.is_gone = self._was_excused = False

    def attach(self, world: Reading) -> None:
        """Hear its answers on a world's loop."""
        self._reading = world.on_readable(self._sock.fileno(), self._read)

    async def ask(self, request: object) -> Any:
        """Its answer to a request.

        Raises:
            LabTrouble: It has ended.
        """
        data = pickle.dumps(request, pickle.HIGHEST_PROTOCOL)
        async with self._sending:  # it reads a request only when it has answered the one before
            answer = self.answer()
            with contextlib.suppress(OSError):  # it is gone, which is heard of
                await asyncio.get_running_loop().sock_sendall(self._sock, LENGTH.pack(len(data)) + data)
        return await answer

    def answer(self) -> "asyncio.Future[Any]":
        """What it will say next."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._asked.append(future)
        self._match()
        return future

    def _match(self) -> None:
        """Whoever asked gets what was said; when it has gone, nothing more will be."""
        while self._asked and (self._said or self.is_gone):
            future = self._asked.popleft()
            answer = self._said.popleft() if self._said else None
            if future.done():
                continue
            if answer is None:
                self._excuse(future)
            else:
                future.set_result(pickle.loads(answer))  # noqa: S301 - from our own fork

    def _excuse(self, future: "asyncio.Future[Any]") -> None:
        """It has gone: the first that waits was its work, and the others were not begun."""
        kind = NotBegun if self._was_excused else LabTrouble
        self._was_excused = True
        future.set_exception(kind(f"a worker of the lab {self._why}"))

    def _read(self) -> None:
        try:
            part = self._sock.recv(CHUNK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            part = b""
        if not part:
            self._lose()
            return
        self._data += part
        while (answer := self._whole()) is not None:
            self._said.append(answer)
        self._match()

    def _whole(self) -> bytes | None:
        """An answer that has come whole."""
        if len(self._data) < LENGTH.size:
            return None
        size = LENGTH.size + LENGTH.unpack_from(self._data)[0]
        if len(self._data) < size:
            return None
        answer = bytes(self._data[LENGTH.size : size])
        del self._data[:size]
        return answer

    def _lose(self) -> None:
        self.is_gone = True
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        self._match()

    def interrupt(self) -> None:
        """Have it end what it does now."""
        self._signal(signal.SIGTERM)

    def kill(self, why: str) -> None:
        """End it at once, and its servers with it; `why` follows "a worker of the lab"."""
        self._why = why
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        if not self.is_gone:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def close(self) -> None:
        """Let it end, and wait until it has."""
        if self._reading is not None:
            self._reading.cancel()
        OURS.discard(self._sock)
        self._sock.close()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


def _serve(parent: int, work: Callable[[Desk], None], sock: socket.socket, processor: int | None) -> None:
    """Never returns."""
    status = 1
    try:
        kin.die_with_parent(parent)
        os.setsid()
        if processor is not None:
            with contextlib.suppress(OSError, AttributeError):  # then wherever the kernel puts it
                os.sched_setaffinity(0, {processor})
        with contextlib.suppress(EOFError, ConnectionError):  # the lab wants no more
            work(Desk(sock))
        status = 0
    except BaseException:  # noqa: BLE001 - nothing of the lab that was forked may go on
        import traceback  # noqa: PLC0415 - only where something went wrong

        traceback.print_exc()
    finally:
        os._exit(status)


def processors() -> list[int]:
    """The processors that this process may use."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(os.cpu_count() or 1))
