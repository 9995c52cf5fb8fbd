"""Lines as they crossed the lab: put together again from the pieces in which they were read or handed on.

Order is the order of recording (`seq`): what was handed on before it was answered was recorded before, while the
stamps of the two come from different places and may differ by a hair.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from lab.checks.base import Evidence
from lab.evidence import Plan, PlannedFault
from lab.history import Event, History, once
from lab.protocols.base import first_field

ENDS = ("fin", "rst")
LONGEST = 4096
LIMITED = "limited to"
"""How a fault begins to tell that it has limited a server's descriptors."""
DONE = "done"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a flow.

    Attributes:
        text: The line without its end.
        at: When its last byte was read or handed on.
        seq: The event that completed it.
        name: The name it is about: its first field, in lower case.
        pieces: In how many pieces it came.
    """

    flow: str
    conn: int
    text: str
    at: float
    seq: int
    name: str
    pieces: int = 1


@once
def arrived(history: History, flow: str) -> Sequence[Line]:
    """The lines that a flow's sender sent, before any fault."""
    return _lines(history, "arrived", flow)


@once
def passed(history: History, flow: str) -> Sequence[Line]:
    """The lines that a flow's receiver was given, after all faults."""
    return _lines(history, "passed", flow)


def _lines(history: History, kind: str, flow: str) -> list[Line]:
    found: list[Line] = []
    begun: dict[int, tuple[str, int]] = {}
    for event in _with_parts(history, kind, flow):
        conn, what = event["conn"], event.data.get("what", "message")
        if event.kind == "part":
            text, pieces = begun.get(conn, ("", 0))
            begun[conn] = (text, pieces + 1)  # the event with which the line ends has its whole text
            continue
        if what in ENDS:
            begun.pop(conn, None)
            continue
        rest, pieces = begun.pop(conn, ("", 0))
        *whole, rest = _cut(rest + str(event.data.get("text") or ""), ended=what == "message")
        found += [_line(event, text.removesuffix("\r"), pieces + 1) for text in whole]
        if rest:
            begun[conn] = (rest, pieces + 1)
    return found


def _with_parts(history: History, kind: str, flow: str) -> list[Event]:
    """What arrived or was passed on a flow, and the parts of lines that did before their lines had ended."""
    parts = [part for part in history.all("part", flow=flow) if kind == "arrived" or part["passed"]]
    found = history.all(kind, flow=flow)
    return sorted([*found, *parts], key=lambda event: event.seq) if parts else found


def begun_lines(history: History, flow: str, until: float = float("inf")) -> dict[int, str]:
    """For each connection what a flow's receiver had been given of a line that had not ended before an event."""
    begun: dict[int, str] = {}
    for event in _with_parts(history, "passed", flow):
        if event.seq < until and event.data.get("what") not in ENDS:
            text = begun.get(event["conn"], "") + str(event.data.get("text") or "")
            begun[event["conn"]] = "" if event.data.get("what") == "message" else text.rpartition("\n")[2]
    return {conn: text for conn, text in begun.items() if text}


def unended(history: History, flow: str, until: float) -> list[Event]:
    """For each connection the last piece of a line that had not come to its end before an event."""
    last = {event["conn"]: event for event in _with_parts(history, "passed", flow) if event.seq < until}
    pieces = [event for event in last.values() if event.kind == "part" or event.data.get("what") == "bytes"]
    return [event for event in pieces if not str(event.data.get("text") or "\n").endswith("\n")]


def is_orderly(history: History, flow: str, conn: int) -> bool:
    """Whether all that a receiver was given on a connection are names: then it has no reason to end it."""
    given = [event for event in history.all("passed", flow=flow, conn=conn) if event.data.get("what") not in ENDS]
    text = "".join(f"{event.data.get('text') or ''}{_end_of(event)}" for event in given)
    text += _open_part(history, flow, conn)
    return all(_is_name(line.strip()) for line in text.split("\n"))


def _open_part(history: History, flow: str, conn: int) -> str:
    """What was handed on at once of a line that never ended, which no event has but those of its parts."""
    has_parts = any(part["passed"] for part in history.all("part", flow=flow, conn=conn))
    return begun_lines(history, flow).get(conn, "") if has_parts else ""


def _end_of(event: Event) -> str:
    """A message is whole even if its end was not kept."""
    return "\n" if event.data.get("what", "message") == "message" else ""


def _is_name(line: str) -> bool:
    return len(line) <= LONGEST and line.isascii() and line.isprintable() and len(line.split()) <= 1


def had_ended(history: History, flow: str, conn: int, seq: float) -> bool:
    """Whether the sender had ended a connection before an event: by FIN, by RST, or by `done`."""
    if any(event.seq < seq for event in ends(history, "arrived", flow, conn)):
        return True
    lines = (line for line in arrived(history, flow) if line.conn == conn and line.seq < seq)
    return any(line.text.strip() == DONE for line in lines)


def stream(history: History, flow: str) -> str:
    """All that a flow's receiver was given, over all its connections."""
    whole = "".join(str(event.data.get("text") or "") for event in history.all("passed", flow=flow))
    conns = dict.fromkeys(event["conn"] for event in history.all("part", flow=flow))
    return whole + "".join(_open_part(history, flow, conn) for conn in conns)


def _cut(text: str, *, ended: bool) -> list[str]:
    """The lines in a text, and what is left; a message is whole even if its end was not kept."""
    cut = text.split("\n")
    return [*cut, ""] if ended and cut[-1] else cut


def _line(event: Event, text: str, pieces: int) -> Line:
    return Line(event["flow"], event["conn"], text, event.at, event.seq, first_field(text), pieces)


def ends(history: History, kind: str, flow: str, conn: int | None = None) -> list[Event]:
    """The FINs and RSTs of a flow (of one connection, if one is given)."""
    events = history.all(kind, flow=flow)
    return [event for event in events if event.data.get("what") in ENDS and conn in (None, event["conn"])]


def touches(fault: PlannedFault, *flows: str) -> bool:
    """Whether a fault may touch one of these flows; `*` in its own stands for any party."""
    return any(fnmatchcase(flow, pattern) for flow in flows for pattern in fault.flows)


def leg(client: str, front: str) -> tuple[str, str]:
    """Both flows of a client's link."""
    return (f"{client}->{front}", f"{front}->{client}")


def harmed(plan: Plan, *parties: str, flows: tuple[str, ...] = ()) -> bool:
    """Whether a fault of the scenario may harm one of these servers or flows."""
    return any(set(fault.harms) & set(parties) or touches(fault, *flows) for fault in plan.faults)


@once
def delivered(evidence: Evidence) -> Sequence[Line]:
    """Every line that LS was given by a server, in order of recording."""
    flows = [f"{server.name}->{evidence.plan.front}" for server in evidence.plan.upstreams]
    return sorted((line for flow in flows for line in passed(evidence.history, flow)), key=lambda line: line.seq)


def is_starved(history: History, seq: float) -> bool:
    """Whether a fault had limited some server's descriptors when an event came, and was not healed yet."""
    limited = [fired for fired in history.all("fired") if str(fired.data.get("did", "")).startswith(LIMITED)]
    healed = {event["fault"]: event.seq for event in history.all("healed")}
    return any(fired.seq < seq < healed.get(fired["fault"], float("inf")) for fired in limited)


@once
def stop(history: History) -> Event | None:
    """The event with which the lab began to stop the servers; None if it did not."""
    ending = [history.first(kind, by="lab") for kind in ("signalled", "exited")]
    return min((event for event in ending if event is not None), key=lambda event: event.seq, default=None)


def stopped_at(history: History) -> float:
    """When the lab began to stop the servers; the end of the history if it did not."""
    event = stop(history)
    return event.at if event else max((event.at for event in history), default=0.0)


def stopped_seq(history: History) -> float:
    """The number of the event with which the lab began to stop the servers."""
    event = stop(history)
    return event.seq if event else float("inf")


def sender_of(line: Line) -> str:
    """Who sent it."""
    return line.flow.partition("->")[0]


def gives_up(text: str) -> bool:
    """Whether a line means to say not found, be it in the right words or not."""
    return any(words in text.lower() for words in ("not found", "timed out"))
