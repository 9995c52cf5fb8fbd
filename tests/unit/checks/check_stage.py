"""Histories by hand: a stage on which a test lets clients ask, servers answer and LS reply, and then judges."""

from collections import Counter
from itertools import count

from lab.checks.base import CHECKS, Evidence
from lab.evidence import Plan, PlannedClient, PlannedFault, PlannedQuery, PlannedServer
from lab.expectation import Expectation
from lab.history import History
from lab.judging import judge
from lab.verdict import Verdict

HOP = 0.0001
TABLES = {"ts1": {"a.example": "1.1.1.1", "c.example": "3.3.3.3"}, "ts2": {"b.example": "2.2.2.2"}}


def line(name, address):
    return f"{name} {address} A"


def missing(name):
    return f"{name} - Error:HOST NOT FOUND"


A = line("a.example", "1.1.1.1")
B = line("b.example", "2.2.2.2")
C = line("c.example", "3.3.3.3")


def answer(address, at=None, **told):
    return Expectation(kind="answer", answer=address, at=at, **told)


def not_found(at=5.0, **told):
    return Expectation(kind="not_found", at=at, **told)


def one_of(*options):
    return Expectation(kind="one_of", options=options)


def fault(name="f1", flows=(), harms=(), **told):
    where = next(iter([*flows, *harms]), "")
    return PlannedFault(id=name, kind="harm", where=where, planned="it does harm", flows=flows, harms=harms, **told)


class Stage:
    """What was planned, and facts in any order; `evidence` puts them in the order of their stamps."""

    def __init__(self, tables=TABLES, clients=("ann",), faults=(), **plan):
        self.tables = tables
        self.clients = [
            client if isinstance(client, PlannedClient) else PlannedClient(name=client) for client in clients
        ]
        self.faults = tuple(faults)
        self.plan_told = plan
        self.queries = []
        self.facts = []
        self.order = count()
        self.numbers = Counter()
        self.conns = {}
        self.end = 0.0
        for server in (*tables, "ls"):
            self.note(-0.02, "started", server=server, pid=1, argv=[])
            self.note(-0.01, "listening", server=server, port=1)
        self.note(0.0, "zero")

    def note(self, at, kind, **data):
        self.facts.append((at, next(self.order), kind, data))
        self.end = max(self.end, at)

    def conn(self, flow):
        link = "-".join(sorted(flow.split("->")))
        return self.conns.setdefault(link, len(self.conns) + 1)

    def again(self, flow):
        """From now on this flow's link has another connection."""
        self.conns["-".join(sorted(flow.split("->")))] = 100 + next(self.order)

    def sent(self, flow, text, at, kinds=("arrived", "passed"), handed_on=None, what="message"):
        """A line on a flow: it arrived, and was handed on at once, or when `handed_on` says."""
        self.numbers[flow] += 1
        told = {"flow": flow, "conn": self.conn(flow), "what": what, "n": self.numbers[flow], "text": text}
        told["name"] = next(iter(text.split()), "").lower()
        if "arrived" in kinds:
            self.note(at, "arrived", **told)
        if "passed" in kinds:
            self.note(at + HOP if handed_on is None else handed_on, "passed", **told)

    def ended(self, flow, at, what="fin", kinds=("arrived", "passed")):
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

    def ask(self, name, at, client="ann", expect=None):
        """A client asks; LS has the query one hop later. Returns the query's id."""
        mine = [query for query in self.queries if query.client == client]
        query = PlannedQuery(client=client, id=f"{client}.{len(mine) + 1}", ask=name, expect=expect)
        self.queries.append(query)
        if self.by_lab(client):
            self.note(at, "asked", client=client, query=query.id, ask=name, before=at - HOP)
        self.sent(f"{client}->ls", name, at + HOP)
        return query.id

    def by_lab(self, client):
        return next(planned.by for planned in self.clients if planned.name == client) == "lab"

    def fan(self, name, at, to=None):
        """LS asks servers: all at once, or each at the time that a mapping gives."""
        times = to if isinstance(to, dict) else dict.fromkeys(to if to is not None else self.tables, at)
        for server, when in times.items():
            self.sent(f"ls->{server}", name, when)

    def says(self, server, text, at, handed_on=None, lost=False):
        """A server answers LS."""
        self.sent(f"{server}->ls", text, at, ("arrived",) if lost else ("arrived", "passed"), handed_on)

    def reply(self, query, text, at, outcome=None, sees=None):
        """LS replies, and the client sees it."""
        planned = next(item for item in self.queries if item.id == query)
        self.sent(f"ls->{planned.client}", text, at)
        if self.by_lab(planned.client):
            self.seen(query, text if sees is None else sees, at + 2 * HOP, outcome)

    def seen(self, query, text, at, outcome=None):
        """The client sees a reply, which is the outcome of its query."""
        planned = next(item for item in self.queries if item.id == query)
        self.note(at, "replied", client=planned.client, query=query, text=text, after=at + HOP)
        self.outcome(query, outcome or self.rough(planned, text), at + HOP, text)

    def rough(self, planned, text):
        if text == missing(planned.ask.strip()):
            return "not_found"
        return "answered" if text.split()[0].lower() == planned.ask.strip().lower() else "wrong"

    def outcome(self, query, outcome, at, text=None):
        planned = next(item for item in self.queries if item.id == query)
        asked = next(data for _, _, kind, data in self.facts if kind == "asked" and data["query"] == query)
        told = {"client": planned.client, "query": query, "ask": planned.ask, "outcome": outcome, "reply": text}
        self.note(at, "outcome", elapsed=at - asked["before"], **told)

    def query(self, name, at, text, after, client="ann", expect=None, fan=True, says=()):
        """A whole query: asked, fanned out, answered by `says` (server, line, after), replied to after so long."""
        query = self.ask(name, at, client, expect)
        if fan:
            self.fan(name, at + 5 * HOP, None if fan is True else fan)
        for server, said, later in says:
            self.says(server, said, at + later)
        if text is not None:
            self.reply(query, text, at + after)
        return query

    def done(self, at, client="ann", closed=True):
        """The client says done, and LS closes."""
        self.sent(f"{client}->ls", "done", at)
        if closed:
            self.ended(f"ls->{client}", at + 4 * HOP)
            self.note(at + 6 * HOP, "left", client=client, how="done")

    def stop(self, at=None):
        """The lab stops everybody."""
        at = self.end + 0.001 if at is None else at
        for server in ("ls", *self.tables):
            self.note(at, "signalled", server=server, signal="TERM", by="lab")
        for server in ("ls", *self.tables):
            self.note(at + 0.001, "exited", server=server, status=-15, by="lab")

    def plan(self):
        servers = [
            PlannedServer(
                name=name, is_ts=True, entries=tuple((host.lower(), line(host, ip)) for host, ip in table.items())
            )
            for name, table in self.tables.items()
        ]
        told = {"name": "test", "servers": (*servers, PlannedServer(name="ls", is_ts=False)), "faults": self.faults}
        return Plan(queries=tuple(self.queries), clients=tuple(self.clients), **{**told, **self.plan_told})

    def evidence(self):
        history = History()
        for at, _, kind, data in sorted(self.facts, key=lambda fact: (fact[0], fact[1])):
            history.record(at, kind, **data)
        return Evidence(self.plan(), history)


def judged(stage, kind, **fields):
    """The findings of one kind of check."""
    return list(CHECKS[kind](**fields).judge(stage.evidence()))


def broken(findings):
    return [finding for finding in findings if finding.verdict is not Verdict.PASSED]


def the_one(stage, kind, **fields):
    """The only finding of one kind of check that is not passed."""
    found = broken(judged(stage, kind, **fields))
    assert len(found) == 1, found
    return found[0]


def told(stage, kind, **fields):
    """Verdict, clause and culprit of the only broken finding of one kind."""
    found = the_one(stage, kind, **fields)
    return (found.verdict.value, found.clause, found.blames)


def silent(stage, kind, **fields):
    """Whether one kind of check finds nothing broken."""
    return broken(judged(stage, kind, **fields)) == []


def spoken(stage, *checks, **told_to_judge):
    """What the whole judgement finds broken: (check, verdict, clause, culprit)."""
    found = judge(stage.evidence(), checks, **told_to_judge)
    return [(item.check, item.verdict.value, item.clause, item.blames) for item in broken(found)]


def sound(expected=True):
    """A scenario in which all is well: an answer of ts1, one of ts2, a name nobody has."""
    stage = Stage()
    soon, never = (answer("1.1.1.1", 0.0), not_found()) if expected else (None, None)
    stage.query("a.example", 0.1, A, 0.003, expect=soon, says=[("ts1", A, 0.002)])
    stage.query("b.example", 0.2, B, 0.003, says=[("ts2", B, 0.002)])
    stage.query("none.example", 0.3, missing("none.example"), 5.002, expect=never)
    stage.done(5.4)
    stage.stop()
    return stage
