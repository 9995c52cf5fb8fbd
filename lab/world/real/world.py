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
from lab.world.real.datagrams import DatagramDoor, DatagramWire, is_free
from lab.world.real.datagrams import listener as datagram_listener
from lab.world.real.door import RealDoor
from lab.world.real.limits import keep_standard_streams, raise_limit, words_of
from lab.world.real.listening import Table, Watch
from lab.world.real.noise import Canary, Waits
from lab.world.real.nursery import kin
from lab.world.real.ports import ENOUGH, HOST, Ports
from lab.world.real.processes import RealTroupe
from lab.world.real.scratch import scratch
from lab.world.real.walls import Walls
from lab.world.real.warden import Warden
from lab.world.real.wire import RealWire, stamping

T = TypeVar("T")
Kind = TypeVar("Kind", bound=RealTroupe)
SOON, SELDOM = 0.002, 0.025
ANY6, HOST6 = "::", "::1"


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
        self._table = Table()
        self._watches: list[Watch] = []
        self._watching: asyncio.TimerHandle | None = None
        self._warm = False

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

    def reserve(self, over: Transport = "tcp") -> Door:
        """A door of its own."""
        if over == "udp":
            return DatagramDoor(self._loop, self._ports.bind())
        return RealDoor(self._loop, self._ports.bind(reuse=True), self._wire)

    def _wire(self, sock: socket.socket) -> RealWire:
        return RealWire(self._loop, sock, is_stamped=self._is_stamped)

    def free_port(self, over: Transport = "tcp") -> int:
        """A port for a server."""
        port = self._ports.free()
        return port if over == "tcp" or is_free(port) else self.free_port(over)

    def receive(self, door: Door, on_dial: Callable[[Wire], None]) -> None:
        """Hear of every connection at a door."""
        assert isinstance(door, RealDoor | DatagramDoor)
        door.on_dial(on_dial)

    def dial(self, host: str, port: int, on_wire: Callable[[Wire | None], None], over: Transport = "tcp") -> None:
        """Connect without blocking; refused and unreachable are None. `::` is dialled by IPv4, and then by IPv6."""
        if over == "udp":
            self._loop.call_soon(on_wire, DatagramWire(self._loop, (host, port)))
            return
        if host == ANY6:
            self.dial(HOST, port, lambda wire: on_wire(wire) if wire else self.dial(HOST6, port, on_wire))
            return
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setblocking(False)
        code = sock.connect_ex((host, port))
        if code == errno.EINPROGRESS:
            self._loop.add_writer(sock.fileno(), self._connected, sock, on_wire)
        else:
            self._hand_over(sock, code, on_wire)

    def _connected(self, sock: socket.socket, on_wire: Callable[[Wire | None], None]) -> None:
        self._loop.remove_writer(sock.fileno())
        self._hand_over(sock, sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), on_wire)

    def _hand_over(self, sock: socket.socket, code: int, on_wire: Callable[[Wire | None], None]) -> None:
        if code:
            sock.close()
            self._loop.call_soon(on_wire, None)
        else:
            self._loop.call_soon(on_wire, self._wire(sock))

    def watch(self, port: int, on_change: Callable[[str | None], None], over: Transport = "tcp") -> Timer:
        """Hear of a port's listener from the kernel's table, looked up every 2 ms while one is awaited."""
        watch = Watch(port, on_change, self._table.listener if over == "tcp" else datagram_listener)
        self._watches.append(watch)
        self._look_soon()
        return watch

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

    def is_taken(self, port: int, folder: Path) -> bool:
        """Whether a listener has the port now, and is no descendant that the program of this folder left."""
        return self._table.listener(port) is not None and not any(
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
        return kind(self._loop, warden, folder, self._walls)

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
        self._table.close()
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
