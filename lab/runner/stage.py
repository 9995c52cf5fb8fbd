"""What all parts of one running scenario share: the world, the history with its zero, and the moments."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from lab.errors import LabTrouble
from lab.history import Event, History
from lab.moment import Moment
from lab.moments import Moments
from lab.pipeline import Pipeline
from lab.protocols.base import PROTOCOLS, Protocol
from lab.runner.pacing import PacedWire
from lab.runner.speaking import SpokenWire, translators
from lab.scenario.model import Profile, Scenario
from lab.scenario.suiting import speech_of
from lab.world.base import Network, Timer, Transport, Wire, World

MOST_EVENTS = 100_000
"""Events after which a scenario is ended: some party floods its links."""
REST = 1.0
"""Seconds without any event beyond LS's giving up after which, with nothing pending, no more will come."""
IDLE = ("lagged", "sampled", "output", "expired", "computed", "measured", "watched", "burned")


class _Pending:
    """Something that is to happen at a time, and counts until it has, or is not to happen any more."""

    def __init__(self, among: "set[_Pending]", do: Callable[[], None]) -> None:
        self.timer: Timer | None = None
        self._among = among
        self._do = do
        among.add(self)

    def come(self) -> None:
        """The time has come."""
        self._among.discard(self)
        self._do()

    def cancel(self) -> None:
        """It is not to happen any more."""
        self._among.discard(self)
        if self.timer is not None:
            self.timer.cancel()


class Stage:
    """One running scenario.

    Args:
        world: Where it runs; its times never move.
        folder: The scenario's folder of temporary files.
        seed: For every roll of the dice.
        launch: `fork` or `exec`.
        isolate: Whether programs may write in their own folders only.

    Attributes:
        lingers: Seconds for which a client that is alone stays, once it has all replies, and for which servers run on.
        starts_anything: Whether a command that cannot be executed is a program that ends at once, as for a shell.
    """

    def __init__(
        self,
        world: World,
        scenario: Scenario,
        profile: Profile,
        folder: Path,
        *,
        seed: int,
        launch: str,
        isolate: bool = False,
    ) -> None:
        self.world = world
        self.scenario = scenario
        self.profile = profile
        self.folder = folder
        self.seed = seed
        self.launch = launch
        self.isolate = isolate
        self.starts_anything = False
        self.lingers = 0.0
        self.history = History()
        self.protocol: Protocol = PROTOCOLS["line"]()
        self.on_flood: Callable[[], None] = lambda: None
        self.on_trouble: Callable[[LabTrouble], None] = lambda _trouble: None
        self.pipeline: Pipeline
        self.networks: dict[str, Network] = {}
        self._zero = world.now()
        self._is_zeroed = False
        self._from_zero: list[tuple[str, float]] = []
        self._moments = Moments()
        self._waiting: dict[str, Callable[[], None]] = {}
        self._pending: set[_Pending] = set()
        self._conns = 0
        self.history.listeners.append(self._hear)

    # Time

    def record(self, kind: str, at: float | None = None, /, **data: Any) -> Event:
        """Append a fact, stamped with a time of the world (now if none is given)."""
        if len(self.history) == MOST_EVENTS:
            self.on_flood()
        return self.history.record((self.world.now() if at is None else at) - self._zero, kind, **data)

    def zero(self) -> None:
        """All servers listen: from here on times count; those recorded so far become negative."""
        now = self.world.now()
        self.history.shift(self._zero - now)
        self._zero = now
        self._is_zeroed = True
        self.record("zero", now)
        for key, due in self._from_zero:
            self._arm(key, due)

    def since_zero(self) -> float:
        """Seconds from zero."""
        return self.world.now() - self._zero

    # Wires

    def spoken(self, wire: Wire, party: str, client: tuple[str, Wire] | None = None) -> Wire:
        """The wire of a party's end of a connection as one of lines, whatever that party speaks.

        Args:
            wire: What it is without that.
            party: Whose end it is.
            client: Who is at the other end, and what leads there, if it is a client.
        """
        gap = self._protocol_of(party).gap
        if gap:
            wire = PacedWire(wire, gap, self.world.now, self.later)
        greet = self._greeting_to(*client) if client else None
        chain = translators(speech_of(self.scenario, self.profile, party), self.profile, party, greet)
        return SpokenWire(wire, chain) if chain else wire

    def _greeting_to(self, client: str, wire: Wire) -> Callable[[bytes], object]:
        """A program hears what LS says first, as it may wait for that; the lab's own clients do not."""
        is_program = speech_of(self.scenario, self.profile, client) is not None
        return wire.write if is_program else lambda _greeting: None

    def _protocol_of(self, party: str) -> type[Protocol]:
        speech = speech_of(self.scenario, self.profile, party)
        return PROTOCOLS[speech.protocol if speech else "line"]

    def transport(self, party: str) -> Transport:
        """What a party's messages come over."""
        return "udp" if self._protocol_of(party).is_datagram else "tcp"

    def network(self, party: str) -> Network:
        """Where a party is: in a network of its own, or, as the lab's own clients, in the one that all share."""
        return self.networks.get(party, self.world)

    # Moments

    def when(self, key: str, moment: Moment, do: Callable[[], None]) -> None:
        """Do something once, when a moment has come; at once if it is past."""
        self._waiting[key] = do
        due = self._moments.add(key, moment, self.history.events)
        if due is not None and moment.on == "time" and not self._is_zeroed:
            self._from_zero.append((key, due))
        elif due is not None:
            self._arm(key, due)

    def _hear(self, event: Event) -> None:
        for key, due in self._moments.hear(event):
            self._arm(key, due)

    def _arm(self, key: str, due: float) -> None:
        self.later(due + self._zero, partial(self._come, key))

    def _come(self, key: str) -> None:
        do = self._waiting.pop(key, None)
        if do is not None:
            do()

    def later(self, at: float, do: Callable[[], None]) -> Timer:
        """Do something at a time of the world, unless the scenario is over by then."""
        pending = _Pending(self._pending, do)
        pending.timer = self.world.at(at, pending.come)
        return pending

    def is_at_rest(self) -> bool:
        """Whether nothing is to happen by itself any more, and nothing has happened for a while."""
        last = next((event for event in reversed(self.history.events) if event.kind not in IDLE), None)
        return not self._pending and last is not None and self.since_zero() - last.at > self.scenario.gives_up + REST

    def silence(self) -> None:
        """The scenario is over: nothing that was to happen happens any more."""
        for pending in tuple(self._pending):
            pending.cancel()
        self.history.listeners.clear()

    def new_conn(self) -> int:
        """A number for a connection."""
        self._conns += 1
        return self._conns
