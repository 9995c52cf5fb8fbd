"""The rows of a diagram: what happened, placed in lanes, with neighbours bundled where there are too many to read.

A row has one time, at most one arrow, and at most one note; a query's outcome stands on the row of the reply that
brought it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lab.history import Event, History
from lab.reporters.lanes import Lanes
from lab.reporters.messages import Message, messages
from lab.reporters.text import clipped, lasted, listed
from lab.reporters.words import of_message, sentence
from lab.result import ScenarioResult
from lab.units import format_duration

BURST_S = 0.05
FULL_BURST = 16
LEAST_BUNDLE = 3
MOST_ROWS = 160
NEARLY_S = 0.1
SAME_ROW_S = 0.02
MARKS = frozenset(
    {
        *("injected", "healed", "lost", "door", "asked", "outcome", "left"),
        *("signalled", "exited", "listening", "deaf", "remained", "overran", "trouble"),
    }
)


@dataclass(slots=True)
class Row:
    """One row.

    Attributes:
        at: Its time in seconds from zero.
        message: The message whose arrow begins here; None if none does.
        note: What happened, in words.
        kind: `message`, `arrival`, `deadline`, or the event's kind.
        party: Whose lane the mark is on; empty for a row that is about a message or about nobody.
        fault: The fault's id, for a fault's beginning and end.
        bundle: All messages of the row in words, if it stands for several.
        said: What a bundle's arrow is called.
    """

    at: float
    message: Message | None = None
    note: str = ""
    kind: str = "message"
    party: str = ""
    fault: str = ""
    bundle: tuple[str, ...] = ()
    said: str = ""


def rows(scenario: ScenarioResult, history: History, lanes: Lanes) -> tuple[list[Row], int]:
    """The rows in order of time, and how many there were beyond the most that are drawn."""
    arrows = [row for message in messages(history) if lanes.has(message) for row in _of_message(message)]
    marks = [row for row in _marks(scenario, history) if not _joins(row, arrows)]
    found = sorted([*arrows, *marks, *_deadlines(scenario.gives_up, history)], key=lambda row: row.at)
    bundled = [row for burst in _bursts(row for row in found if row.at >= 0) for row in _bundled(burst, lanes)]
    return bundled[:MOST_ROWS], max(len(bundled) - MOST_ROWS, 0)


def _of_message(message: Message) -> Iterator[Row]:
    yield Row(message.at, message, note=_fate(message))
    if message.late and message.reached is not None:
        yield Row(message.reached, note=f"{message.sender}->{message.receiver} is handed on", kind="arrival")


def _fate(message: Message) -> str:
    """What the lab did to a message, in a few words; empty if it was handed on as it was."""
    if message.reached is None:
        return "never handed on"
    if message.left is None:
        return "invented by the lab"
    changed = f"became {clipped(message.became, 40)}; " if message.became else ""
    again = "handed on once more; " if message.again else ""
    held = f"held for {lasted(message.late)}; " if message.late else ""
    return (changed + again + held).removesuffix("; ")


def _marks(scenario: ScenarioResult, history: History) -> Iterator[Row]:
    planned = {receipt.id: "" for receipt in scenario.faults}
    for event in history:
        if event.kind in MARKS and _shows(event):
            yield Row(
                event.at, note=sentence(event, planned), kind=event.kind, party=_party(event), fault=_fault(event)
            )


def _shows(event: Event) -> bool:
    if event.kind in {"signalled", "exited"}:
        return event.data.get("by") != "lab"
    if event.kind == "door":
        return event.at > 0 or event.data.get("state") != "open"
    return event.data.get("how") != "done"


def _party(event: Event) -> str:
    link = str(event.data.get("link", ""))
    return str(event.data.get("server") or event.data.get("client") or link.partition("->")[2])


def _fault(event: Event) -> str:
    return str(event.data.get("fault", "")) if event.kind in {"injected", "healed"} else ""


def _joins(mark: Row, arrows: list[Row]) -> bool:
    """Whether a query or its outcome is told on the row of the message that carried it; if so, it is put there."""
    if mark.kind not in {"asked", "outcome"}:
        return False
    for row in arrows:
        if not row.note and row.message and _carries(row.message, mark):
            row.note = mark.note
            return True
    return False


def _carries(message: Message, mark: Row) -> bool:
    if mark.kind == "asked":
        return message.sender == mark.party and 0 <= message.at - mark.at < SAME_ROW_S
    return message.receiver == mark.party and not message.is_end and 0 <= mark.at - message.at < SAME_ROW_S


def _deadlines(wait: float, history: History) -> Iterator[Row]:
    """When LS has to give up on a query, if it was open that long: so many seconds after it was the oldest open one."""
    ended: dict[str, float] = {}
    asked = {str(event["query"]): event.at for event in history.all("asked")}
    for event in history.all("outcome"):
        client, query = str(event["client"]), str(event["query"])
        start = max(asked.get(query, event.at), ended.get(client, 0.0))
        ended[client] = event.at
        if event.at - start >= wait - NEARLY_S:
            yield Row(start + wait, note=f"{format_duration(wait)} for {query}", kind="deadline", party=client)


def _bursts(found: Iterable[Row]) -> Iterator[list[Row]]:
    burst: list[Row] = []
    for row in found:
        if burst and row.at - burst[-1].at > BURST_S:
            yield burst
            burst = []
        burst.append(row)
    if burst:
        yield burst


def _bundled(burst: list[Row], lanes: Lanes) -> Iterator[Row]:
    """The burst with rows of one kind made one, if there are too many rows to read."""
    if len(burst) <= FULL_BURST:
        yield from burst
        return
    exactly = [_likeness(row, lanes, exactly=True) for row in burst]
    often = Counter(exactly)
    alike: dict[object, list[Row]] = defaultdict(list)
    for index, (row, exact) in enumerate(zip(burst, exactly, strict=True)):
        same = exact if often[exact] >= LEAST_BUNDLE else _likeness(row, lanes, exactly=False)
        alike[same or index].append(row)
    groups = [group for many in alike.values() for group in _enough(many)]
    yield from sorted((_one(group) for group in groups), key=lambda row: row.at)


def _enough(many: list[Row]) -> list[list[Row]]:
    return [many] if len(many) >= LEAST_BUNDLE else [[one] for one in many]


def _likeness(row: Row, lanes: Lanes, *, exactly: bool) -> object:
    """What rows of one bundle have in common (`exactly`: also their text); None for a row to be seen by itself."""
    if row.message is None:
        return (row.kind, lanes.of(row.party)) if row.kind in {"asked", "outcome"} else None
    if not row.message.plain:
        return None
    text = row.message.text if exactly or row.message.is_end else ""
    return (lanes.of(row.message.sender), lanes.of(row.message.receiver), row.message.is_end, text)


def _one(group: Sequence[Row]) -> Row:
    first = group[0]
    if len(group) == 1:
        return first
    if first.message is None:
        return Row(first.at, note=listed(row.note for row in group), kind=first.kind, party=first.party)
    crossed = [row.message for row in group if row.message]
    texts = dict.fromkeys(message.text for message in crossed)
    alike = len(texts) == 1
    span = f"within {lasted(group[-1].at - first.at)}"
    return Row(
        first.at,
        first.message,
        note=span if alike else f"{span}: {listed(texts)}",
        bundle=tuple(of_message(message) for message in crossed),
        said=f"{len(group)}x {first.message.text}" if alike else f"{len(group)} messages",
    )
