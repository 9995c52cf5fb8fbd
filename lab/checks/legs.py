"""Legs: the way of one query from LS to one server, and of its answer back."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

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
        due: LS was given one on the connection on which it had asked, and no other client waited for that name: it is
            the answer, and LS must relay it.
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
    sent = _claim(found, arrived(history, there))
    given, said, came = _Lines(passed(history, there)), _Lines(arrived(history, back)), _Lines(passed(history, back))
    legs_: list[Leg] = []
    for one, mine in zip(found, sent, strict=True):
        got = next(given.after(mine.seq, one.name, mine.conn), None) if mine else None
        answer = next(said.after(got.seq, one.name, got.conn), None) if got else None
        due = _while_open(one, came.after(got.seq, one.name, got.conn)) if got else None
        due = None if due is not None and is_anothers_too(found, one, due) else due
        legs_.append(Leg(server, mine, got, answer, _while_open(one, came.after(one.ask.seq, one.name)), due))
    return legs_


def _claim(found: Sequence[Exchange], sent: Sequence[Line]) -> list[Line | None]:
    """Which line of LS carries which query, as good as it can be told: two clients may ask for one name.

    A line goes to the query of its name that has waited longest with its 5 s running, or else to the oldest. But a
    line on another connection than that of an open query asks for that query again.
    """
    waiting: dict[str, list[int]] = {}
    for row in sorted(range(len(found)), key=lambda row: found[row].begun):
        waiting.setdefault(found[row].name, []).append(row)
    turns = [_turn(one) for one in found]
    claimed: list[Line | None] = [None] * len(found)
    open_until: dict[str, dict[int, float]] = {}
    for line in sent:
        rows, asked = waiting.get(line.name, []), open_until.setdefault(line.name, {})
        mine = next((row for row in rows if turns[row][0] < line.seq < turns[row][1]), None)
        if mine is None and not _is_again(asked, line):
            mine = next((row for row in rows if _fits(found[row], line)), None)
        if mine is not None:
            rows.remove(mine)
            claimed[mine] = line
            asked[line.conn] = max(asked.get(line.conn, 0), found[mine].closing_seq)
    return claimed


def _turn(one: Exchange) -> tuple[float, float]:
    """The events between which a query is the oldest open one of its connection."""
    if one.before is None:
        return one.ask.seq, one.closing_seq
    return max(one.ask.seq, one.before.reply.seq) if one.before.reply else one.closing_seq, one.closing_seq


def _is_again(asked: Mapping[int, float], line: Line) -> bool:
    """Whether a query that was asked before on another connection is still open."""
    return any(conn != line.conn and line.seq < until for conn, until in asked.items())


def _fits(one: Exchange, line: Line) -> bool:
    """Whether LS sent the line while the query was open, or so soon after that it was sent at once."""
    return one.ask.seq < line.seq and (line.seq < one.closing_seq or line.at <= one.begun + LATE)


def is_anothers_too(found: Sequence[Exchange], one: Exchange, line: Line) -> bool:
    """Whether another client waited for the same name when a line came: nobody can tell whose answer it is."""
    others = (other for other in found if other.client != one.client and other.name == one.name)
    return any(other.ask.seq < line.seq < other.closing_seq for other in others)


def _while_open(one: Exchange, lines: Iterator[Line]) -> Line | None:
    first = next(lines, None)
    return first if first is not None and first.seq < one.closing_seq else None
