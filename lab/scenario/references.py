"""References of a scenario: ids are unique, and every name that is used stands for something.

What can be known from the file alone is checked when it is loaded; what needs a system, by `check_against`.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from lab.errors import Complaint
from lab.expectation import GIVES_UP
from lab.moment import Moment
from lab.registry import nearest
from lab.scenario.build import Built
from lab.scenario.document import Document, Spot, shown
from lab.scenario.model import Profile, Scenario
from lab.scenario.reader import read_text
from lab.scenario.shapes import ScenarioShape
from lab.scenario.table import name_troubles

OF_FAULT = ("fired", "released", "healed")
OF_QUERY = ("asked", "answered")
OF_FLOW = ("sent", "delivered")
OF_SERVER = ("listening", "exited")


def unknown(kind: str, name: str, known: Iterable[str]) -> tuple[str, str]:
    """What to say of a name that stands for nothing: what, and the cure."""
    names = sorted(known)
    near = nearest(name, names)
    listed = f"known are {', '.join(names)}" if names else f"there is no {kind} at all"
    return f"there is no {kind} {shown(name)}", f"did you mean {near}? {listed.capitalize()}" if near else listed


class Inside:
    """The references of one scenario that its file alone can answer.

    Args:
        document: The file.
        shape: Its typed shape.
        built: What was built of it.
        broken: Sections that are not wholly there: names they would define are not complained about.
    """

    def __init__(self, document: Document, shape: ScenarioShape, built: Built, broken: frozenset[str]) -> None:
        self.document = document
        self.shape = shape
        self.built = built
        self.broken = broken

    def complaints(self) -> Iterator[Complaint]:
        """All that is wrong."""
        yield from self._tables()
        yield from self._gives_up()
        yield from self._who_asks()
        yield from self._unique("fault", [(s, f.id) for s, f in self._faults], "id")
        yield from self._unique("query", [(s, ask.id) for s, ask in self.built.query_spots], "id")
        for spot, entry in self._faults:
            yield from self._self_waiting(spot, entry)
        for spot, moment in self._moments():
            yield from self._moment(spot, moment)
        for spot, check in zip(self.built.check_spots, self.built.scenario.checks, strict=True):
            yield from self._check(spot, check.kind, check.check)

    @property
    def _faults(self) -> list[tuple[Spot, Any]]:
        return list(zip(self.built.fault_spots, self.built.scenario.faults, strict=True))

    def _tables(self) -> Iterator[Complaint]:
        tables = self.document.at(("tables",))
        for server, table in tables.items() if isinstance(tables, dict) else ():
            for name, what, cure in name_troubles(table):
                yield self.document.complain(("tables", server, name), what, cure, "key")

    def _gives_up(self) -> Iterator[Complaint]:
        if self.shape.gives_up != GIVES_UP and not self.shape.options and "options" not in self.broken:
            what = "LS is to give up at another time than the contract's 5 s, and nothing tells it to"
            yield self.document.complain(("gives_up",), what, 'add options: {ls: {timeout: "2"}}', "key")

    def _who_asks(self) -> Iterator[Complaint]:
        both = self.shape.queries is not None and self.shape.clients is not None
        if both:
            what = "queries and clients stand in one scenario"
            yield self.document.complain(("queries",), what, "queries is short for one client: move it there", "key")
        is_to_begin = not any(entry.check.refused for entry in self.built.scenario.checks)
        if is_to_begin and not self.built.scenario.clients and not self.broken & {"queries", "clients", "checks"}:
            yield self.document.complain(
                (), "nobody asks anything", "add queries: with a step, such as - ask: a.example"
            )

    def _unique(self, noun: str, ids: list[tuple[Spot, str]], field: str) -> Iterator[Complaint]:
        seen: dict[str, Spot] = {}
        for spot, name in ids:
            if name in seen:
                line = self.document.mark(seen[name]).line
                here = spot[:-1] if spot[-1] == "ask" else spot
                what = (
                    f"two {noun if noun != 'query' else 'querie'}s are called {shown(name)}, the first on line {line}"
                )
                yield self.document.complain((*here, field), what, "give one of them another id")
            seen.setdefault(name, spot)

    def _self_waiting(self, spot: Spot, entry: Any) -> Iterator[Complaint]:
        own = entry.when
        if own is not None and own.on in OF_FAULT and own.of == entry.id:
            what = f"{entry.id} begins when it has {own.on} itself, which can never be"
            yield self.document.complain((*spot, "when"), what, "wait for another fault, or for a query")

    def _moments(self) -> Iterator[tuple[Spot, Moment]]:
        for spot, entry in self._faults:
            yield from ((s, m) for s, m in moments_of(spot, entry))
        for spot, wait in self.built.wait_spots:
            yield (*spot, "wait"), wait.moment

    def _moment(self, spot: Spot, moment: Moment) -> Iterator[Complaint]:
        if moment.on in OF_FAULT and "faults" not in self.broken:
            yield from self._known("fault", moment.of, {entry.id for _, entry in self._faults}, (*spot, moment.on))
        if moment.on in OF_QUERY and not self.broken & {"queries", "clients"}:
            yield from self._known("query", moment.of, self._queries, (*spot, moment.on))

    @property
    def _queries(self) -> set[str]:
        return {ask.id for _, ask in self.built.query_spots}

    def _known(self, kind: str, name: str, known: Iterable[str], spot: Spot) -> Iterator[Complaint]:
        names = set(known)
        if name not in names:
            yield self.document.complain(spot, *unknown(kind, name, names))

    def _check(self, spot: Spot, kind: str, check: Any) -> Iterator[Complaint]:
        clients = {client.name for client in self.built.scenario.clients}
        known = {"client": clients, "query": self._queries, "fault": {entry.id for _, entry in self._faults}}
        sure = {"client": "clients", "query": "clients", "fault": "faults"}
        for noun, field, names in named_in(check):
            if noun in known and not self.broken & {sure[noun], "queries"}:
                for name in names:
                    yield from self._known(noun, name, known[noun], (*spot, kind, field))


NOUNS = {
    "servers": "server",
    "clients": "client",
    "queries": "query",
    "faults": "fault",
    "flows": "flow",
    "links": "link",
}
SINGLE = frozenset(NOUNS.values())


def named_in(kind: Any) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The names in a kind's fields: what they name, the field, and the names; found by the field's own name."""
    for field in type(kind).model_fields:
        noun = NOUNS.get(field, field)
        value = getattr(kind, field)
        if noun in SINGLE and value:
            names = (value,) if isinstance(value, str) else tuple(item for item in value if isinstance(item, str))
            yield noun, field, names


def moments_of(spot: Spot, entry: Any) -> Iterator[tuple[Spot, Moment]]:
    """The moments of a fault: its options', and those among its kind's own fields."""
    for option in ("when", "until"):
        if getattr(entry, option) is not None:
            yield (*spot, option), getattr(entry, option)
    for field in type(entry.fault).model_fields:
        value = getattr(entry.fault, field)
        if isinstance(value, Moment):
            yield (*spot, entry.kind, field), value


def check_against(scenario: Scenario, profile: Profile) -> list[Complaint]:
    """What a scenario names and a system has not, in the order of its file: servers, flows, links, tables, programs.

    A TS of the profile for which the scenario has no table gets an empty one, which is no complaint.
    """
    return sorted(_Against(scenario, profile).complaints(), key=lambda item: (item.line, item.column))


class _Against:
    """One scenario beside one profile."""

    def __init__(self, scenario: Scenario, profile: Profile) -> None:
        self.scenario = scenario
        self.profile = profile
        self.servers = {server.name for server in profile.servers}
        legs = {(client.name, profile.front) for client in scenario.clients}
        self.links = {(server.name, dialled) for server in profile.servers for dialled in server.dials} | legs

    @cached_property
    def document(self) -> Document:
        """The scenario's file again, for its marks."""
        return read_text(self.scenario.text, self.scenario.path)[0]

    def complaints(self) -> Iterator[Complaint]:
        """All that does not fit."""
        yield from self._tables()
        yield from self._options()
        yield from self._left_out()
        yield from self._clients()
        for index, entry in enumerate(self.scenario.faults):
            spot: Spot = ("faults", index)
            yield from self._names((*spot, entry.kind), entry.fault)
            for where, moment in moments_of(spot, entry):
                yield from self._moment(where, moment)
        for index, check in enumerate(self.scenario.checks):
            yield from self._names(("checks", index, check.kind), check.check)
        yield from self._waits()

    def _tables(self) -> Iterator[Complaint]:
        for name in self.scenario.tables:
            if name not in self.servers:
                yield self._complain(("tables", name), *unknown("server", name, self.servers), key=True)
            elif name not in {server.name for server in self.profile.upstreams}:
                what = f"{name} has no table: its command has no {{table}}"
                yield self._complain(("tables", name), what, "give the table to a TS", key=True)

    def _options(self) -> Iterator[Complaint]:
        for name in self.scenario.options:
            if name not in self.servers:
                yield self._complain(("options", name), *unknown("server", name, self.servers), key=True)

    def _left_out(self) -> Iterator[Complaint]:
        refused = {server for entry in self.scenario.checks for server in entry.check.refused}
        for name, peers in self.scenario.leaves_out.items():
            spot: Spot = ("leaves_out", name)
            server = next((server for server in self.profile.servers if server.name == name), None)
            if server is None:
                yield self._complain(spot, *unknown("server", name, self.servers), key=True)
                continue
            for index, peer in enumerate(peers):
                if peer not in server.dials:
                    what = f"the command of {name} does not speak of {peer} anyway"
                    yield self._complain((*spot, index), what, f"leave out one of {', '.join(server.dials) or 'none'}")
            if name not in refused:
                what = f"{name} is not told of all its servers, and nothing says that it is to refuse that"
                yield self._complain(spot, what, f"add checks: [{{refuses: {name}}}]", key=True)

    def _clients(self) -> Iterator[Complaint]:
        for client in self.scenario.clients:
            spot: Spot = ("clients", client.name)
            if client.name in self.servers:
                what = f"{client.name} is the name of a server of {self.profile.path}"
                yield self._complain(spot, what, "give the client another name", key=True)

    def _names(self, spot: Spot, kind: Any) -> Iterator[Complaint]:
        for noun, field, names in named_in(kind):
            for name in names:
                yield from self._one((*spot, field), noun, name)

    def _one(self, spot: Spot, noun: str, name: str) -> Iterator[Complaint]:
        if noun == "server" and name not in self.servers:
            yield self._complain(spot, *unknown("server", name, self.servers))
        elif noun == "flow" and not self._flows(name):
            yield self._complain(spot, *self._no_path("flow", name))
        elif noun == "link" and not self._dialled(name):
            yield self._complain(spot, *self._no_path("link", name))

    def _moment(self, spot: Spot, moment: Moment) -> Iterator[Complaint]:
        if moment.on in OF_SERVER:
            yield from self._one((*spot, moment.on), "server", moment.of)
        if moment.on in OF_FLOW:
            yield from self._one((*spot, moment.on), "flow", moment.of)

    def _waits(self) -> Iterator[Complaint]:
        for client in self.scenario.clients:
            for step in client.steps:
                moment = getattr(step, "moment", None)
                if isinstance(moment, Moment) and step.place is not None:
                    for item in self._moment((), moment):
                        yield self.document.complain_at(
                            step.place.line, step.place.column, item.what, item.cure, "wait"
                        )

    def _dialled(self, link: str) -> bool:
        dialler, _, server = link.partition("->")
        return any(_fits(dialler, one) and _fits(server, other) for one, other in self.links)

    def _flows(self, flow: str) -> bool:
        sender, _, receiver = flow.partition("->")
        return self._dialled(flow) or self._dialled(f"{receiver}->{sender}")

    def _no_path(self, noun: str, name: str) -> tuple[str, str]:
        one, _, other = name.partition("->")
        if noun == "link" and self._dialled(f"{other}->{one}"):
            return f"{other} dials {one}, not the other way round", f"write {other}->{one}"
        known = {f"{dialler}->{server}" for dialler, server in self.links}
        if noun == "flow":
            known |= {f"{server}->{dialler}" for dialler, server in self.links}
        return unknown(noun, name, known)

    def _complain(self, spot: Spot, what: str, cure: str, *, key: bool = False) -> Complaint:
        return self.document.complain(spot, what, cure, "key" if key else "value")


def _fits(pattern: str, name: str) -> bool:
    return pattern in ("*", name)
