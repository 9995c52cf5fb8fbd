"""The life of one scenario: start the servers, release the clients, heal, stop. What happened is in the history.

1. Doors are made for every link, the servers are started (those with tables first), and awaited in LISTEN.
2. Zero: door and process faults act, then the clients are released.
3. When every query has its outcome, all faults are healed, and with `recovery` one clean query per TS is asked.
4. The servers are ended: asked (SIGTERM), then killed with all that is left of them.
"""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from lab.errors import BadInput, LabTrouble
from lab.expectation import Expectation
from lab.history import as_text
from lab.moment import Moment
from lab.runner.asking import LabClient
from lab.runner.engine import Engine
from lab.runner.furnishing import folder_of, furnished, read_answers, with_names, with_table
from lab.runner.futures import all_of, lapse, settle
from lab.runner.gauge import Gauge
from lab.runner.links import Link
from lab.runner.meter import Meter
from lab.runner.placing import await_free, door_port, place, port_of
from lab.runner.servers import Output, Server
from lab.runner.stage import MOST_EVENTS, Stage
from lab.runner.starting import start
from lab.runner.stopping import stop
from lab.scenario.model import Ask, Client, ClientSpec, ServerSpec, Step, Wait
from lab.scenario.planning import added, kept
from lab.scenario.profile import fill
from lab.world.base import Process, Program, Troupe
from lab.world.facts import Excess

HOST = "127.0.0.1"
LONGEST, LONGEST_PROGRAM = 300.0, 240.0
TURN = 0.3
"""Seconds that a scenario's servers have for themselves to start; then, as they rather wait, others start, too."""
WORTH_TELLING = 0.1
"""Seconds: a shorter wait that comes to its end is some program's habit, and no news."""
RECOVERY_PAUSE = 2.0
RECOVERING = "recovery"
BOUNDS = "bounds"
"""Who ended a program that took more than it may."""


@dataclass
class Conductor:
    """One scenario on its way from launch to gone.

    Args:
        stage: What its parts share.
        troupe: The keeper of its processes.
        gate: Held while the servers start, for a turn, and while they end, so that neither disturbs anybody's times.
    """

    stage: Stage
    troupe: Troupe
    gate: asyncio.Semaphore
    engine: Engine = field(init=False)
    meter: Meter = field(init=False)
    programs: dict[str, Process] = field(default_factory=dict)
    recovery: Client | None = None
    began: float = 0.0
    _trouble: LabTrouble | None = None

    def __post_init__(self) -> None:
        self.engine = Engine(self.stage)
        self.meter = Meter(self.stage, self.engine.servers)

    async def conduct(self) -> None:
        """Run the scenario; whatever happens, heal and stop."""
        lag = self.stage.world.on_lag(self._lagged)
        lose = partial(self._lost, asyncio.current_task())
        self.troupe.on_lost(lose)
        self.troupe.on_expired(self._expired)
        self.troupe.on_excess(self._overran)
        self.stage.on_flood = partial(lose, LabTrouble(f"more than {MOST_EVENTS} events: somebody floods the links"))
        self.stage.on_trouble = lose
        self.stage.history.listeners += [Gauge(self.stage, self.engine.servers), self.meter]
        try:
            if await self._launched():
                await self._play()
        except asyncio.CancelledError:
            if self._trouble is None:
                raise
            raise self._trouble from None
        finally:
            self.meter.close()
            self.engine.heal(recovering=False)
            lag.cancel()
            await self._stop()

    def _lost(self, task: "asyncio.Task[None] | None", trouble: LabTrouble) -> None:
        """The servers ended through no fault of their own."""
        self._trouble = trouble
        if task is not None:
            task.cancel(str(trouble))

    def _lagged(self, now: float, late: float) -> None:
        self.stage.record("lagged", now, lag=late)

    def _expired(self, server: str, lasted: float) -> None:
        if lasted >= WORTH_TELLING:
            self.stage.record("expired", server=server, lasted=round(lasted, 6))

    def _overran(self, excess: Excess) -> None:
        fields = {"what": excess.what, "has": excess.has, "allowed": excess.allowed}
        self.stage.record("overran", server=excess.server, **fields)
        if excess.server in self.engine.servers:
            self.engine.servers[excess.server].will_end(BOUNDS)

    # Launch

    async def _launched(self) -> bool:
        """Launch, with the gate held for the time of a turn."""
        async with self.gate:
            self.began = self.stage.world.wall()
            launching = asyncio.ensure_future(self._launch())
            try:
                await asyncio.wait({launching}, timeout=TURN)
            except asyncio.CancelledError:
                launching.cancel()
                await asyncio.wait({launching})
                raise
        return await launching

    async def _launch(self) -> bool:
        """Start all servers in order; False if one does not come to listen."""
        profile = self.stage.profile
        self.engine.arm()
        await place(self.stage, self.troupe)
        for client in self.stage.scenario.clients:
            self._make_link(client.name, profile.front)
        for spec in profile.start_order:
            for server in spec.dials:
                self._make_link(spec.name, server)
            self.engine.servers[spec.name] = self._server(spec)
        for together in profile.start_rows:
            if not await self._start(together):
                return False
            await lapse(self.stage.world, max((spec.pause for spec in together), default=0.0))
        return True

    def _make_link(self, dialler: str, server: str) -> None:
        port = door_port(self.stage, dialler, server)
        self.engine.add(Link(self.stage, f"{dialler}->{server}", self.engine.apply, port))

    def _server(self, spec: ServerSpec) -> Server:
        port = port_of(self.stage, spec)
        folder = furnished(self.stage, spec.name, spec)
        path = with_table(folder, spec, self.stage.scenario.tables.get(spec.name))
        values = {"port": str(port), "table": str(path), **self._addresses(spec.name, spec.dials)}
        has_wall = any(spec.name in entry.fault.clocks for entry in self.stage.scenario.faults)
        argv = (*self._fill(kept(self.stage.scenario, spec), values), *added(self.stage.scenario, spec))
        launch = self._launch_way(spec)
        program = Program(
            spec.name, argv, folder, port, launch, spec.environment, isolated=self.stage.isolate, has_wall=has_wall
        )
        return Server(self.stage, self.troupe, program, self.engine.listening, self.engine.exited)

    def _launch_way(self, spec: ServerSpec | ClientSpec) -> Literal["fork", "exec"]:
        """A program with an environment of its own is executed: an interpreter reads its variables at its start."""
        return "exec" if self.stage.launch == "exec" or spec.environment else "fork"

    def _addresses(self, dialler: str, servers: tuple[str, ...]) -> dict[str, str]:
        ports = {server: self.engine.links[f"{dialler}->{server}"].port for server in servers}
        hosts = {f"{server}.host": HOST for server in ports}
        return hosts | {f"{server}.port": str(port) for server, port in ports.items()}

    def _fill(self, argv: tuple[str, ...], values: Mapping[str, str]) -> tuple[str, ...]:
        return tuple(fill(argv, {"python": sys.executable, "here": self.stage.profile.here, **values}))

    async def _start(self, specs: list[ServerSpec]) -> bool:
        """Start servers that wait for none of each other; False if one does not come to listen."""
        started = [spec for spec in specs if not self.engine.is_withheld(spec.name)]
        for spec in started:
            await await_free(self.stage, spec)
        await asyncio.gather(*(self.engine.servers[spec.name].start() for spec in started))
        return all([await self._listens(spec) for spec in started])

    async def _listens(self, spec: ServerSpec) -> bool:
        server = self.engine.servers[spec.name]
        if await server.listens(spec.start_within):
            return True
        is_shared = spec.name not in self.stage.networks
        if not server.alive and is_shared and self.stage.world.is_taken(server.port, folder_of(self.stage, spec.name)):
            raise LabTrouble(f"port {server.port}, which was free for {spec.name}, was taken by another program")
        return False

    # Play

    async def _play(self) -> None:
        self.stage.zero()
        self.engine.begin()
        await self._act(self.stage.scenario.clients)
        await lapse(self.stage.world, self.stage.lingers)
        recovering = [entry.id for entry in self.stage.scenario.faults if entry.recovery]
        if recovering:
            await self._recover()
        if self.meter.settling:
            await self._settle(self.meter.settling)
            self.meter.measure()

    async def _settle(self, seconds: float) -> None:
        """Give the servers their time to be rid of the last session."""
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.stage.later(self.stage.world.now() + seconds, lambda: settle(over, None))
        await over

    async def _act(self, clients: tuple[Client, ...]) -> None:
        async with _deadline(self.stage):
            await all_of(self._client(client) for client in clients)

    async def _client(self, client: Client) -> None:
        if client.by == "program":
            await self._program(client)
        else:
            await LabClient(self.stage, client, self.engine.links[f"{client.name}->{self.stage.profile.front}"]).act()

    async def _recover(self) -> None:
        """Heal, give the servers their two seconds (B3), and ask one name of each table."""
        self.engine.heal(recovering=True)
        pause = self.stage.since_zero() + RECOVERY_PAUSE
        steps: list[Step] = [Wait(moment=Moment(on="time", plus=pause))]
        for server, table in self.stage.scenario.tables.items():
            for name, line in table.entries[:1]:
                expect = Expectation(kind="answer", answer=line)
                steps.append(Ask(id=f"{RECOVERING}.{server}", ask=name, expect=expect))
        self.recovery = Client(name=RECOVERING, steps=tuple(steps))
        self._make_link(RECOVERING, self.stage.profile.front)
        self.engine.mirror_again(self.stage.profile.front)
        await self._act((self.recovery,))

    # A client that is a program

    async def _program(self, client: Client) -> None:
        profile = self.stage.profile
        if profile.client is None:
            what = f"the client {client.name} is a program, but the profile {profile.path} has none"
            raise BadInput.because(what, "give the profile a `client:`, or leave out `by: program`")
        spec = profile.client
        folder = furnished(self.stage, client.name, spec)
        names, answers = with_names(folder, spec, (ask.ask for ask in client.asks))
        values = {"names": str(names), "answers": str(answers), **self._addresses(client.name, (profile.front,))}
        argv = self._fill(spec.run, values)
        launch = self._launch_way(spec)
        program = Program(client.name, argv, folder, 0, launch, spec.environment, isolated=self.stage.isolate)
        over: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        output = Output(self.stage, client.name)
        process = await start(self.stage, self.troupe, program, output, partial(settle, over))
        self.programs[client.name] = process
        self.stage.record("started", server=client.name, pid=process.pid, argv=list(program.argv))
        bound = min((len(client.asks) + 1) * profile.patience, LONGEST_PROGRAM)
        killed: list[str] = []
        timer = self.stage.later(self.stage.world.now() + bound, partial(_end_by_force, process, killed))
        status = await over
        timer.cancel()
        self.stage.record("exited", server=client.name, status=status, by="".join(killed))
        written = read_answers(answers)
        self.stage.record("wrote", client=client.name, text=as_text(written or b""), missing=written is None)

    async def _stop(self) -> None:
        await stop(self.stage, self.engine, self.troupe, self.gate)


@contextlib.asynccontextmanager
async def _deadline(stage: Stage) -> AsyncIterator[None]:
    """Cancel the work inside when the scenario has run for its longest time."""
    task = asyncio.current_task()
    assert task is not None
    timer = stage.world.limit(stage.world.now() + LONGEST, partial(_cancel, task))
    try:
        yield
    finally:
        timer.cancel()


def _end_by_force(process: Process, killed: list[str]) -> None:
    """A program client that does not end; the list then says who ended it."""
    killed.append("lab")
    process.signal("KILL")


def _cancel(task: "asyncio.Task[object]") -> None:
    task.cancel("longer than any scenario may take")
