"""Legs: the way of one query from LS to one server, and of its answer back."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice, takewhile

from lab.checks.base import Evidence
from lab.checks.exchanges import Exchange, exchanges
from lab.checks.wire import Line, arrived, passed
from lab.expectation import LATE


@dataclass(frozen=True, slots=True)
class Leg:
    """One query and one server; each stage is None if it was not reached.

    Attributes:
        sent: LS sent the query.
        got: The server was given it.
        said: The server sent a line about that name, after it got the query.
        came: LS was given a line about that name while the query was open.
        due: LS was given one on the connection on which it had asked: it is the answer, and LS must relay it.
    """

    server: str
    sent: Line | None = None
    got: Line | None = None
    said: Line | None = None
    came: Line | None = None
    due: Line | None = None


class _Lines:
    """Lines by what they are about, to find the first after an event quickly."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._by_key: dict[tuple[object, ...], list[Line]] = {}
        for line in lines:
            for key in ((line.name,), (line.name, line.conn)):
                self._by_key.setdefault(key, []).append(line)

    def after(self, seq: int, *key: object) -> Iterator[Line]:
        """The lines about a name (on a connection) that were recorded later, in order."""
        lines = self._by_key.get(key, [])
        return islice(lines, bisect_right(lines, seq, key=lambda line: line.seq), None)


def legs(evidence: Evidence) -> list[list[Leg]]:
    """For each exchange, its legs in the order of the plan's servers."""
    found = exchanges(evidence)
    by_server = [_of_server(evidence, server.name, found) for server in evidence.plan.upstreams]
    return [[column[row] for column in by_server] for row in range(len(found))]


def _of_server(evidence: Evidence, server: str, found: Sequence[Exchange]) -> list[Leg]:
    history, there, back = evidence.history, f"{evidence.plan.front}->{server}", f"{server}->{evidence.plan.front}"
    sent = _claim(found, _Lines(arrived(history, there)))
    given, said, came = _Lines(passed(history, there)), _Lines(arrived(history, back)), _Lines(passed(history, back))
    legs_: list[Leg] = []
    for one, mine in zip(found, sent, strict=True):
        got = next(given.after(mine.seq, one.name, mine.conn), None) if mine else None
        answer = next(said.after(got.seq, one.name, got.conn), None) if got else None
        due = _while_open(one, came.after(got.seq, one.name, got.conn)) if got else None
        legs_.append(Leg(server, mine, got, answer, _while_open(one, came.after(one.ask.seq, one.name)), due))
    return legs_


def _claim(found: Sequence[Exchange], sent: _Lines) -> list[Line | None]:
    """Which line of LS carries which query: the first of that name that no earlier query has, soon enough."""
    taken: set[int] = set()
    claimed: list[Line | None] = []
    for one in found:
        fitting = takewhile(partial(_fits, one), sent.after(one.ask.seq, one.name))
        mine = next((line for line in fitting if line.seq not in taken), None)
        if mine is not None:
            taken.add(mine.seq)
        claimed.append(mine)
    return claimed


def _fits(one: Exchange, line: Line) -> bool:
    """Whether LS sent the line while the query was open, or so soon after that it was sent at once."""
    return line.seq < one.closing_seq or line.at <= one.begun + LATE


def _while_open(one: Exchange, lines: Iterator[Line]) -> Line | None:
    first = next(lines, None)
    return first if first is not None and first.seq < one.closing_seq else None
