"""One fault at its place in the scenario's order, and which messages it touches."""

from collections.abc import Callable
from dataclasses import dataclass, field

from lab.actions import Message
from lab.faults.base import Fault, Selection

Roll = Callable[[str, str, str, int], float]
"""The chance of a fault: (fault id, flow, name, occurrence) to a number in [0, 1)."""


@dataclass(slots=True)
class Slot:
    """One fault of the scenario at its place in the order."""

    id: str
    fault: Fault
    active: bool = False
    begun: bool = False
    healed: bool = False
    seen: dict[tuple[str, str], int] = field(default_factory=dict)

    def may_touch(self, flow: str) -> bool:
        """Whether one of the fault's flow patterns means this flow."""
        return any(_flow_matches(pattern, flow) for pattern in self.fault.flows) and not self.fault_is_of_door

    @property
    def fault_is_of_door(self) -> bool:
        """Whether the fault acts on a door: its flows say whom it concerns, not what it reads."""
        return self.fault.acts_once and not isinstance(self.fault, Selection)

    def wants(self, message: Message, roll: Roll) -> bool:
        """Whether the fault is to touch this message."""
        fault = self.fault
        if not self.active or not isinstance(fault, Selection) or not fault.selects(message.n, message.name):
            return False
        if fault.chance is None:
            return True
        key = (message.flow, message.name)
        self.seen[key] = self.seen.get(key, 0) + 1
        return roll(self.id, message.flow, message.name, self.seen[key]) < fault.chance


def _flow_matches(pattern: str, flow: str) -> bool:
    wanted, actual = pattern.split("->"), flow.split("->")
    return all(want in ("*", have) for want, have in zip(wanted, actual, strict=True))
