"""The jump world: the real world's sockets and processes under a clock that jumps whenever all of them sleep."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping, Sized
from pathlib import Path
from types import MappingProxyType

from lab.errors import LabTrouble
from lab.needs import Need
from lab.world.base import OnExit, OnOutput, Program, Timer
from lab.world.facts import Remnant
from lab.world.jump.building import reader, shim
from lab.world.jump.census import Census
from lab.world.jump.page import Page
from lab.world.jump.selector import JumpSelector
from lab.world.real.networks import RealNetwork
from lab.world.real.nursery.birth import PAGE
from lab.world.real.process import RealProcess
from lab.world.real.processes import RealTroupe
from lab.world.real.world import RealWorld

PORT_BLOCKS = 20
"""A port that its server closed first is taken for a minute, and in a minute this clock runs thousands of servers."""


class JumpLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is the page's."""

    _clock_resolution: float
    _ready: Sized

    def __init__(self, page: Page, selector: JumpSelector) -> None:
        self._page = page
        super().__init__(selector)
        self._clock_resolution = 1e-9
        selector.has_work = self.has_work

    def has_work(self) -> bool:
        """Whether something is to be called at once: then no time goes by."""
        return bool(self._ready)

    def time(self) -> float:
        """Seconds of the page's clock."""
        return self._page.now / 1e9


class Never:
    """A timer of something that never happens."""

    def cancel(self) -> None:
        """It does not."""


class JumpTroupe(RealTroupe):
    """The processes of one scenario; the clock is held while any of them is born or ended."""

    world: "JumpWorld"
    hear_expired: Callable[[str, float], None] = staticmethod(lambda _name, _lasted: None)

    async def enter(self, world: "JumpWorld") -> None:
        """Be counted, once the keeper has said who it is."""
        self.world = world
        await self.keeper
        world.census.add(self.keeper.result())
        world.troupes.add(self)

    def on_expired(self, hear: Callable[[str, float], None]) -> None:
        """Hear of the ends of waits."""
        self.hear_expired = hear

    async def network(self, program: str) -> RealNetwork:
        """Have a network made while the clock is held."""
        with self.world.held():
            return await super().network(program)

    async def start(self, program: Program, on_output: OnOutput, on_exit: OnExit) -> RealProcess:
        """Start a program while the clock is held."""
        with self.world.held():
            return await super().start(program, on_output, on_exit)

    async def end(self) -> list[Remnant]:
        """Kill what is left while the clock is held, and count it no more."""
        with self.world.held():
            try:
                return await super().end()
            finally:
                self.world.dismiss(self)


class JumpWorld(RealWorld):
    """Everything real but the time.

    Args:
        seed: The hash seed of every Python server.

    Raises:
        LabTrouble: The shim cannot be built.
    """

    clock = "jump"
    lacks: Mapping[Need, str] = MappingProxyType(
        {
            "kernel timers": "the kernel's own do not jump with the clock",
            "processor time": "on a clock that jumps computing takes no time",
        }
    )
    is_noisy = False

    def __init__(self, seed: int = 0) -> None:
        preloaded = str(shim())
        self._page = Page(self.scratch)
        self.census = Census(reader())
        self.troupes: set[JumpTroupe] = set()
        self._selector = JumpSelector(self._page, self.census, self._trouble)
        self._selector.name_of = self._name_of
        self._selector.unheard = self._is_unheard
        self._selector.at_rest = self._look
        self._selector.on_expired = self._expired
        super().__init__(
            seed,
            loop=JumpLoop(self._page, self._selector),
            environment={"LD_PRELOAD": preloaded, PAGE: self._page.path},
            is_stamped=False,
            port_blocks=PORT_BLOCKS,
            page=self._page,
        )

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """The clock stands still."""
        self._selector.holds += 1
        try:
            yield
        finally:
            self._selector.holds -= 1

    async def troupe(self, folder: Path) -> JumpTroupe:
        """A keeper for one scenario, and the clock in order again."""
        with self.held():
            self._selector.is_walking = False
            troupe = self._gather(JumpTroupe, folder)
            await troupe.enter(self)
        return troupe

    def dismiss(self, troupe: JumpTroupe) -> None:
        """Its processes are gone."""
        self.troupes.discard(troupe)
        if troupe.keeper.done() and not troupe.keeper.cancelled():
            self.census.remove(troupe.keeper.result())

    def _trouble(self, trouble: LabTrouble) -> None:
        """The clock cannot go on: all scenarios under it are told."""
        for troupe in tuple(self.troupes):
            troupe.trouble(trouble)

    def _expired(self, pid: int, lasted: float) -> None:
        for troupe in self.troupes:
            name = troupe.name_of(pid)
            if name:
                troupe.hear_expired(name, lasted)

    def limit(self, when: float, do: Callable[[], None]) -> Timer:
        """Do something rather than jump past a time."""
        return self._selector.limit(round(when * 1e9), do)

    def _is_unheard(self) -> bool:
        """Whether a program has ended of which the keeper has not told yet."""
        return any(
            process.alive and (person := self.census.people.get(process.pid)) is not None and person.is_gone
            for troupe in self.troupes
            for process in troupe.processes
        )

    def _name_of(self, pid: int) -> str:
        """What the lab calls a process, or the server that it came from."""
        for troupe in self.troupes:
            name = troupe.name_of(pid)
            if name:
                return name
        return f"process {pid}"

    def _look_soon(self) -> None:
        """Who listens can change only while somebody runs: it is looked at whenever all have come to rest."""

    def on_lag(self, hear: Callable[[float, float], None]) -> Timer:  # noqa: ARG002 - a world's word
        """No sleeper of the lab ever wakes late."""
        return Never()

    def close(self) -> None:
        """End everything, and the page."""
        super().close()
        self._page.close()
