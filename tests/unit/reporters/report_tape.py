"""Histories by hand, as a run would have recorded them: a tape that stamps and numbers for its author."""

from collections import Counter
from typing import Any

from lab.history import Event, History
from lab.result import QueryResult

Names = tuple[str, ...]

HOP = 0.00012
"""Seconds between the arrival of an untouched message at the lab and its handing on."""


class Tape:
    """Records facts of a scenario with `servers`, all of which listen at zero."""

    def __init__(self, servers: Names = ("ts1", "ts2", "ls"), clients: Names = ("client",)) -> None:
        self.history = History()
        self.sent: Counter[str] = Counter()
        self.names: dict[str, str] = {}
        self.conns: dict[frozenset[str], int] = {}
        for index, server in enumerate(servers):
            at = -0.02 + index * 0.004
            self.history.record(at, "started", server=server, pid=400 + index, argv=["python", f"{server}.py"])
            self.history.record(at + 0.003, "listening", server=server, port=5000 + index)
        self.history.record(0.0, "zero")
        for client in clients:
            self.history.record(0.0004, "connected", client=client)

    def note(self, at: float, kind: str, **data: object) -> Event:
        return self.history.record(at, kind, **data)

    def conn(self, flow: str) -> int:
        link = frozenset(flow.split("->"))
        return self.conns.setdefault(link, len(self.conns) + 1)

    def message(self, flow: str, text: str, at: float, **told: Any) -> None:
        """A message; `passed` is when it was handed on (None: never), `became` what then, `what` if no message."""
        self.sent[flow] += 1
        fields = {"flow": flow, "conn": self.conn(flow), "n": self.sent[flow], "what": told.get("what", "message")}
        fields["name"] = text.partition(" ")[0].lower()
        self.history.record(at, "arrived", text=text + "\n", **fields)
        passed = told.get("passed", at + HOP)
        if passed is not None:
            self.history.record(passed, "passed", text=told.get("became", text) + "\n", **fields)

    def end(self, flow: str, at: float, what: str = "fin") -> None:
        told = {"flow": flow, "conn": self.conn(flow), "what": what, "n": self.sent[flow], "text": "", "name": ""}
        self.history.record(at, "arrived", **told)
        self.history.record(at + HOP, "passed", **told)

    def ask(self, query: str, name: str, at: float, upstreams: Names = ("ts1", "ts2")) -> None:
        """A query such as `ann.2`, its way to LS and on to every TS."""
        client = query.partition(".")[0]
        self.names[query] = name
        self.note(at, "asked", client=client, query=query, ask=name, before=at - 0.00005)
        self.message(f"{client}->ls", name, at + 0.0001)
        for index, server in enumerate(upstreams):
            self.message(f"ls->{server}", name, at + 0.0006 + index * 0.0001)

    def reply(self, query: str, line: str, at: float, elapsed: float, outcome: str = "answered") -> Event:
        """A reply of LS, its arrival, and the outcome of the query."""
        client, name = query.partition(".")[0], self.names[query]
        self.message(f"ls->{client}", line, at)
        self.note(at + 0.0002, "replied", client=client, query=query, text=line, after=at + 0.00025)
        told = {"client": client, "query": query, "ask": name, "outcome": outcome, "reply": line}
        return self.note(at + 0.0003, "outcome", elapsed=elapsed, **told)

    def close(self, client: str, at: float, upstreams: Names = ("ts1", "ts2")) -> None:
        """The end of a session: `done`, and everybody's FIN."""
        self.message(f"{client}->ls", "done", at)
        self.end(f"ls->{client}", at + 0.0006)
        self.note(at + 0.0009, "left", client=client, how="done")
        self.end(f"{client}->ls", at + 0.001)
        for server in upstreams:
            self.end(f"ls->{server}", at + 0.0012)
            self.end(f"{server}->ls", at + 0.0016)

    def stop(self, at: float, servers: Names = ("ls", "ts1", "ts2")) -> None:
        """The lab stops everybody."""
        for server in servers:
            self.note(at, "signalled", server=server, signal="TERM", by="lab")
            self.note(at + 0.002, "exited", server=server, status=-15, by="lab")

    def sound(self, at: float) -> None:
        """Samples, as a run takes them."""
        self.note(at, "sampled", waits={"ls": 0.0001, "lab": 0.0003})
        self.note(at, "lagged", lag=0.0002)

    def queries(self, **expected: Any) -> tuple[QueryResult, ...]:
        """The queries as results; by the query's id (`_` for its dot) what was expected, its window, and from whom."""
        asked = {event["query"]: event.at for event in self.history.all("asked")}
        return tuple(
            _query(event, asked[event["query"]], expected.get(event["query"].replace(".", "_"), ("", None, "")))
            for event in self.history.all("outcome")
        )


def _query(event: Event, asked_at: float, expected: tuple[str, tuple[float, float] | None, str]) -> QueryResult:
    return QueryResult(
        client=event["client"],
        id=event["query"],
        ask=event["ask"],
        outcome=event["outcome"],
        reply=event["reply"],
        asked_at=asked_at,
        elapsed_s=event["elapsed"],
        expected=expected[0],
        window=expected[1],
        came_from=expected[2],
    )
