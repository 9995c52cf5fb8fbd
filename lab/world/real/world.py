"""The real world: an asyncio loop on the monotonic clock, loopback sockets, and processes under a warden."""

import asyncio
import contextlib
import errno
import os
import shutil
import signal
import socket
import time
from collections.abc import Callable, Coroutine, Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from lab.needs import Need
from lab.world.base import Door, Process, Timer, Transport, Wire
from lab.world.jump.page import Page
from lab.world.real import isolation
from lab.world.real.datagrams import DatagramDoor, is_free
from lab.world.real.door import RealDoor
from lab.world.real.limits import keep_standard_streams, raise_limit, words_of
from lab.world.real.listening import Watch
from lab.world.real.networks import Host, RealNetwork, Source
from lab.world.real.noise import Canary, Waits
from lab.world.real.nursery import kin
from lab.world.real.nursery.users import stranger
from lab.world.real.nursery.warden import PASSED
from lab.world.real.ports import ENOUGH, Ports
from lab.world.real.processes import RealTroupe
from lab.world.real.scratch import scratch
from lab.world.real.walls import Walls
from lab.world.real.warden import Warden
from lab.world.real.wire import stamping

T = TypeVar("T")
Kind = TypeVar("Kind", bound=RealTroupe)
SOON, SELDOM = 0.002, 0.025


class _Forget:
    """A timer whose cancelling is calling something."""

    def __init__(self, forget: Callable[[], None]) -> None:
        self.cancel = forget


class RealWorld:
    """Everything real.

    Args:
        seed: The hash seed of every Python server.
        loop: The event loop, whose time is the world's.
        environment: What every program finds in its environment beside what the real world gives it.
        is_stamped: Whether the kernel's receive stamps are on the world's clock.
        port_blocks: After how many blocks of ports they are used again.
        page: The page by which its servers live; None where they live in real time.
    """

    clock = "real"
    lacks: Mapping[Need, str] = MappingProxyType({})
    is_noisy = True

    def __init__(
        self,
        seed: int = 0,
        *,
        loop: asyncio.AbstractEventLoop | None = None,
        environment: Mapping[str, str] = MappingProxyType({}),
        is_stamped: bool = True,
        port_blocks: int = ENOUGH,
        page: Page | None = None,
    ) -> None:
        keep_standard_streams()
        files = raise_limit()
        self._new_warden: Callable[[], Warden] = lambda: Warden(self.scratch, seed, files, environment)
        self._warden: Warden | None = None
        self._loop = loop or asyncio.new_event_loop()
        self._loop.set_exception_handler(self._bug)
        self.bugs: list[str] = []
        self._is_stamped = is_stamped
        self._ports = Ports(port_blocks)
        self._canary = Canary(self._loop)
        self._stamping = stamping()
        self._waits = Waits()
        self._published = page
        self._walls = Walls(page, lambda: self.scratch)
        self.lacks = {**self.lacks, **self._walls.lacks}
        self._host = Host()
        self._watches: list[Watch] = []
        self._watching: asyncio.TimerHandle | None = None
        self._warm = False
        own = self._join(self._host)
        self.reserve, self.dial, self.watch = own.reserve, own.dial, own.watch

    @cached_property
    def scratch(self) -> Path:
        """The run's folder of temporary files, once the warden is ready, which makes and removes it."""
        return scratch()

    def _bug(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """A callback of the lab raised: kept, so that whatever runs is called the lab's trouble."""
        error = context.get("exception")
        words = words_of(error) if error else f"a bug of the lab: {context.get('message')}"
        self.bugs.append(words)
        if words.startswith("a bug"):
            loop.default_exception_handler(context)

    def now(self) -> float:
        """Seconds of the monotonic clock."""
        return self._loop.time()

    def wall(self) -> float:
        """Seconds that really go by."""
        return time.monotonic()

    def at(self, when: float, do: Callable[[], None]) -> Timer:
        """Do something at a time."""
        return self._loop.call_at(when, do)

    def limit(self, when: float, do: Callable[[], None]) -> Timer:
        """Do something at a time that is never to come."""
        return self.at(when, do)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run the conducting coroutine to its end."""
        return self._loop.run_until_complete(work)

    def on_interrupt(self, do: Callable[[], None]) -> None:
        """Do something on the loop when the lab is interrupted (Ctrl-C, SIGTERM, or its terminal went away)."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # as `nohup` wants it
                self._loop.add_signal_handler(number, do)

    def on_readable(self, fd: int, do: Callable[[], None]) -> Timer:
        """Do something whenever a descriptor of the lab's own can be read."""
        self._loop.add_reader(fd, do)
        return _Forget(lambda: _ignore(self._loop.remove_reader(fd)))

    @property
    def no_networks(self) -> str:
        """Why programs cannot have networks of their own; empty if they can."""
        return isolation.refusal()

    def free_port(self, over: Transport = "tcp") -> int:
        """A port for a server."""
        port = self._ports.free()
        return port if over == "tcp" or is_free(port) else self.free_port(over)

    def receive(self, door: Door, on_dial: Callable[[Wire], None]) -> None:
        """Hear of every connection at a door."""
        assert isinstance(door, RealDoor | DatagramDoor)
        door.on_dial(on_dial)

    def _join(self, source: Source) -> RealNetwork:
        return RealNetwork(self._loop, source, self._ports, self._watch_over, self._is_stamped)

    def _watch_over(self, watch: Watch) -> None:
        """Look a port up every 2 ms while somebody is awaited there."""
        self._watches.append(watch)
        self._look_soon()

    def _look_soon(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
        self._watching = self._loop.call_later(0, self._look_on)

    def _look_on(self) -> None:
        self._watching = None
        self._look()
        if self._watches:
            awaited = any(watch.address is None for watch in self._watches)
            self._watching = self._loop.call_later(SOON if awaited else SELDOM, self._look_on)

    def _look(self) -> bool:
        """Look at the kernel's table, if anybody wants to hear of it; whether somebody heard something new."""
        self._watches = [watch for watch in self._watches if not watch.over]
        news = [watch.look() for watch in tuple(self._watches)]
        return any(news)

    def is_free(self, port: int, over: Transport = "tcp") -> bool:
        """Whether a server that does not reuse addresses could listen there, which it cannot for a minute after one."""
        if over == "udp":
            return is_free(port)
        with socket.socket() as sock:
            try:
                sock.bind(("", port))
            except OSError as error:
                return error.errno != errno.EADDRINUSE  # what else there is, the server is told
            return True

    def is_taken(self, port: int, folder: Path) -> bool:
        """Whether a listener has the port now, and is no descendant that the program of this folder left."""
        return self._host.listener(port) is not None and not any(
            str(folder) in kin.places_of(pid) and _listens(pid, port) for pid in kin.descendants_of(os.getpid())
        )

    async def troupe(self, folder: Path) -> RealTroupe:
        """A keeper for one scenario."""
        return self._gather(RealTroupe, folder)

    def _gather(self, kind: type[Kind], folder: Path) -> Kind:
        warden = self.prepare()
        if not self._warm:
            warden.await_ready()
            if self._published is not None:
                self._published.publish()
            self._warm = True
        folder.mkdir(parents=True, exist_ok=True)
        if stranger():
            folder.chmod(PASSED)
        return kind(self._loop, warden, folder, self._walls, self._join)

    def prepare(self) -> Warden:
        """Start the warden, unless it is there: who will need one may have it warm up meanwhile."""
        if self._warden is None:
            self._warden = self._new_warden()
        return self._warden

    def waits(self, processes: Mapping[str, Process]) -> dict[str, float]:
        """Seconds each has waited for a processor so far."""
        pids = {"lab": os.getpid()} | {name: process.pid for name, process in processes.items() if process.alive}
        return {name: round(self._waits.of(pid), 6) for name, pid in pids.items()}

    def on_lag(self, hear: Callable[[float, float], None]) -> Timer:
        """Hear of a late sleeper."""
        self._canary.tell(hear)
        return _Forget(lambda: self._canary.forget(hear))

    def close(self) -> None:
        """End the warden and whatever it still has, and the loop."""
        if self._warden is not None:
            with contextlib.suppress(OSError):
                self._warden.close()
            shutil.rmtree(self.scratch, ignore_errors=True)  # if the warden was killed
        self._walls.close()
        self._ports.close()
        self._stamping.close()
        self._host.close()
        self._loop.close()


def _listens(pid: int, port: int) -> bool:
    import psutil  # noqa: PLC0415 - seldom needed

    try:
        made = psutil.Process(pid).net_connections("tcp")
    except psutil.Error:
        return False
    return any(one.status == psutil.CONN_LISTEN and one.laddr.port == port for one in made)


def wall_clock() -> str:
    """The date and time of day, for names and headings only: `2026-11-22T17-53-04`."""
    return time.strftime("%Y-%m-%dT%H-%M-%S")


def _ignore(_: object) -> None:
    """For callbacks whose answer nobody wants."""
