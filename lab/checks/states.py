"""What the servers were up to: whether they listened, who ended them, and under what hardship a query was open.

A promise that was kept without a hardship and broken under it is the clause that speaks of that hardship: the
coursework demands an answer, only a careful engineer demands it while a server lies dead.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from lab.checks.base import Evidence
from lab.checks.exchanges import Exchange
from lab.checks.wire import Line, ends, passed, unended
from lab.expectation import LATE
from lab.history import Event, once

BACK_FOR = 2.0
MANY_PIECES = 8
IDLE = 10.0
MOST = 0.5
STOP, GO_ON = ("STOP", "SIGSTOP"), ("CONT", "SIGCONT")
Kinds = Literal["all", "servers"]
LIFE = ("listening", "deaf", "exited")


@dataclass(frozen=True, slots=True)
class Hardship:
    """The clause that speaks of it, and a sentence that says what it was."""

    clause: str
    words: str


def last_state(evidence: Evidence, server: str, seq: float) -> Event | None:
    """The last that was heard of a server's life before an event."""
    states = [event for kind in LIFE for event in evidence.history.all(kind, server=server) if event.seq < seq]
    return max(states, key=lambda event: event.seq, default=None)


def died_by_itself(evidence: Evidence, server: str, seq: float) -> Event | None:
    """The exit of a server that nobody asked for, if it is not up again before that event."""
    last = last_state(evidence, server, seq)
    return last if last is not None and last.kind == "exited" and not last.data.get("by") else None


def status_words(event: Event) -> str:
    """How a process ended, as `with status 1` or `by signal 9`."""
    status = int(event["status"])
    return f"by signal {-status}" if status < 0 else f"with status {status}"


def back_since(evidence: Evidence, server: str, seq: float) -> float | None:
    """Since when a server can be reached again that had been away; None if it was never away, or still is."""
    return max((event.at for event in _reachable_by(evidence, server, seq) if event.at > 0), default=None)


def _reachable_by(evidence: Evidence, server: str, seq: float) -> list[Event]:
    """The events by which a server could be dialled; none if it could not."""
    link = f"{evidence.plan.front}->{server}"
    doors = [event for event in evidence.history.all("door", link=link) if event.seq < seq]
    last = last_state(evidence, server, seq)
    if last is None or last.kind != "listening" or (doors and doors[-1]["state"] != "open"):
        return []
    return [last, *doors[-1:]]


def left_since(evidence: Evidence, server: str, one: Exchange, conn: int | None = None) -> float | None:
    """Since when LS could have dialled a server again; None if it did, or if no connection (not that one) had ended."""
    reachable = _reachable_by(evidence, server, one.ask.seq)
    ended = [end for end in watch(evidence, server).ends if end.seq < one.ask.seq]
    cut = [end for end in ended if conn in (None, end["conn"])]
    if not reachable or not cut:
        return None
    dials = evidence.history.all("dialled", link=f"{evidence.plan.front}->{server}")
    dialled_again = any(cut[-1].seq < dial.seq < one.closing_seq for dial in dials)
    return None if dialled_again else max(event.at for event in [*reachable, cut[-1]])


def hardship(evidence: Evidence, found: Sequence[Exchange], one: Exchange, *, kinds: Kinds = "all") -> Hardship | None:
    """The first hardship that this query met; None if it met none.

    Kinds: `all`, or only what could delay a server that is sound in itself: troubles of the `servers`, and its own.
    """
    met = _at_servers(evidence, found, one) if kinds == "servers" else _hardships(evidence, found, one)
    return next(chain(_of_its_own(evidence, one), met), None)


def _of_its_own(evidence: Evidence, one: Exchange) -> Iterator[Hardship]:
    """What befell LS itself, and would have delayed no sound one."""
    jumps = evidence.history.all("clock_set", server=evidence.plan.front)
    if any(one.ask.seq < jump.seq < one.closing_seq for jump in jumps):
        yield Hardship(
            "B9", "Its wall clock had jumped meanwhile: a wait is counted by a monotonic clock, not by the date."
        )


def _at_servers(evidence: Evidence, found: Sequence[Exchange], one: Exchange) -> Iterator[Hardship]:
    for server in evidence.plan.upstreams:
        yield from _server_trouble(evidence, server.name, one)
    yield from _foreign_lines(evidence, found, one)


def _hardships(evidence: Evidence, found: Sequence[Exchange], one: Exchange) -> Iterator[Hardship]:
    yield from _at_servers(evidence, found, one)
    yield from _pieces(evidence, one)
    for piece in pieces_during(evidence, one):
        yield Hardship("B2", f"{piece['flow'].partition('->')[0]} had begun a line and did not end it.")
    if one.pipelined:
        yield Hardship(
            "B4", "The query came while an older one was open: its turn, and its wait, begin with the reply to that."
        )
    if one.before and one.before.reply and one.ask.at - one.before.reply.at >= IDLE:
        yield Hardship("B14", "The client had been silent for long, which is no reason to end or forget its session.")


def _server_trouble(evidence: Evidence, server: str, one: Exchange) -> Iterator[Hardship]:
    back = back_since(evidence, server, one.ask.seq)
    if back is not None and one.ask.at - back >= BACK_FOR:
        yield Hardship("B3", f"{server} had come back {one.ask.at - back:.1f} s before.")
    elif back is not None or not watch(evidence, server).was_well(one):
        yield Hardship("B2", f"{server} {watch(evidence, server).trouble(one)}.")


@dataclass(frozen=True, slots=True)
class Watch:
    """All that was heard of one server and of LS's way to it.

    Attributes:
        ends: Ends of its connections that reached LS and that LS had not made first.
        life: When it began to listen, and when it ceased to.
        doors: The states of LS's door to it.
        signals: The signals that stopped it, or let it go on.
    """

    ends: list[Event]
    life: list[Event]
    doors: list[Event]
    signals: list[Event]

    def trouble(self, one: Exchange) -> str:
        """What was wrong with it while a query was open, or before."""
        life, signal = (_last(events, one.closing_seq) for events in (self.life, self.signals))
        if life is None or life.kind == "exited":
            return "was not running"
        if signal is not None and signal["signal"] in STOP:
            return "was stopped"
        if life.kind != "listening":
            return "did not listen"
        if any(door["state"] != "open" for door in self._doors_during(one)):
            return "could not be connected to"
        return "had ended its connection" if self.ends else "was not there all the time"

    def was_well(self, one: Exchange) -> bool:
        """Whether it listened, ran, and kept its connections and its door while a query was open."""
        since, until = one.ask.seq, one.closing_seq
        if any(event.seq < until for event in self.ends) or any(since < event.seq < until for event in self.signals):
            return False
        life, signal = (_last(events, until) for events in (self.life, self.signals))
        listens = life is not None and life.kind == "listening" and life.seq < since
        is_open = all(door["state"] == "open" for door in self._doors_during(one))
        return listens and is_open and (signal is None or signal["signal"] in GO_ON)

    def _doors_during(self, one: Exchange) -> list[Event]:
        """The state of the door when a query came, and those that it had while that was open."""
        since, until = one.ask.seq, one.closing_seq
        before = _last(self.doors, since)
        return [*([before] if before else []), *(event for event in self.doors if since < event.seq < until)]


def _last(events: list[Event], until: float) -> Event | None:
    return next((event for event in reversed(events) if event.seq < until), None)


@once
def watch(evidence: Evidence, server: str) -> Watch:
    """What is known of a server."""
    history, front = evidence.history, evidence.plan.front
    ours = {event["conn"]: event.seq for event in reversed(ends(history, "arrived", f"{front}->{server}"))}
    resets = [end for end in ends(history, "passed", f"{front}->{server}") if end["what"] == "rst"]  # of both sides
    theirs = sorted([*ends(history, "passed", f"{server}->{front}"), *resets], key=lambda event: event.seq)
    first = [event for event in theirs if ours.get(event["conn"], event.seq) >= event.seq]
    life = sorted((event for kind in LIFE for event in history.all(kind, server=server)), key=lambda event: event.seq)
    signals = [event for event in history.all("signalled", server=server) if event["signal"] in (*STOP, *GO_ON)]
    return Watch(first, life, history.all("door", link=f"{front}->{server}"), signals)


def came_during(evidence: Evidence, one: Exchange) -> list[Line]:
    """What LS was given by servers while the query was open."""
    flows = [f"{server.name}->{evidence.plan.front}" for server in evidence.plan.upstreams]
    lines = [line for flow in flows for line in passed(evidence.history, flow)]
    return [line for line in lines if one.ask.seq < line.seq < one.closing_seq]


def pieces_during(evidence: Evidence, one: Exchange) -> list[Event]:
    """The last piece on each connection of a server's line that came while the query was open, and did not end."""
    flows = [f"{server.name}->{evidence.plan.front}" for server in evidence.plan.upstreams]
    pieces = [piece for flow in flows for piece in unended(evidence.history, flow, one.closing_seq)]
    return [piece for piece in pieces if piece.seq > one.ask.seq]


def _foreign_lines(evidence: Evidence, found: Sequence[Exchange], one: Exchange) -> Iterator[Hardship]:
    """Lines for which no query of anybody was open: a server with one connection for all clients sends the others'."""
    for line in came_during(evidence, one):
        if not any(other.name == line.name and other.ask.seq < line.seq < other.closing_seq for other in found):
            yield Hardship("B5", f"LS was given the line {line.text[:60]!r}, which answers no open query, meanwhile.")


def _pieces(evidence: Evidence, one: Exchange) -> Iterator[Hardship]:
    for line in [one.ask, *came_during(evidence, one)]:
        if line.pieces >= MANY_PIECES:
            yield Hardship("B6", f"A line came in {line.pieces} pieces, none of which begins the wait anew.")
        elif line.pieces > 1:
            yield Hardship("B4", "A line came in pieces: what one read returns need not be one line.")


def behind(found: Sequence[Exchange], one: Exchange, start: float, end: float) -> Exchange | None:
    """The query of another client that was open for most of a wait of this one; None if the wait is short."""
    if end - start <= LATE:
        return None
    others = [other for other in found if other.client != one.client]
    shares = [(_overlap(other, start, end) / (end - start), other) for other in others]
    share, other = max(shares, key=lambda pair: pair[0], default=(0.0, one))
    return other if share > MOST else None


def _overlap(other: Exchange, start: float, end: float) -> float:
    until = other.reply.at if other.reply else float("inf")
    return max(min(end, until) - max(start, other.begun), 0.0)
