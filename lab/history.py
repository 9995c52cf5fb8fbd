"""The history of one scenario: an append-only record of stamped facts (law 1).

Times are seconds of the world's clock from *zero*, the moment at which all servers listen and the clients are
released; what happens while the servers start has a negative time.
Bytes are kept as text: UTF-8, with what is not UTF-8 as lone surrogates, so that nothing is lost.
`VOCABULARY` is the list of all facts; recording another one is an error.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol, TypeVar, TypeVarTuple

VOCABULARY = {
    "started": "server, pid, argv: a process was launched",
    "listening": "server, port: the kernel shows the server in LISTEN",
    "deaf": "server: the server listens no more, though it may live on",
    "exited": "server, status (exit code, or minus the signal), by (a fault's id, `lab`, `bounds`, or empty: itself)",
    "overran": "server, what, has, allowed: it took more of the machine than it may, and is ended",
    "output": "server, stream (stdout or stderr), text: what a server printed",
    "zero": "all servers listen, and the clients are released",
    "door": "link, state (open, refusing): the listening socket of a link changed",
    "dialled": "link, conn: somebody connected at a link's door",
    "arrived": "flow, conn, what (message, bytes, fin, rst), n (from 1, per flow), text, name: reached the lab",
    "passed": "flow, conn, what, n (from -1 downwards if invented), text, name: the lab handed it on to the receiver",
    "part": "flow, conn, text, passed (at once, or not): bytes of a line that has not ended yet reached the lab",
    "injected": "fault: a fault's time has begun",
    "fired": "fault, did, flow, n, name: a fault touched a message, a door or a process",
    "released": "fault, flow, n, name: something held back was let go",
    "lost": "flow, n, name, and fault (who kept it) or none: something had nowhere to go any more",
    "healed": "fault: a fault's harm was undone",
    "expired": "server, lasted (s): a wait for a time came to its end in a server; only the jump clock knows of it",
    "computed": "server, spent (s): a server computed for so long while the jump clock stood still",
    "measured": "server, sessions (ended so far), descriptors, threads, memory (bytes), with no session open",
    "watched": "windows: how often the lab has looked who uses the processor while nothing comes or goes",
    "burned": "server, spent (s), waited (s), over (s): it computed, or waited to, while no message came or went",
    "clock_set": "server, seconds, by: a server's wall clock was set forwards, or backwards, and no other clock of it",
    "signalled": "server, signal, by: a signal was sent to a server's process group",
    "connected": "client: the client's connection to LS stands",
    "asked": "client, query, ask, before: a query was written; `at` is after the write, `before` before it",
    "sent": "client, text: a client sent bytes that are no query of the scenario's",
    "replied": "client, query, text, after: a line reached the client; `at` by the kernel, `after` by the reader",
    "stuck": "client, moment: a client waited for a moment that could not come any more",
    "outcome": "client, query, ask, outcome, reply, elapsed: how a query ended",
    "left": "client, how (done, close, reset, half_close, stop_reading, closed, gave_up): its session ended, or half",
    "wrote": "client, text, missing: the file a program client wrote",
    "sampled": "waits: seconds each party has waited for a processor so far, by name",
    "lagged": "lag: a sleeper of the lab woke this many seconds late",
    "remained": "server, pid, command: a process was still there after its server was stopped",
    "trouble": "text: the lab's own trouble",
}


@dataclass(frozen=True, slots=True)
class Event:
    """One stamped fact.

    Attributes:
        seq: Its place in the history, from 0.
        at: Seconds from zero.
        kind: A word of `VOCABULARY`.
        data: Its fields, as the vocabulary names them; JSON values only.
    """

    seq: int
    at: float
    kind: str
    data: Mapping[str, Any]

    def __getitem__(self, key: str) -> Any:
        """The field of that name.

        Raises:
            KeyError: The fact has no such field.
        """
        return self.data[key]


class History:
    """An append-only list of events; listeners hear of each as it is recorded."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.listeners: list[Callable[[Event], None]] = []
        self._keep(events)

    def _keep(self, events: Iterable[Event]) -> None:
        self.events: list[Event] = []
        self.views: dict[object, Any] = {}
        self._by_kind: defaultdict[tuple[str, object], list[Event]] = defaultdict(list)
        for event in events:
            self._file(event)

    def _file(self, event: Event) -> None:
        """Append an event, and find it again by its kind, and by its kind and flow."""
        self.events.append(event)
        self._by_kind[event.kind, None].append(event)
        flow = event.data.get("flow")
        if flow is not None:
            self._by_kind[event.kind, flow].append(event)

    def record(self, at: float, kind: str, **data: object) -> Event:
        """Append a fact and tell the listeners.

        Raises:
            KeyError: The kind is not in the vocabulary.
        """
        if kind not in VOCABULARY:
            raise KeyError(f"{kind} is no kind of event; see lab.history.VOCABULARY")
        event = Event(len(self.events), at, kind, data)
        self.views.clear()
        self._file(event)
        for listener in tuple(self.listeners):
            listener(event)
        return event

    def shift(self, seconds: float) -> None:
        """Move all that is recorded so far in time: zero is known only once every server listens."""
        self._keep([Event(event.seq, event.at + seconds, event.kind, event.data) for event in self.events])

    def __reduce__(self) -> "tuple[type[History], tuple[list[Event]]]":
        """Only the events travel."""
        return History, (self.events,)

    def __iter__(self) -> Iterator[Event]:
        return iter(self.events)

    def __len__(self) -> int:
        return len(self.events)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, History) and self.events == other.events

    __hash__ = None  # type: ignore[assignment]  # it grows

    def all(self, kind: str, **fields: object) -> list[Event]:
        """The facts of a kind with these field values, in order of recording."""
        return list(self._those(kind, fields))

    def first(self, kind: str, **fields: object) -> Event | None:
        """The first such fact, or None."""
        return next(self._those(kind, fields), None)

    def _those(self, kind: str, fields: dict[str, object]) -> Iterator[Event]:
        found = self._by_kind.get((kind, fields.pop("flow", None)), [])
        wanted = fields.items()
        return (event for event in found if wanted <= event.data.items()) if fields else iter(found)

    def between(self, start: float, end: float) -> list[Event]:
        """The facts stamped from start to end, both in seconds from zero, inclusive."""
        return [event for event in self.events if start <= event.at <= end]

    def printed(self) -> dict[str, str]:
        """What each server printed, both streams together as it came."""
        parts: dict[str, list[str]] = {}
        for event in self.all("output"):
            parts.setdefault(event["server"], []).append(event["text"])
        return {server: "".join(texts) for server, texts in parts.items()}

    def to_lines(self) -> list[str]:
        """One JSON object a line, without newline: `seq`, `at`, `kind`, and the fields."""
        events = [{"seq": event.seq, "at": round(event.at, 7), "kind": event.kind, **event.data} for event in self]
        # One call for all costs half of one for each; a quote inside a text is escaped, so that no text has the mark.
        return json.dumps(events)[1:-1].replace(', {"seq": ', '\n{"seq": ').splitlines()

    @classmethod
    def from_lines(cls, lines: Iterable[str]) -> "History":
        """A history read back from `to_lines`.

        Raises:
            ValueError: A line is no such object.
        """
        return cls([_event(json.loads(line)) for line in lines if line.strip()])


class Viewed(Protocol):
    """What views are had of: it keeps those that were worked out for as long as they hold."""

    @property
    def views(self) -> dict[object, Any]:
        """Each view that was worked out, by its function and arguments."""
        ...


Of = TypeVar("Of", bound=Viewed)
Seen = TypeVar("Seen")
More = TypeVarTuple("More")


def once(view: Callable[[Of, *More], Seen]) -> Callable[[Of, *More], Seen]:
    """The view, worked out once for what it is of and shared by all who ask, who must not change it."""

    @wraps(view)
    def seen(of: Of, *more: *More) -> Seen:
        key = (view, *more)
        if key not in of.views:
            of.views[key] = view(of, *more)
        found: Seen = of.views[key]
        return found

    return seen


def _event(record: Any) -> Event:
    if not isinstance(record, dict) or not {"seq", "at", "kind"} <= record.keys():
        raise ValueError(f"no event of a history: {record!r}")
    data = {key: value for key, value in record.items() if key not in {"seq", "at", "kind"}}
    return Event(int(record["seq"]), float(record["at"]), str(record["kind"]), data)


def message_called(n: int | None) -> str:
    """What to call a message by its number on its flow: `message 2`, `invented message 1`; empty if it has none."""
    if not n:
        return ""
    return f"message {n}" if n > 0 else f"invented message {-n}"


def as_text(data: bytes) -> str:
    """Bytes as a history keeps them: nothing is lost."""
    return data.decode("utf-8", "surrogateescape")


def as_bytes(text: str) -> bytes:
    """The bytes that `as_text` was given."""
    return text.encode("utf-8", "surrogateescape")
