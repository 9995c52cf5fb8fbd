"""Legs: the way of one query from LS to one server, and of its answer back."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
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
        due = None if due is not None and _is_anothers_too(found, one, due) else due
        legs_.append(Leg(server, mine, got, answer, _while_open(one, came.after(one.ask.seq, one.name)), due))
    return legs_


def _claim(found: Sequence[Exchange], sent: Sequence[Line]) -> list[Line | None]:
    """Which line of LS carries which query, as good as it can be told: two clients may ask for one name.

    A line goes to the query of its name that has waited longest with its 5 s running, or else to the oldest. But a
    line on another connection than that of an open query asks for that query again.
    """
    by_name: dict[str, list[int]] = {}
    for row, one in enumerate(found):
        by_name.setdefault(one.name, []).append(row)
    claimed: list[Line | None] = [None] * len(found)
    for line in sent:
        rows = [row for row in by_name.get(line.name, ()) if found[row].ask.seq < line.seq]
        fitting = [row for row in rows if claimed[row] is None and _fits(found[row], line)]
        mine = min(fitting, key=lambda row: (_is_untimely(found[row], line), found[row].begun, row), default=None)
        if mine is None or (_is_untimely(found[mine], line) and _is_again(found, claimed, rows, line)):
            continue
        claimed[mine] = line
    return claimed


def _is_untimely(one: Exchange, line: Line) -> bool:
    """Whether a line that fits comes when the query is over, or before its turn has come."""
    before = one.before.reply if one.before else None
    has_turn = one.before is None or (before is not None and before.seq < line.seq)
    return line.seq > one.closing_seq or not has_turn


def _is_again(found: Sequence[Exchange], claimed: Sequence[Line | None], rows: Sequence[int], line: Line) -> bool:
    """Whether a query that was asked before on another connection is still open."""
    asked = ((found[row], claimed[row]) for row in rows)
    return any(first is not None and first.conn != line.conn and line.seq < one.closing_seq for one, first in asked)


def _fits(one: Exchange, line: Line) -> bool:
    """Whether LS sent the line while the query was open, or so soon after that it was sent at once."""
    return line.seq < one.closing_seq or line.at <= one.begun + LATE


def _is_anothers_too(found: Sequence[Exchange], one: Exchange, line: Line) -> bool:
    """Whether another client waited for the same name when a line came: nobody can tell whose answer it is."""
    others = (other for other in found if other.client != one.client and other.name == one.name)
    return any(other.ask.seq < line.seq < other.closing_seq for other in others)


def _while_open(one: Exchange, lines: Iterator[Line]) -> Line | None:
    first = next(lines, None)
    return first if first is not None and first.seq < one.closing_seq else None
