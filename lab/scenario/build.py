"""From a scenario's shape to its values: ids are made, steps unfolded, and each thing keeps its place."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from lab.errors import Complaint
from lab.scenario.choice import Broken
from lab.scenario.document import Document, Spot
from lab.scenario.model import Ask, CheckEntry, Client, End, FaultEntry, Scenario, Send, Step, Wait
from lab.scenario.shapes import (
    AskShape,
    CloseShape,
    DoneShape,
    HalfCloseShape,
    ProgramShape,
    ResetShape,
    ScenarioShape,
    SendShape,
    SessionsShape,
    StopReadingShape,
    WaitShape,
)
from lab.scenario.table import table_of

ONLY_CLIENT = "client"
ENDS: dict[type, Literal["done", "close", "reset", "half_close", "stop_reading"]] = {
    DoneShape: "done",
    CloseShape: "close",
    ResetShape: "reset",
    HalfCloseShape: "half_close",
    StopReadingShape: "stop_reading",
}
ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|[nrt0\\])")
NAMED = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "\\": "\\"}


def raw_bytes(text: str) -> bytes:
    r"""Bytes as a step `send` writes them: `\xff` is that byte, `\n` a newline, all else UTF-8."""
    return ESCAPE.sub(_unescaped, text).encode("utf-8", "surrogateescape")


def _unescaped(match: re.Match[str]) -> str:
    if match[1] in NAMED:
        return NAMED[match[1]]
    byte = int(match[1][1:], 16)
    return chr(byte if byte < 0x80 else 0xDC00 + byte)


@dataclass(slots=True)
class Built:
    """A scenario and where its parts stand in the document.

    Attributes:
        scenario: The scenario, without the entries that are broken.
        fault_spots: Where each of its faults stands.
        query_spots: Where each query stands, clients in order.
        check_spots: Where each of its checks stands.
        complaints: What is wrong with the order of the steps.
    """

    scenario: Scenario
    fault_spots: list[Spot]
    query_spots: list[tuple[Spot, Ask]]
    wait_spots: list[tuple[Spot, Wait]]
    check_spots: list[Spot]
    complaints: list[Complaint]


def build(document: Document, shape: ScenarioShape, name: str, text: str) -> Built:
    """The scenario that a shape stands for."""
    steps = _Steps(document)
    clients = tuple(steps.client(who, spot, form) for who, spot, form in _clients(shape))
    fault_spots, faults = _faults(document, shape)
    check_spots, checks = _checks(document, shape)
    scenario = Scenario(
        name=name,
        path=document.file,
        text=text,
        story=shape.story,
        level=shape.level,
        clauses=shape.clauses,
        tags=shape.tags,
        points=shape.points,
        hint=shape.hint,
        alone=shape.alone,
        options=shape.options,
        leaves_out=shape.leaves_out,
        gives_up=shape.gives_up,
        tables={server: table_of(table) for server, table in shape.tables.items()},
        faults=tuple(faults),
        clients=clients,
        checks=tuple(checks),
    )
    return Built(scenario, fault_spots, steps.queries, steps.waits, check_spots, steps.complaints)


def _clients(shape: ScenarioShape) -> Iterator[tuple[str, Spot, Any]]:
    if shape.queries is not None:
        yield ONLY_CLIENT, ("queries",), shape.queries
    for name, form in (shape.clients or {}).items():
        if shape.queries is None or name != ONLY_CLIENT:
            yield name, ("clients", name), form


def _faults(document: Document, shape: ScenarioShape) -> tuple[list[Spot], list[FaultEntry]]:
    spots: list[Spot] = []
    faults: list[FaultEntry] = []
    count: Counter[str] = Counter()
    for index, entry in enumerate(shape.faults):
        if isinstance(entry, Broken):
            continue
        spot: Spot = ("faults", index)
        count[entry.kind] += 1
        spots.append(spot)
        options = {key: getattr(entry, key) for key in ("when", "until", "recovery", "optional")}
        made = entry.id or f"{entry.kind}{count[entry.kind]}"
        place = document.place(spot)
        faults.append(FaultEntry(id=made, kind=entry.kind, fault=entry.body, place=place, **options))
    return spots, faults


def _checks(document: Document, shape: ScenarioShape) -> tuple[list[Spot], list[CheckEntry]]:
    whole = [(("checks", i), entry) for i, entry in enumerate(shape.checks) if not isinstance(entry, Broken)]
    spots: list[Spot] = [spot for spot, _ in whole]
    return spots, [CheckEntry(kind=entry.kind, check=entry.body, place=document.place(spot)) for spot, entry in whole]


@dataclass(slots=True)
class _Steps:
    """Unfolds the steps of clients, and keeps where each query and wait stands."""

    document: Document
    queries: list[tuple[Spot, Ask]] = field(default_factory=list)
    waits: list[tuple[Spot, Wait]] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)

    def client(self, name: str, spot: Spot, form: Any) -> Client:
        """One client."""
        if isinstance(form, ProgramShape):
            asks = tuple(self._asks(name, 0, AskShape(ask=form.ask), spot, plain=True))
            return Client(name=name, by="program", steps=asks)
        if isinstance(form, SessionsShape):
            return Client(name=name, steps=tuple(self._sessions(name, (*spot, "steps"), form)))
        self._after_the_end(spot, form)
        return Client(name=name, steps=tuple(self._unfolded(name, spot, form)))

    def _sessions(self, client: str, spot: Spot, form: SessionsShape) -> Iterator[Step]:
        """The steps of each session, and between two of them the end of one."""
        self._after_the_end(spot, form.steps)
        asked = 0
        for number in range(form.sessions):
            steps = list(self._unfolded(client, spot, form.steps, asked))
            asked += sum(isinstance(step, Ask) for step in steps)
            yield from steps
            if number < form.sessions - 1:
                yield End(how="done", place=self.document.place(spot))

    def _unfolded(self, client: str, spot: Spot, forms: tuple[Any, ...], asked: int = 0) -> Iterator[Step]:
        for index, form in enumerate(forms):
            here = (*spot, index)
            if isinstance(form, AskShape):
                yield from self._asks(client, asked, form, here)
                asked += len(form.ask)
            elif isinstance(form, WaitShape):
                wait = Wait(moment=form.wait, place=self.document.place(here))
                self.waits.append((here, wait))
                yield wait
            elif isinstance(form, SendShape):
                yield Send(data=raw_bytes(form.send) * form.times, place=self.document.place(here))
            elif not isinstance(form, Broken):
                yield End(how=ENDS[type(form)], place=self.document.place(here))

    def _asks(self, client: str, before: int, form: AskShape, spot: Spot, *, plain: bool = False) -> Iterator[Ask]:
        last = len(form.ask) - 1
        for index, host in enumerate(form.ask):
            inner = (*spot, "ask", index) if last else (*spot, "ask")
            ask = Ask(
                id=form.id or f"{client}.{before + index + 1}",
                ask=host,
                expect=form.expect[index].value() if form.expect else None,
                go_on=not plain and (index < last or form.then == "go_on"),
                pipelined=not plain and index > 0,
                place=self.document.place(inner if last else spot),
            )
            self.queries.append((inner, ask))
            yield ask

    def _after_the_end(self, spot: Spot, forms: tuple[Any, ...]) -> None:
        closed, halved = False, False
        for index, form in enumerate(forms):
            if closed or (halved and isinstance(form, AskShape | SendShape)):
                what = "this step comes after the client closed its connection"
                self.complaints.append(self.document.complain((*spot, index), what, "remove it, or close later"))
                return
            halved = halved or isinstance(form, HalfCloseShape)
            closed = closed or isinstance(form, CloseShape | ResetShape)
