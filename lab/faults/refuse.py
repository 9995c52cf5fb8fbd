"""The fault `refuse`: never begun."""

from collections.abc import Iterable

from lab.actions import Action, Fire, SetDoor
from lab.faults.base import FAULTS, DoorFault


@FAULTS.kind("refuse")
class Refuse(DoorFault):
    """Nobody listens at the link's door: a dial gets ECONNREFUSED at once. Connections that stand are not touched.

    Example:
        - refuse: {link: ls->ts1}
    """

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        return f"connecting on {self.link} is refused"

    def begin(self) -> Iterable[Action]:
        """Close the door."""
        return [SetDoor(self.link, "refusing"), Fire("attempts to connect are refused")]

    def heal(self) -> Iterable[Action]:
        """Give the door back to its server."""
        return [SetDoor(self.link, "open")]
