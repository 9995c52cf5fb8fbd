"""Legs: the way of one query from LS to one server, and of its answer back."""

from collections.abc import Iterable
from dataclasses import dataclass

from lab.checks.base import Evidence
from lab.checks.exchanges import Exchange
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


@dataclass(frozen=True, slots=True)
class _Traffic:
    """What one server was given, what it said, and what of that came to LS."""

    given: list[Line]
    said: list[Line]
    came: list[Line]


def legs(evidence: Evidence, found: list[Exchange]) -> list[list[Leg]]:
    """For each exchange, its legs in the order of the plan's servers."""
    by_server = [_of_server(evidence, server.name, found) for server in evidence.plan.upstreams]
    return [[column[row] for column in by_server] for row in range(len(found))]


def legs_of(evidence: Evidence, found: list[Exchange], one: Exchange) -> list[Leg]:
    """The legs of one of these exchanges."""
    return legs(evidence, found)[found.index(one)]


def _of_server(evidence: Evidence, server: str, found: list[Exchange]) -> list[Leg]:
    history, front = evidence.history, evidence.plan.front
    sent = _claim(found, arrived(history, f"{front}->{server}"))
    given = passed(history, f"{front}->{server}")
    said = arrived(history, f"{server}->{front}")
    came = passed(history, f"{server}->{front}")
    traffic = _Traffic(given, said, came)
    return [_leg(server, one, mine, traffic) for one, mine in zip(found, sent, strict=True)]


def _claim(found: list[Exchange], sent: list[Line]) -> list[Line | None]:
    """Which line of LS carries which query: the first of that name that no earlier query has, soon enough."""
    free = list(sent)
    claimed: list[Line | None] = []
    for one in found:
        mine = next((line for line in free if line.name == one.name and _fits(one, line)), None)
        if mine is not None:
            free.remove(mine)
        claimed.append(mine)
    return claimed


def _fits(one: Exchange, line: Line) -> bool:
    """Whether LS sent the line for this query: while it was open, or so soon after that it was sent at once."""
    return line.seq > one.ask.seq and (line.seq < one.closing_seq or line.at <= one.begun + LATE)


def _leg(server: str, one: Exchange, sent: Line | None, traffic: _Traffic) -> Leg:
    got = _next(traffic.given, one, sent.seq, sent.conn) if sent else None
    answer = _next(traffic.said, one, got.seq, got.conn) if got else None
    open_for = [line for line in traffic.came if _is_for(one, line) and line.seq > one.ask.seq]
    due = _next(open_for, one, got.seq, got.conn) if got else None
    return Leg(server, sent, got, answer, next(iter(open_for), None), due)


def _is_for(one: Exchange, line: Line) -> bool:
    return line.name == one.name and line.seq < one.closing_seq


def _next(lines: Iterable[Line], one: Exchange, seq: int, conn: int) -> Line | None:
    """The first line about that name on that connection from there on."""
    return next((line for line in lines if line.name == one.name and line.seq > seq and line.conn == conn), None)
