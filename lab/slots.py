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
    lucky: dict[tuple[str, str], int] = field(default_factory=dict)

    def may_touch(self, flow: str, dialler: str) -> bool:
        """Whether one of the fault's flow patterns means this flow of a connection that `dialler` made."""
        return any(flow_matches(pattern, flow, dialler) for pattern in self.fault.hears) and not self.fault_is_of_door

    @property
    def fault_is_of_door(self) -> bool:
        """Whether the fault acts on a door: its flows say whom it concerns, not what it reads."""
        return self.fault.acts_once and not isinstance(self.fault, Selection)

    def wants(self, message: Message, roll: Roll) -> bool:
        """Whether the fault is to touch this message."""
        fault = self.fault
        if not self.active or not isinstance(fault, Selection):
            return False
        if fault.is_total:
            return True
        if not fault.selects(message.n, message.name):
            return False
        if fault.chance is None:
            return True
        key = (message.flow, message.name)
        self.seen[key] = self.seen.get(key, 0) + 1
        return roll(self.id, message.flow, message.name, self.seen[key]) < fault.chance

    def luck(self, flow: str, name: str, roll: Roll) -> float:
        """The luck of one more message of a flow about a name, which nothing that befalls others changes."""
        key = (flow, name)
        self.lucky[key] = self.lucky.get(key, 0) + 1
        return roll(f"{self.id} luck", flow, name, self.lucky[key])  # no id has a blank: it is no other fault's chance


def flow_matches(pattern: str, flow: str, dialler: str) -> bool:
    """`*` is whoever dials: `*->ls` are the queries of all clients, and not also the replies of TS1."""
    wanted, actual = pattern.split("->"), flow.split("->")
    return all(want == have or (want == "*" and have == dialler) for want, have in zip(wanted, actual, strict=True))
