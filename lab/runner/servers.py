"""Servers of one scenario: started, watched for LISTEN, heard, signalled."""

import asyncio
from collections.abc import Callable

from lab.errors import LabTrouble
from lab.history import as_text
from lab.runner.futures import settle
from lab.runner.stage import Stage
from lab.runner.starting import start
from lab.world.base import Process, Program, Timer, Troupe

KEPT = 1 << 18
LISTENS, NOT_LISTENING = True, False
NO_WALL = (
    "runs a program that asks for the date past the shim (a static one, one with rights of its own, one started "
    "without LD_PRELOAD, or one in Go)"
)
FATAL = {"KILL", "TERM", "INT", "HUP", "QUIT", "ABRT", "SEGV"}


class Output:
    """What a program prints: kept up to a cap, recorded by whole reads."""

    def __init__(self, stage: Stage, name: str) -> None:
        self._stage = stage
        self._name = name
        self._kept = 0

    def __call__(self, stream: str, data: bytes) -> None:
        """Record it, or, beyond the cap, say once that no more is kept."""
        room = KEPT - self._kept
        self._kept += len(data)
        if room <= 0:
            return
        self._stage.record("output", server=self._name, stream=stream, text=as_text(data[:room]))
        if len(data) > room:
            text = f"\n(the lab keeps {KEPT} bytes of a server's output; what follows is not kept)\n"
            self._stage.record("output", server=self._name, stream=stream, text=text)


class Server:
    """One server of the system, over all its starts.

    Args:
        on_listen: Told the address to dial when it listens, None when it does not any more.
        on_exit: Told its status.
    """

    def __init__(
        self,
        stage: Stage,
        troupe: Troupe,
        program: Program,
        on_listen: Callable[[str, tuple[str, int] | None], None],
        on_exit: Callable[[str, int], None],
    ) -> None:
        self.name = program.name
        self.port = program.port
        self.process: Process | None = None
        self.starts = 0
        self._stage = stage
        self._troupe = troupe
        self._program = program
        self._on_listen = on_listen
        self._on_exit = on_exit
        self._output = Output(stage, program.name)
        self._signalled_by = ""
        self._watch: Timer | None = None
        self._ready: asyncio.Future[bool] | None = None
        self._clock_set_by: dict[str, float] = {}

    @property
    def alive(self) -> bool:
        """Whether it has been started and has not ended."""
        return self.process is not None and self.process.alive

    async def start(self) -> None:
        """Start it; a second start while it lives does nothing."""
        if self.alive:
            return
        self.starts += 1
        self._signalled_by = ""
        self._ready = asyncio.get_running_loop().create_future()
        self.process = await start(self._stage, self._troupe, self._program, self._output, self._exited)
        argv = list(self._program.argv)
        self._stage.record("started", server=self.name, pid=self.process.pid, argv=argv)
        network, over = self._stage.network(self.name), self._stage.transport(self.name)
        self._watch = network.watch(self._program.port, self._changed, over)

    async def listens(self, within: float) -> bool:
        """Wait until it listens: False if it ended before, or did not within this many seconds."""
        assert self._ready is not None
        ready = self._ready
        self._stage.later(self._stage.world.now() + within, lambda: settle(ready, NOT_LISTENING))
        return await ready

    def _changed(self, address: str | None) -> None:
        if not self.alive:
            return
        if address is None:
            self._stage.record("deaf", server=self.name)
            self._on_listen(self.name, None)
            return
        self._stage.record("listening", server=self.name, port=self._program.port)
        self._on_listen(self.name, (address, self._program.port))
        if self._ready is not None:
            settle(self._ready, LISTENS)

    def _exited(self, status: int) -> None:
        if self._watch is not None:
            self._watch.cancel()
        self._stage.record("exited", server=self.name, status=status, by=self._signalled_by)
        self._on_exit(self.name, status)
        if self._ready is not None:
            settle(self._ready, NOT_LISTENING)

    def will_end(self, by: str) -> None:
        """Know who ended it, when its end is told."""
        self._signalled_by = by

    def signal(self, name: str, by: str) -> bool:
        """Send a signal; False if there is no process to get it."""
        if self.process is None or not self.process.alive:
            return False
        if name in FATAL:
            self._signalled_by = by
        self._stage.record("signalled", server=self.name, signal=name, by=by)
        return self.process.signal(name)

    def set_clock(self, by: float | None, fault: str) -> bool:
        """Set its wall clock, or (None) back by what this fault had set it, lest it start again with it; False if not.

        A clock that cannot be set ends the scenario: nothing is said of the system.
        """
        if by is None and fault not in self._clock_set_by:
            return False
        seconds = -self._clock_set_by.pop(fault) if by is None else by
        if self.process is None or not (self.alive or by is None):
            return False
        if not self.process.set_clock(seconds) and by is not None:
            self._stage.on_trouble(LabTrouble(f"{self.name} {NO_WALL}, so its wall clock cannot be set"))
            return False
        if by is not None:
            self._clock_set_by[fault] = by
        self._stage.record("clock_set", server=self.name, seconds=seconds, by=fault)
        return True
