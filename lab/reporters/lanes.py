"""The lanes of a diagram: clients on the left (one lane for all, if there are many), then LS, then the TSes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lab.history import History
from lab.reporters.messages import Message
from lab.result import Receipt, ScenarioResult

MOST_CLIENT_LANES = 3
FIRST_X = 112.0
WIDE, NARROW = 188.0, 150.0
FEW_LANES = 4
BAND_PX = 14.0
BAR_PX = 4.0
FRONT = "ls"


@dataclass(frozen=True, slots=True)
class Band:
    """When a fault was on a lane, in seconds from zero; `end` is None if it was not undone."""

    fault: str
    start: float
    end: float | None

    def holds(self, at: float) -> bool:
        """Whether the fault was on the lane at that time."""
        return self.start <= at and (self.end is None or at <= self.end)


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane.

    Attributes:
        name: What stands above it.
        x: Its middle, in pixels.
        bands: The faults on it, from left to right.
    """

    name: str
    x: float
    bands: tuple[Band, ...] = ()

    @property
    def half(self) -> float:
        """Half of the width that its bands take, in pixels."""
        return max(len(self.bands) * BAND_PX / 2, BAR_PX)

    def edge(self, at: float, side: int) -> float:
        """The pixel at which the lane ends at a time, on its left (-1) or right (1): beside the bands of that time."""
        if not self.bands:
            return self.x + side * BAR_PX
        lefts = [self.left_of(place) for place, band in enumerate(self.bands) if band.holds(at)]
        if side < 0:
            return min([self.x - BAR_PX, *lefts])
        return max([self.x + BAR_PX, *(left + BAND_PX for left in lefts)])

    def left_of(self, place: int) -> float:
        """The left pixel of a band."""
        return self.x - self.half + place * BAND_PX


@dataclass(frozen=True, slots=True)
class Lanes:
    """All lanes, and which party is on which."""

    lanes: tuple[Lane, ...]
    index: Mapping[str, int]
    gap: float

    def __iter__(self) -> Iterator[Lane]:
        return iter(self.lanes)

    def of(self, party: str) -> Lane | None:
        """A party's lane; None if it has none."""
        place = self.index.get(party)
        return None if place is None else self.lanes[place]

    def has(self, message: Message) -> bool:
        """Whether both ends of a message have lanes, and not the same one."""
        ends = (self.of(message.sender), self.of(message.receiver))
        return None not in ends and ends[0] != ends[1]

    @property
    def right(self) -> float:
        """The last lane's middle, in pixels."""
        return self.lanes[-1].x if self.lanes else FIRST_X


def lanes(scenario: ScenarioResult, history: History) -> Lanes:
    """The lanes of a scenario, from what was planned and what shows in its history."""
    servers = _servers(scenario, history)
    clients = _clients(scenario, history, servers)
    shared = len(clients) > MOST_CLIENT_LANES
    names = [f"{len(clients)} clients"] if shared else clients
    index = {client: 0 if shared else place for place, client in enumerate(clients)}
    index |= {server: len(names) + place for place, server in enumerate(servers)}
    gap = WIDE if len(names) + len(servers) <= FEW_LANES else NARROW
    named = [*names, *servers]
    bands = _bands(scenario.faults, index, len(named))
    made = (Lane(name, FIRST_X + place * gap, bands[place]) for place, name in enumerate(named))
    return Lanes(tuple(made), index, gap)


def _servers(scenario: ScenarioResult, history: History) -> list[str]:
    told = [str(event["server"]) for event in history if event.kind in {"started", "listening"}]
    return sorted({*scenario.servers, *told}, key=lambda name: (name != FRONT, name))


def _clients(scenario: ScenarioResult, history: History, servers: list[str]) -> list[str]:
    told = [str(event["client"]) for event in history if "client" in event.data]
    return [name for name in dict.fromkeys([*scenario.clients, *told]) if name not in servers]


def _bands(faults: tuple[Receipt, ...], index: Mapping[str, int], count: int) -> list[tuple[Band, ...]]:
    bands: list[list[Band]] = [[] for _ in range(count)]
    for receipt in faults:
        for place in sorted({place for party in receipt.where.split("->") for place in _places(party, index)}):
            if receipt.injected is not None:
                bands[place].append(Band(receipt.id, receipt.injected, receipt.healed))
    return [tuple(band) for band in bands]


def _places(party: str, index: Mapping[str, int]) -> list[int]:
    """The lanes of one side of a fault's place; `*` is every client."""
    if party == "*":
        front = index.get(FRONT, 0)
        return [place for place in index.values() if place < front]
    return [index[party]] if party in index else []
