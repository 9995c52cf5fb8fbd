"""Messages as they crossed the lab: every arrival paired with what became of it.

A message leaves its sender at `arrived` and reaches its receiver at `passed`; one that never passed was lost, one
that passed without having arrived was invented by a fault.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lab.history import Event, History, once
from lab.reporters.text import without_end

LATE_S = 0.02
ENDS = {"fin": "FIN", "rst": "RST"}

_Key = tuple[object, ...]


@dataclass(slots=True)
class Message:
    """One message, or one end, of a flow.

    Attributes:
        sender: Who sent it, such as `ts1`.
        receiver: Whom it was for, such as `ls`.
        what: message, bytes, part (of a line that has not ended yet), fin or rst, as it was sent; as it was handed on
            if nobody sent it.
        left: When it reached the lab, in seconds from zero; None if a fault invented it.
        reached: When the lab handed it on; None if it never did.
        text: What was sent, without the end of the line.
        became: What was handed on, where that differs from what was sent; else empty.
        late: How long the lab held it, in seconds; zero if that is less than a person would notice.
        again: Whether it is a further piece or copy of a message that was handed on before.
        seqs: The events it is made of.
    """

    sender: str
    receiver: str
    what: str
    text: str
    left: float | None = None
    reached: float | None = None
    became: str = ""
    late: float = 0.0
    again: bool = False
    seqs: list[int] = field(default_factory=list)

    @property
    def at(self) -> float:
        """When it first shows, in seconds from zero."""
        return self.left if self.left is not None else self.reached or 0.0

    @property
    def plain(self) -> bool:
        """Whether it was handed on as it was, at once."""
        harmed = self.late or self.became or self.again or self.left is None or self.reached is None
        return not harmed

    @property
    def is_end(self) -> bool:
        """Whether it is the end of a connection's direction, not bytes."""
        return self.what in ENDS

    @property
    def label(self) -> str:
        """What to call it: its text, FIN or RST, or how much it is; what it became after an arrow."""
        text = self.text or "(nothing)"
        return f"{text} → {self.became}" if self.became else text


@once
def messages(history: History) -> Sequence[Message]:
    """All messages and ends of a history, in the order in which they first show."""
    found: list[Message] = []
    sent: dict[_Key, list[Message]] = {}
    open_parts: dict[_Key, str] = {}
    for event in history:
        if event.kind == "part":
            found.append(_part(event, open_parts))
        elif event.kind == "arrived" and not _is_told(event, open_parts):
            message = _begun(event)
            message.left = event.at
            sent.setdefault(_key(event.data), []).append(message)
            found.append(message)
        elif event.kind == "passed":
            _hand_on(event, sent.setdefault(_key(event.data), []), found)
    return found


def _part(event: Event, open_parts: dict[_Key, str]) -> Message:
    """Bytes of a line that has not ended yet; what was handed on at once is known by its connection until it ends."""
    key = (event["flow"], event["conn"])
    part = _begun(event)
    part.what, part.left = "part", event.at
    if event["passed"]:
        part.reached = event.at
        open_parts[key] = open_parts.get(key, "") + str(event["text"])
    return part


def _is_told(event: Event, open_parts: dict[_Key, str]) -> bool:
    """Whether what arrived is the rest of a connection, which its parts tell already."""
    if event.data.get("what") in ENDS:  # it is recorded before the rest
        return False
    parts = open_parts.pop((event.data.get("flow"), event.data.get("conn")), None)
    return event.data.get("what") == "bytes" and parts == event.data.get("text")


def _key(data: Mapping[str, Any]) -> _Key:
    if data.get("what") in ENDS:
        return (data.get("flow"), data.get("conn"), "end")
    return (data.get("flow"), data.get("conn"), data.get("n"))


def _begun(event: Event) -> Message:
    sender, _, receiver = str(event.data.get("flow", "")).partition("->")
    what = str(event.data.get("what", "message"))
    return Message(sender, receiver, what, _text(event.data, what), seqs=[event.seq])


def _text(data: Mapping[str, Any], what: str) -> str:
    return ENDS[what] if what in ENDS else without_end(str(data.get("text") or ""))


def _hand_on(event: Event, sent: list[Message], found: list[Message]) -> None:
    waiting = next((message for message in sent if message.reached is None), None)
    if waiting is None:
        waiting = _begun(event)
        waiting.left = sent[-1].left if sent else None
        waiting.again = bool(sent)
        sent.append(waiting)
        found.append(waiting)
    else:
        waiting.seqs.append(event.seq)
        text = _text(event.data, str(event.data.get("what", waiting.what)))
        waiting.became = (text or "(nothing)") if text != waiting.text else ""
    waiting.reached = event.at
    held = 0.0 if waiting.left is None else event.at - waiting.left
    waiting.late = held if held >= LATE_S else 0.0
