"""The events of a scenario in words, in order, and the few of them that a finding needs (pure)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from lab.history import Event, History
from lab.reporters.messages import Message, messages
from lab.reporters.text import lasted, seconds, without_end
from lab.reporters.words import of_message, sentence
from lab.result import ScenarioResult

NEIGHBOURS_S = 0.02
UNTOLD = frozenset(
    {"arrived", "passed", "part", "dialled", "replied", "connected", "output", "sampled", "started", "wrote"},
)


Way = tuple[str, str, str]
"""To or from, a client, and the text."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of a timeline.

    Attributes:
        at: Seconds from zero.
        text: What happened, in words.
        seqs: The events it stands for.
        message: The message it is about; None if it is about none.
        event: The fact it is about; None for a message.
    """

    at: float
    text: str
    seqs: tuple[int, ...]
    message: Message | None = None
    event: Event | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """A place where moments were left out."""

    left_out: int


def moments(scenario: ScenarioResult, history: History) -> list[Moment]:
    """What happened from zero on, in order; a plain message that only repeats a query or its outcome is left out."""
    said = _said(history)
    sent = messages(history)
    found = list(_events(scenario, history, _meant([message for message in sent if _is_said(message, said)])))
    for message in sent:
        if not _is_said(message, said):
            found.extend(_of_message(message))
    return _folded(sorted((moment for moment in found if moment.at >= 0), key=lambda moment: (moment.at, moment.seqs)))


def _folded(found: list[Moment]) -> list[Moment]:
    """The moments with neighbouring ends of connections told in one line."""
    folded: list[Moment] = []
    for moment in found:
        last = folded[-1] if folded else None
        if last and _is_end(last) and _is_end(moment) and moment.at - last.at < NEIGHBOURS_S:
            way = moment.text.partition(":")[0]
            folded[-1] = replace(last, text=f"{last.text}, {way}", seqs=last.seqs + moment.seqs)
        else:
            folded.append(_opened(moment) if _is_end(moment) else moment)
    return folded


def _opened(moment: Moment) -> Moment:
    """`FIN: a -> b`, so that further ways can follow."""
    way, _, end = moment.text.partition(": ")
    return replace(moment, text=f"{end}: {way}")


def _is_end(moment: Moment) -> bool:
    return moment.message is not None and moment.message.plain and moment.message.what == "fin"


def _of_message(message: Message) -> Iterator[Moment]:
    yield Moment(message.at, of_message(message), tuple(message.seqs[:1]), message=message)
    if message.late and message.reached is not None and not message.again:
        text = of_message(message).replace("(held back)", f"(handed on, {lasted(message.late)} late)")
        yield Moment(message.reached, text, tuple(message.seqs[1:]), message=message)


def _events(scenario: ScenarioResult, history: History, meant: Mapping[Way, list[Message]]) -> Iterator[Moment]:
    """The facts that are told; a query and its outcome stand for the messages that only repeat them, too."""
    left = {way: list(repeated) for way, repeated in meant.items()}
    planned = {receipt.id: receipt.planned for receipt in scenario.faults}
    stop = history.first("signalled", by="lab")
    for event in history:
        tidied = stop is not None and event.kind == "door" and event.seq > stop.seq
        text = sentence(event, planned) if _tells(event) and not tidied else ""
        if text:
            repeated = left.get(_way(event), [])
            seqs = repeated.pop(0).seqs if repeated else ()
            yield Moment(event.at, text, (event.seq, *seqs), event=event)


def _tells(event: Event) -> bool:
    """Whether a fact belongs in a timeline: the lab's own tidying up, and doors that open as they should, do not."""
    if event.kind in UNTOLD:
        return False
    if event.kind in {"exited", "signalled"}:
        return event.data.get("by") != "lab"
    if event.kind == "left":
        return event.data.get("how") != "done"
    return event.at > 0 or event.kind not in {"door", "listening"}


def _said(history: History) -> set[Way]:
    """Messages that the queries and outcomes tell already."""
    return {_way(event) for kind in ("asked", "outcome") for event in history.all(kind)}


def _way(event: Event) -> Way:
    """Which message a query or an outcome tells; what no message is like, for all other facts."""
    ways = {"asked": ("from", event.data.get("ask")), "outcome": ("to", event.data.get("reply"))}
    way, text = ways.get(event.kind, ("", ""))
    return way, str(event.data.get("client")), without_end(str(text or ""))


def _ways(message: Message) -> tuple[Way, Way]:
    return ("from", message.sender, message.text), ("to", message.receiver, message.text)


def _meant(repeated: Iterable[Message]) -> dict[Way, list[Message]]:
    """The messages that queries and outcomes stand for, in order."""
    meant: dict[Way, list[Message]] = {}
    for message in repeated:
        for way in _ways(message):
            meant.setdefault(way, []).append(message)
    return meant


def _is_said(message: Message, said: Collection[Way]) -> bool:
    return message.plain and any(way in said for way in _ways(message))


def around(all_moments: list[Moment], evidence: Collection[int], most: int) -> list[Moment | Cut]:
    """At most `most` moments, those nearest to the evidence, with a mark wherever some were left out."""
    chosen = _nearest(all_moments, evidence, most)
    shown: list[Moment | Cut] = []
    gap = 0
    for index, moment in enumerate(all_moments):
        if index not in chosen:
            gap += 1
            continue
        if gap:
            shown.append(Cut(gap))
            gap = 0
        shown.append(moment)
    return [*shown, Cut(gap)] if gap else shown


def _nearest(all_moments: list[Moment], evidence: Collection[int], most: int) -> set[int]:
    anchors = {_index(all_moments, seq) for seq in evidence} or {len(all_moments) - 1}
    indexes = range(len(all_moments))
    ranked = sorted(indexes, key=lambda index: (min(abs(index - anchor) for anchor in anchors), index))
    return set(ranked[:most])


def _index(all_moments: list[Moment], seq: int) -> int:
    """The moment that stands for an event, or for the one recorded nearest to it."""
    return min(range(len(all_moments)), key=lambda index: abs(all_moments[index].seqs[0] - seq))


def lines(shown: Iterable[Moment | Cut], evidence: Collection[int]) -> Iterator[str]:
    """The moments as plain lines, times right-aligned, those that prove a finding marked with `>`."""
    for moment in shown:
        if isinstance(moment, Cut):
            yield f"           ... {moment.left_out} more"
        else:
            mark = ">" if set(moment.seqs) & set(evidence) else " "
            yield f"{mark}{seconds(moment.at):>9}  {moment.text}"
