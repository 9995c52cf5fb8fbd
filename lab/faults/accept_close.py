"""The fault `accept_close`: begun, and ended at once."""

from collections.abc import Iterable
from typing import Literal

from lab.actions import Action, Dialled, FaultEvent, Fire, SetDoor
from lab.faults.base import FAULTS, DoorFault
from lab.needs import Need


@FAULTS.kind("accept_close")
class AcceptClose(DoorFault):
    """A dial succeeds, and its connection is ended at once: by FIN, or by RST. Connections that stand are not touched.

    Example:
        - accept_close: {link: ls->ts1, how: fin}
    """

    how: Literal["fin", "rst"] = "fin"

    @property
    def wants(self) -> tuple[Need, ...]:
        """What it accepts is a connection."""
        return ("connections",)

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        return f"connections on {self.link} are accepted and {'closed' if self.how == 'fin' else 'reset'} at once"

    def begin(self) -> Iterable[Action]:
        """Have the door do so."""
        return [SetDoor(self.link, "closing", self.how)]

    def on_other(self, event: FaultEvent) -> Iterable[Action]:
        """It counts whenever somebody dials."""
        return [Fire("accepted a connection and ended it")] if isinstance(event, Dialled) else []

    def heal(self) -> Iterable[Action]:
        """Give the door back to its server."""
        return [SetDoor(self.link, "open")]
