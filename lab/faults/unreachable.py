"""The fault `unreachable`: never begun, and never refused."""

from collections.abc import Iterable
from typing import ClassVar

from lab.actions import Action, Fire, SetDoor
from lab.faults.base import FAULTS, DoorFault
from lab.needs import Need


@FAULTS.kind("unreachable")
class Unreachable(DoorFault):
    """Nobody answers at the link's door: a dial hangs. Connections that stand are not touched.

    Healed, a dial that hangs comes through at the kernel's next try, up to some seconds later, so a scenario that heals
    it before its end is not for the jump clock.

    Example:
        - unreachable: {link: ls->ts1}
    """

    needs_to_heal: ClassVar[tuple[Need, ...]] = ("kernel timers",)

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        return f"connecting on {self.link} is never answered"

    def begin(self) -> Iterable[Action]:
        """Silence the door."""
        return [SetDoor(self.link, "silent"), Fire("no attempt to connect is answered")]

    def heal(self) -> Iterable[Action]:
        """Give the door back to its server."""
        return [SetDoor(self.link, "open")]
