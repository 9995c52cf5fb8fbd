"""Exchanges: every query that LS was given on a client's leg, paired with what LS sent for it.

LS's lines belong to the client's queries in order. A line that comes when no query is open is surplus to the last.
What counts is what LS was given (`passed`) and what LS sent (`arrived`): faults of the client's leg are outside.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, takewhile

from lab.checks.base import Evidence
from lab.checks.wire import DONE, LONGEST, Line, arrived, ends, leg, passed, sender_of, stopped_seq
from lab.evidence import PlannedClient
from lab.history import Event, once

GONE = ("close", "reset", "stop_reading")


@dataclass(slots=True)
class Exchange:
    """One query as LS met it.

    Attributes:
        client: Who asked.
        ask: The query, as LS was given it.
        before: The exchange before it on the same connection.
        query: The query's id in the plan; empty if the plan has none.
        reply: What LS sent for it; None if nothing.
        surplus: What LS sent beyond that.
        gone: The event by which the client was gone before the reply; None if it stayed.
        closed: LS's end of the connection; None if there was none before the lab stopped it.
        done: When LS was told `done` or the client's end of file; None if it was not before it closed itself.
        closing_seq: The event after which it was no longer open.
    """

    client: str
    ask: Line
    before: "Exchange | None" = None
    query: str = ""
    reply: Line | None = None
    surplus: list[Line] = field(default_factory=list)
    gone: Event | None = None
    closed: Event | None = None
    done: float | None = None
    closing_seq: float = float("inf")

    @property
    def text(self) -> str:
        """What was asked, without the blanks around it."""
        return self.ask.text.strip()

    @property
    def name(self) -> str:
        """What was asked, as names are compared."""
        return self.ask.name

    @property
    def label(self) -> str:
        """What to call the query in a sentence."""
        return self.query or f"a query of {self.client}"

    @property
    def pipelined(self) -> bool:
        """Whether the query before it was still open when LS got it."""
        return self.before is not None and (self.before.reply is None or self.before.reply.seq > self.ask.seq)

    @property
    def begun(self) -> float:
        """When its 5 s begin: when LS has it and no older query is open."""
        previous = self.before.reply if self.before else None
        return max(self.ask.at, previous.at) if previous else self.ask.at

    @property
    def is_behind(self) -> bool:
        """Whether the query before it never had a reply, so that its own 5 s never began."""
        return self.before is not None and self.before.reply is None

    @property
    def elapsed(self) -> float | None:
        """Seconds from there to LS's reply."""
        return None if self.reply is None else self.reply.at - self.begun

    @property
    def is_plain(self) -> bool:
        """Whether the query is a name that anybody would take for one."""
        return self.text.isascii() and self.text.isprintable() and len(self.text.split()) == 1


@once
def exchanges(evidence: Evidence) -> Sequence[Exchange]:
    """The exchanges of all clients, in the order in which LS got the queries."""
    found = [one for client in _clients(evidence) for one in of_client(evidence, client)]
    return sorted(found, key=lambda one: one.ask.seq)


def _clients(evidence: Evidence) -> list[PlannedClient]:
    """The clients of the plan, and those that only have queries: a recovery's."""
    known = {client.name: client for client in evidence.plan.clients}
    added = {query.client: PlannedClient(name=query.client) for query in evidence.plan.queries}
    return list({**added, **known}.values())


def of_client(evidence: Evidence, client: PlannedClient) -> list[Exchange]:
    """The exchanges of one client, with the ids of the plan."""
    to_ls, from_ls = leg(client.name, evidence.plan.front)
    both = [*passed(evidence.history, to_ls), *arrived(evidence.history, from_ls)]
    both.sort(key=lambda line: (line.conn, line.seq))
    found: list[Exchange] = []
    for conn, lines in groupby(both, key=lambda line: line.conn):
        mine = list(_pair(client.name, lines))
        _end(evidence, client, conn, mine)
        found += mine
    found.sort(key=lambda one: one.ask.seq)
    _name(evidence, client.name, found)
    return found


def _pair(client: str, lines: Iterable[Line]) -> Iterator[Exchange]:
    """Walk along a connection: a query opens an exchange, a line of LS answers the oldest open one."""
    found: list[Exchange] = []
    listening = True
    for line in lines:
        if sender_of(line) != client:
            _answer(found, line)
        elif line.text.strip() == DONE or len(line.text) > LONGEST:
            listening = False
            _mark_done(found, line.at)
        elif listening and line.text.strip():
            found.append(Exchange(client, line, found[-1] if found else None))
    return iter(found)


def _mark_done(found: list[Exchange], at: float) -> None:
    for one in found:
        one.done = at if one.done is None else one.done


def _answer(found: list[Exchange], line: Line) -> None:
    """Replies are in order, so the open exchanges are the last ones."""
    is_open = takewhile(lambda one: one.reply is None, reversed(found))
    *_, oldest = [None, *is_open]
    if oldest is not None:
        oldest.reply = line
    elif found:
        found[-1].surplus.append(line)


def _end(evidence: Evidence, client: PlannedClient, conn: int, found: list[Exchange]) -> None:
    """How the connection ended, for each of its exchanges."""
    to_ls, from_ls = leg(client.name, evidence.plan.front)
    last = stopped_seq(evidence.history)
    closes = [event for event in ends(evidence.history, "arrived", from_ls, conn) if event.seq < last]
    said = ends(evidence.history, "passed", to_ls, conn)
    until = closes[0].seq if closes else float("inf")
    fins = [event.at for event in said if event["what"] == "fin" and event.seq < until]
    if fins:
        _mark_done(found, fins[0])
    leaves = _leaves(evidence, client, said)
    for one in found:
        one.closed = closes[0] if closes else None
        one.gone = next((event for event in leaves if one.ask.seq < event.seq < _replied(one)), None)
        ways = (one.reply, one.gone, one.closed)
        one.closing_seq = min([last, *(way.seq for way in ways if way is not None)])


def _leaves(evidence: Evidence, client: PlannedClient, said: list[Event]) -> list[Event]:
    left = [event for event in evidence.history.all("left", client=client.name) if event["how"] in GONE]
    kinds = ("fin", "rst") if client.by == "program" else ("rst",)
    return sorted(left + [event for event in said if event["what"] in kinds], key=lambda event: event.seq)


def _replied(one: Exchange) -> float:
    return one.reply.seq if one.reply else float("inf")


def _name(evidence: Evidence, client: str, found: list[Exchange]) -> None:
    """Give the exchanges the ids of the plan's queries, in order; a query that LS never got is passed over."""
    planned = [query for query in evidence.plan.queries if query.client == client]
    for one in found:
        place = next((i for i, query in enumerate(planned) if query.ask.strip() == one.text), None)
        if place is not None:
            one.query = planned[place].id
            planned = planned[place + 1 :]
