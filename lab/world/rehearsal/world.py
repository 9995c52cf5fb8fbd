"""The rehearsal world: a world of `lab.world.base` in which nothing is real, and every server is ideal."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any, TypeVar, cast

from lab.errors import LabTrouble
from lab.needs import Need
from lab.world.base import Door, OnExit, OnOutput, Process, Program, Timer, Transport, Wire
from lab.world.facts import Excess, Remnant
from lab.world.rehearsal.ideal import IdealServer, play_ls, play_ts
from lab.world.rehearsal.loop import RehearsalLoop
from lab.world.rehearsal.network import Network, RehearsalDoor
from lab.world.rehearsal.pace import Pace

T = TypeVar("T")
LS, TS, NONE = "ideal-ls", "ideal-ts", "ideal-none"
"""The commands of ideal servers: `ideal-ls PORT TS_PORT ...`, `ideal-ts PORT TABLE`, `ideal-none STATUS`."""


class RehearsalWorld:
    """Imagined time and an imagined network.

    Args:
        pace: Times of an ideal LS.
    """

    clock = "rehearsal"
    lacks: Mapping[Need, str] = MappingProxyType({})
    is_noisy = False
    no_networks = ""

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self.bugs: list[str] = []
        self.loop = RehearsalLoop()
        self.loop.set_exception_handler(self._bug)
        self.network = Network(self.loop)
        self._scratch = TemporaryDirectory(prefix="fault-lab-")

    @property
    def scratch(self) -> Path:
        """A folder for tables."""
        return Path(self._scratch.name)

    def _bug(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.bugs.append(f"{context.get('message')}: {context.get('exception')!r}")

    def now(self) -> float:
        """Seconds of imagined time."""
        return self.loop.time()

    def wall(self) -> float:
        """Imagined too: nobody is to know how long a rehearsal takes."""
        return self.now()

    def at(self, when: float, do: Callable[[], None]) -> Timer:
        """Do something at a time."""
        return self.loop.call_at(when, do)

    def limit(self, when: float, do: Callable[[], None]) -> Timer:
        """Do something at a time that is never to come."""
        return self.at(when, do)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run the conducting coroutine to its end."""
        return self.loop.run_until_complete(work)

    def reserve(self, over: Transport = "tcp", port: int = 0) -> Door:  # noqa: ARG002 - what is rehearsed speaks in lines
        """A door with a port of its own."""
        return RehearsalDoor(self.network, port or self.network.new_port())

    def free_port(self, over: Transport = "tcp") -> int:  # noqa: ARG002 - as above
        """A port of its own."""
        return self.network.new_port()

    def receive(self, door: Door, on_dial: Callable[[Wire], None]) -> None:
        """Hear of every connection made at a door."""
        cast("RehearsalDoor", door).on_dial(on_dial)

    def dial(
        self,
        host: str,  # noqa: ARG002 - there is one
        port: int,
        on_wire: Callable[[Wire | None], None],
        over: Transport = "tcp",  # noqa: ARG002 - as above
    ) -> None:
        """Connect; the callback gets the wire, or None when it was refused."""
        self.network.dial(port, on_wire)

    def watch(self, port: int, on_change: Callable[[str | None], None], over: Transport = "tcp") -> Timer:  # noqa: ARG002 - as above
        """Hear when somebody listens at a port, and when nobody does any more."""
        return self.network.watch(port, on_change)

    def is_free(self, port: int, over: Transport = "tcp") -> bool:  # noqa: ARG002 - a world's word
        """Nobody is given one twice."""
        return True

    def is_taken(self, port: int, folder: Path) -> bool:  # noqa: ARG002 - a world's word
        """There are no strangers here."""
        return False

    async def troupe(self, folder: Path) -> "RehearsalTroupe":  # noqa: ARG002 - a world's word
        """The processes of one scenario."""
        return RehearsalTroupe(self)

    def waits(self, processes: Mapping[str, Process]) -> dict[str, float]:  # noqa: ARG002 - a world's word
        """Nobody waits for a processor."""
        return {}

    def on_lag(self, hear: Callable[[float, float], None]) -> Timer:  # noqa: ARG002 - a world's word
        """No sleeper ever wakes late."""
        return self.loop.call_soon(bool)

    def close(self) -> None:
        """It was never there."""
        self.loop.close()
        self._scratch.cleanup()


class RehearsalTroupe:
    """The ideal servers of one scenario."""

    def __init__(self, world: RehearsalWorld) -> None:
        self._world = world
        self._servers: list[IdealServer] = []

    def on_lost(self, hear: Callable[[LabTrouble], None]) -> None:
        """No keeper is there to be lost."""

    def on_expired(self, hear: Callable[[str, float], None]) -> None:
        """Nobody tells of waits."""

    def on_excess(self, hear: Callable[[Excess], None]) -> None:
        """An ideal server takes nothing."""

    async def network(self, program: str) -> "RehearsalWorld":  # noqa: ARG002 - a world's word
        """There is one, with ports enough."""
        return self._world

    async def start(self, program: Program, on_output: OnOutput, on_exit: OnExit) -> Process:
        """Start an ideal server."""
        world = self._world
        server = IdealServer(world.network, world.loop, len(self._servers) + 1, on_exit)
        self._servers.append(server)
        kind, first, *rest = program.argv
        if kind == NONE:
            on_output("stderr", b"an ideal server refuses what it is started with\n")
            server.end(int(first))
        elif kind == TS:
            play_ts(server, int(first), _table(Path(rest[0])))
        else:
            play_ls(server, int(first), tuple(map(int, rest)), world.pace)
        return server

    async def end(self) -> list[Remnant]:
        """End whatever is left; nothing ever remains."""
        for server in self._servers:
            server.signal("KILL")
        return []


def _table(path: Path) -> dict[str, str]:
    """A table's entries: name in lower case to line."""
    text = path.read_bytes().decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    lines = [line.partition("#")[0].strip() for line in text.split("\n")]
    return {line.split()[0].lower(): line for line in lines if line}
