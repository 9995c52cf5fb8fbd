"""Histories by hand: a stage on which a test lets clients ask, servers answer and LS reply, and then judges."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

from lab.checks.base import CHECKS, Check, Evidence
from lab.evidence import Plan, PlannedClient, PlannedFault, PlannedQuery, PlannedServer
from lab.expectation import Expectation
from lab.history import History
from lab.judging import judge
from lab.result import Finding
from lab.verdict import Verdict

HOP = 0.0001
BOTH = ("arrived", "passed")
Names = tuple[str, ...]
Tables = Mapping[str, Mapping[str, str]]
TABLES = {"ts1": {"a.example": "1.1.1.1", "c.example": "3.3.3.3"}, "ts2": {"b.example": "2.2.2.2"}}


def line(name: str, address: str) -> str:
    return f"{name} {address} A"


def missing(name: str) -> str:
    return f"{name} - Error:HOST NOT FOUND"


A = line("a.example", "1.1.1.1")
B = line("b.example", "2.2.2.2")
C = line("c.example", "3.3.3.3")


def answer(address: str, at: float | None = None, **told: Any) -> Expectation:
    return Expectation(kind="answer", answer=address, at=at, **told)


def not_found(at: float = 5.0, **told: Any) -> Expectation:
    return Expectation(kind="not_found", at=at, **told)


def one_of(*options: Expectation) -> Expectation:
    return Expectation(kind="one_of", options=options)


def fault(name: str = "f1", flows: Names = (), harms: Names = (), **told: Any) -> PlannedFault:
    where = next(iter([*flows, *harms]), "")
    return PlannedFault(id=name, kind="harm", where=where, planned="it does harm", flows=flows, harms=harms, **told)


class Stage:
    """What was planned, and facts in any order; `evidence` puts them in the order of their stamps."""

    def __init__(
        self,
        tables: Tables | None = None,
        clients: Iterable[str | PlannedClient] = ("ann",),
        faults: Iterable[PlannedFault] = (),
        **plan: Any,
    ) -> None:
        tables = TABLES if tables is None else tables
        self.tables = tables
        self.clients = [
            client if isinstance(client, PlannedClient) else PlannedClient(name=client) for client in clients
        ]
        self.faults = tuple(faults)
        self.plan_told = plan
        self.queries: list[PlannedQuery] = []
        self.facts: list[tuple[float, int, str, dict[str, Any]]] = []
        self.order = count()
        self.numbers: Counter[str] = Counter()
        self.conns: dict[str, int] = {}
        self.end = 0.0
        for server in (*tables, "ls"):
            self.note(-0.02, "started", server=server, pid=1, argv=[])
            self.note(-0.01, "listening", server=server, port=1)
        self.note(0.0, "zero")

    def note(self, at: float, kind: str, **data: object) -> None:
        self.facts.append((at, next(self.order), kind, data))
        self.end = max(self.end, at)

    def conn(self, flow: str) -> int:
        link = "-".join(sorted(flow.split("->")))
        return self.conns.setdefault(link, len(self.conns) + 1)

    def again(self, flow: str) -> None:
        """From now on this flow's link has another connection."""
        self.conns["-".join(sorted(flow.split("->")))] = 100 + next(self.order)

    def sent(
        self,
        flow: str,
        text: str,
        at: float,
        kinds: Names = BOTH,
        *,
        handed_on: float | None = None,
        what: str = "message",
    ) -> None:
        """A line on a flow: it arrived, and was handed on at once, or when `handed_on` says."""
        self.numbers[flow] += 1
        told = {"flow": flow, "conn": self.conn(flow), "what": what, "n": self.numbers[flow], "text": text}
        told["name"] = next(iter(text.split()), "").lower()
        if "arrived" in kinds:
            self.note(at, "arrived", **told)
        if "passed" in kinds:
            self.note(at + HOP if handed_on is None else handed_on, "passed", **told)

    def part(self, flow: str, text: str, at: float, *, passed: bool = True) -> None:
        """Bytes of a line that has not ended yet."""
        self.note(at, "part", flow=flow, conn=self.conn(flow), text=text, passed=passed)

    def ended(self, flow: str, at: float, what: str = "fin", kinds: Names = BOTH) -> None:
        for kind in kinds:
            told = {
                "flow": flow,
                "conn": self.conn(flow),
                "what": what,
                "n": self.numbers[flow],
                "text": "",
                "name": "",
            }
            self.note(at, kind, **told)

    def ask(self, name: str, at: float, client: str = "ann", expect: Expectation | None = None) -> str:
        """A client asks; LS has the query one hop later. Returns the query's id."""
        mine = [query for query in self.queries if query.client == client]
        query = PlannedQuery(client=client, id=f"{client}.{len(mine) + 1}", ask=name, expect=expect)
        self.queries.append(query)
        if self.by_lab(client):
            self.note(at, "asked", client=client, query=query.id, ask=name, before=at - HOP)
        self.sent(f"{client}->ls", name, at + HOP)
        return query.id

    def by_lab(self, client: str) -> bool:
        return next(planned.by for planned in self.clients if planned.name == client) == "lab"

    def fan(self, name: str, at: float, to: Iterable[str] | Mapping[str, float] | None = None) -> None:
        """LS asks servers: all at once, or each at the time that a mapping gives."""
        times = to if isinstance(to, Mapping) else dict.fromkeys(to if to is not None else self.tables, at)
        for server, when in times.items():
            self.sent(f"ls->{server}", name, when)

    def says(self, server: str, text: str, at: float, *, handed_on: float | None = None, lost: bool = False) -> None:
        """A server answers LS."""
        self.sent(f"{server}->ls", text, at, ("arrived",) if lost else BOTH, handed_on=handed_on)

    def reply(self, query: str, text: str, at: float) -> None:
        """LS replies, and the client sees it."""
        planned = next(item for item in self.queries if item.id == query)
        self.sent(f"ls->{planned.client}", text, at)
        if self.by_lab(planned.client):
            self.seen(query, text, at + 2 * HOP)

    def seen(self, query: str, text: str, at: float) -> None:
        """The client sees a reply, which is the outcome of its query."""
        planned = next(item for item in self.queries if item.id == query)
        self.note(at, "replied", client=planned.client, query=query, text=text, after=at + HOP)
        self.outcome(query, self.rough(planned, text), at + HOP, text)

    def rough(self, planned: PlannedQuery, text: str) -> str:
        if text == missing(planned.ask.strip()):
            return "not_found"
        return "answered" if text.split(maxsplit=1)[0].lower() == planned.ask.strip().lower() else "wrong"

    def outcome(self, query: str, outcome: str, at: float, text: str | None = None) -> None:
        planned = next(item for item in self.queries if item.id == query)
        asked = next(data for _, _, kind, data in self.facts if kind == "asked" and data["query"] == query)
        told = {"client": planned.client, "query": query, "ask": planned.ask, "outcome": outcome, "reply": text}
        self.note(at, "outcome", elapsed=at - asked["before"], **told)

    def query(
        self,
        name: str,
        at: float,
        text: str | None,
        after: float,
        client: str = "ann",
        *,
        expect: Expectation | None = None,
        fan: bool | Iterable[str] | Mapping[str, float] = True,
        says: Iterable[tuple[str, str, float]] = (),
    ) -> str:
        """A whole query: asked, fanned out, answered by `says` (server, line, after), replied to after so long."""
        query = self.ask(name, at, client, expect)
        if fan:
            self.fan(name, at + 5 * HOP, None if isinstance(fan, bool) else fan)
        for server, said, later in says:
            self.says(server, said, at + later)
        if text is not None:
            self.reply(query, text, at + after)
        return query

    def done(self, at: float, client: str = "ann", *, closed: bool = True) -> None:
        """The client says done, and LS closes."""
        self.sent(f"{client}->ls", "done", at)
        if closed:
            self.ended(f"ls->{client}", at + 4 * HOP)
            self.note(at + 6 * HOP, "left", client=client, how="done")

    def stop(self, at: float | None = None) -> None:
        """The lab stops everybody."""
        at = self.end + 0.001 if at is None else at
        for server in ("ls", *self.tables):
            self.note(at, "signalled", server=server, signal="TERM", by="lab")
        for server in ("ls", *self.tables):
            self.note(at + 0.001, "exited", server=server, status=-15, by="lab")

    def plan(self) -> Plan:
        servers = [
            PlannedServer(
                name=name, is_ts=True, entries=tuple((host.lower(), line(host, ip)) for host, ip in table.items())
            )
            for name, table in self.tables.items()
        ]
        told = {"name": "test", "servers": (*servers, PlannedServer(name="ls", is_ts=False)), "faults": self.faults}
        return Plan(queries=tuple(self.queries), clients=tuple(self.clients), **{**told, **self.plan_told})

    def evidence(self) -> Evidence:
        history = History()
        for at, _, kind, data in sorted(self.facts, key=lambda fact: (fact[0], fact[1])):
            history.record(at, kind, **data)
        return Evidence(self.plan(), history)


def judged(stage: Stage, kind: str, **fields: object) -> list[Finding]:
    """The findings of one kind of check."""
    return list(CHECKS[kind](**fields).judge(stage.evidence()))


def broken(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.verdict is not Verdict.PASSED]


def the_one(stage: Stage, kind: str, **fields: object) -> Finding:
    """The only finding of one kind of check that is not passed."""
    found = broken(judged(stage, kind, **fields))
    assert len(found) == 1, found
    return found[0]


def told(stage: Stage, kind: str, **fields: object) -> tuple[str, str, str]:
    """Verdict, clause and culprit of the only broken finding of one kind."""
    found = the_one(stage, kind, **fields)
    return (found.verdict.value, found.clause, found.blames)


def silent(stage: Stage, kind: str, **fields: object) -> bool:
    """Whether one kind of check finds nothing broken."""
    return broken(judged(stage, kind, **fields)) == []


def spoken(stage: Stage, *checks: Check) -> list[tuple[str, str, str, str]]:
    """What the whole judgement finds broken: (check, verdict, clause, culprit)."""
    found = judge(stage.evidence(), checks)
    return [(item.check, item.verdict.value, item.clause, item.blames) for item in broken(found)]


def sound() -> Stage:
    """A scenario in which all is well: an answer of ts1, one of ts2, a name nobody has."""
    stage = Stage()
    soon, never = answer("1.1.1.1", 0.0), not_found()
    stage.query("a.example", 0.1, A, 0.003, expect=soon, says=[("ts1", A, 0.002)])
    stage.query("b.example", 0.2, B, 0.003, says=[("ts2", B, 0.002)])
    stage.query("none.example", 0.3, missing("none.example"), 5.002, expect=never)
    stage.done(5.4)
    stage.stop()
    return stage
