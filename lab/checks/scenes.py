"""Scenes: all that judging one query needs, each query being one exchange among all of the scenario."""

from collections.abc import Sequence
from dataclasses import dataclass

from lab.checks.base import Evidence
from lab.checks.exchanges import Exchange, exchanges
from lab.checks.legs import Leg, legs
from lab.checks.wire import stopped_at
from lab.expectation import NOT_FOUND_LATEST
from lab.history import once
from lab.units import format_duration


@dataclass(frozen=True, slots=True)
class Scene:
    """One exchange among all of the scenario, with its legs."""

    evidence: Evidence
    found: Sequence[Exchange]
    one: Exchange
    legs: Sequence[Leg]

    @property
    def ls(self) -> str:
        """The server that clients dial."""
        return self.evidence.plan.front

    @property
    def gives_up(self) -> float:
        """Seconds after which LS says not found."""
        return self.evidence.plan.gives_up

    @property
    def latest(self) -> float:
        """Seconds after which it is too late to say so."""
        return self.gives_up + NOT_FOUND_LATEST

    @property
    def wait(self) -> str:
        """How long LS waits, in words, as `5 s`."""
        return format_duration(self.gives_up)

    @property
    def not_found(self) -> str:
        """The line that says that the name was not found."""
        return self.evidence.plan.not_found_line(self.one.text)

    @property
    def asked_at(self) -> float | None:
        """When LS asked the first server; None if it asked none."""
        return min((leg.sent.at for leg in self.legs if leg.sent is not None), default=None)

    @property
    def over(self) -> float:
        """When the query was no longer open."""
        ways = [self.one.reply, self.one.gone, self.one.closed]
        return min([stopped_at(self.evidence.history), *(way.at for way in ways if way is not None)])

    @property
    def knowing(self) -> list[Leg]:
        """The legs of the servers that have the name in their table."""
        known = self.evidence.plan.lines_for(self.one.text)
        return [leg for leg in self.legs if leg.server in known]


@once
def scenes(evidence: Evidence) -> Sequence[Scene]:
    """The scene of each exchange, in the order in which LS got the queries."""
    found = exchanges(evidence)
    return [Scene(evidence, found, one, way) for one, way in zip(found, legs(evidence), strict=True)]


def scene_of(evidence: Evidence, query: str) -> Scene | None:
    """The scene of a query of the plan; None if LS never got it."""
    return next((scene for scene in scenes(evidence) if scene.one.query == query), None)
