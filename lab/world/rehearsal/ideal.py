"""Ideal servers: the contract, played by objects on an imagined network. They keep every clause, at once and exactly.

An ideal LS may be given a *lag*: seconds that it takes for whatever it does, fewer than B16 allows.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from functools import partial

from lab.contract import LONGEST, is_answer
from lab.expectation import NOT_FOUND
from lab.world.base import End, OnExit
from lab.world.facts import Holdings
from lab.world.rehearsal.network import Network, RehearsalWire
from lab.world.rehearsal.pace import Pace
from lab.world.rehearsal.reader import Reader

RETRY, HUNG = 0.5, 1.0
SIGNALS = {"KILL": 9, "TERM": 15, "INT": 2, "HUP": 1, "QUIT": 3, "ABRT": 6, "SEGV": 11}


class IdealServer:
    """A process that is none: it lives, stops, goes on and ends as signals say."""

    def __init__(self, network: Network, loop: asyncio.AbstractEventLoop, pid: int, on_exit: OnExit) -> None:
        self.pid = pid
        self.alive = True
        self.loop = loop
        self.network = network
        self._on_exit = on_exit
        self._is_stopped = False
        self._put_off: list[Callable[[], None]] = []
        self._wires: list[RehearsalWire] = []
        self._port = 0

    def listen(self, port: int, attend: Callable[[RehearsalWire], None]) -> None:
        """Listen, and attend whoever comes."""
        self._port = port
        self.network.listen(port, lambda wire: self._admit(wire, attend))

    def _admit(self, wire: RehearsalWire, attend: Callable[[RehearsalWire], None]) -> None:
        self.hold(wire)
        self.do(lambda: attend(wire))

    def hold(self, wire: RehearsalWire) -> None:
        """One more wire of this process: a stop keeps it from reading, its end ends it."""
        self._wires.append(wire)
        if self._is_stopped:
            wire.mute(True)
        if not self.alive:
            wire.close()

    def do(self, work: Callable[[], None]) -> None:
        """Do it now; later if the process is stopped; never if it has ended."""
        if self._is_stopped and self.alive:
            self._put_off.append(work)
        elif self.alive:
            work()

    def later(self, seconds: float, work: Callable[[], None]) -> asyncio.TimerHandle:
        """Do it after some time."""
        return self.loop.call_later(seconds, self.do, work)

    def signal(self, name: str) -> bool:
        """Be stopped, go on, or end."""
        if not self.alive:
            return False
        if name == "STOP":
            self._set_stopped(stopped=True)
        elif name == "CONT":
            self._set_stopped(stopped=False)
        elif self._is_stopped and name != "KILL":
            self._put_off.append(partial(self.end, -SIGNALS[name]))
        else:
            self.end(-SIGNALS[name])
        return True

    def _set_stopped(self, *, stopped: bool) -> None:
        self._is_stopped = stopped
        for wire in self._wires:
            wire.mute(stopped)
        put_off, self._put_off = ([], self._put_off) if stopped else (self._put_off, [])
        for work in put_off:
            self.do(work)

    def end(self, status: int) -> None:
        """Be no more."""
        self.alive = False
        self.network.listen(self._port, None)
        for wire in self._wires:
            wire.close()
        self.loop.call_soon(self._on_exit, status)

    def is_stopped(self) -> bool:
        """Whether it is stopped, or gone."""
        return self._is_stopped or not self.alive

    def holds(self) -> Holdings | None:
        """An ideal server holds nothing."""
        return Holdings(0, 0, 0) if self.alive else None

    def limit_files(self, spare: int | None) -> int:
        """An ideal server needs no more than it has."""
        return spare or 1

    def set_clock(self, by: float) -> bool:  # noqa: ARG002 - a world's word
        """An ideal server does not ask for the date."""
        return True

    def spent(self) -> float:
        """Ideal servers compute in no time."""
        return 0.0


def play_ts(server: IdealServer, port: int, table: Mapping[str, str]) -> None:
    """Answer from a table (name in lower case to line), and of other names say nothing (C6)."""

    def attend(wire: RehearsalWire) -> None:
        def answer(line: str) -> None:
            found = table.get(line.strip().lower())
            if found:
                wire.write(f"{found}\n".encode("utf-8", "surrogateescape"))

        wire.listen_to(Reader(answer).feed, lambda _how, _at: wire.close())

    server.listen(port, attend)


def play_ls(server: IdealServer, port: int, upstreams: tuple[int, ...], pace: Pace) -> None:
    """Ask every upstream, relay whichever answers, and in the end say not found."""
    server.listen(port, lambda wire: _Session(server, wire, upstreams, pace).begin())


class _Way:
    """A session's way to one upstream."""

    def __init__(self, session: "_Session", port: int) -> None:
        self._session = session
        self._port = port
        self._wire: RehearsalWire | None = None
        self._dials = 0
        self._dialled_at = float("-inf")

    def ask(self) -> None:
        """Send the open query, over a new connection if there is none."""
        if self._wire is not None and self._wire.write(self._session.query):
            return
        self._dials += 1
        self._dialled_at = self._session.server.loop.time()
        self._session.server.network.dial(self._port, partial(self._connected, self._dials))
        self._session.server.later(HUNG, partial(self._hung, self._dials))

    def _connected(self, dial: int, wire: RehearsalWire | None) -> None:
        if wire is not None:
            self._session.server.hold(wire)
        if dial != self._dials or self._session.is_over:
            if wire is not None:
                wire.close()
        elif wire is None:
            self._again()
        else:
            self._wire = wire
            wire.listen_to(Reader(self._session.hear).feed, partial(self._ended, wire))
            self._session.server.do(partial(self._write, wire))

    def _write(self, wire: RehearsalWire) -> None:
        wire.write(self._session.query)

    def _hung(self, dial: int) -> None:
        if dial == self._dials and self._wire is None:
            self._again()

    def _ended(self, wire: RehearsalWire, _how: End, _at: float) -> None:
        wire.close()
        if wire is self._wire:
            self._wire = None
            self._again()

    def _again(self) -> None:
        """Dial once more while a query waits: at once if it has not tried yet, then every now and again (B3)."""
        tried = self._dialled_at >= self._session.began
        self._session.server.later(RETRY if tried else 0.0, partial(self._retry, self._session.number))

    def _retry(self, number: int) -> None:
        if self._wire is None and self._session.is_waiting(number):
            self.ask()

    def close(self) -> None:
        """The session is over."""
        self._dials += 1
        if self._wire is not None:
            self._wire.close()


class _Session:
    """One client: its queries in order, each until its answer or until LS gives up."""

    def __init__(self, server: IdealServer, wire: RehearsalWire, upstreams: tuple[int, ...], pace: Pace) -> None:
        self.server = server
        self.number = 0
        self.began = 0.0
        self.is_over = False
        self._wire = wire
        self._ways = [_Way(self, port) for port in upstreams]
        self._pace = pace
        self._queue: deque[str] = deque()
        self._name = ""
        self._is_settled = False
        self._is_ending = False

    def begin(self) -> None:
        """Hear the client."""
        self._wire.listen_to(Reader(self._asked).feed, self._client_ended)

    @property
    def query(self) -> bytes:
        """The open query as it goes to the upstreams; empty if none is open."""
        return f"{self._name}\n".encode("utf-8", "surrogateescape") if self._name else b""

    def is_waiting(self, number: int) -> bool:
        """Whether this query is still the open one."""
        return bool(self._name) and number == self.number and not (self._is_settled or self.is_over)

    def _asked(self, line: str) -> None:
        name = line.strip()
        self._is_ending = self._is_ending or name == "done" or len(line) > LONGEST
        if name and not self._is_ending:
            self._queue.append(name)
        self._next()

    def _client_ended(self, how: End, _at: float) -> None:
        self._is_ending = True
        if how == "rst":
            self._close()
        else:
            self._next()

    def _next(self) -> None:
        if self._name or self.is_over:
            return
        if self._queue:
            self._name, self._is_settled = self._queue.popleft(), False
            self.number += 1
            self.began = self.server.loop.time()
            self.server.later(self._pace.gives_up, partial(self._give_up, self.number))
            self._soon(self._ask_all)
        elif self._is_ending:
            self._close()

    def _ask_all(self) -> None:
        for way in self._ways:
            way.ask()

    def hear(self, line: str) -> None:
        """A line of an upstream: what is no answer to the open query is thrown away (B1, B5)."""
        if self.is_waiting(self.number) and is_answer(line, self._name):
            self._settle(line)

    def _give_up(self, number: int) -> None:
        if self.is_waiting(number):
            self._settle(NOT_FOUND.replace("{name}", self._name))

    def _settle(self, reply: str) -> None:
        """The first answer counts (B13); the next query comes when it is on its way."""
        self._is_settled = True
        self._soon(partial(self._reply, reply))

    def _soon(self, work: Callable[[], None]) -> None:
        if self._pace.lag:
            self.server.later(self._pace.lag, work)
        else:
            work()

    def _reply(self, reply: str) -> None:
        self._name = ""
        if not self.is_over and self._wire.write(f"{reply}\n".encode("utf-8", "surrogateescape")):
            self._next()
        else:
            self._close()

    def _close(self) -> None:
        self.is_over = True
        self._name = ""
        self._wire.close()
        for way in self._ways:
            way.close()
