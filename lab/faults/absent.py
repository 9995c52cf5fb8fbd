"""The fault `absent`: a server that is not there."""

from collections.abc import Iterable
from typing import ClassVar

from lab.actions import Action, FaultEvent, Fire, Start, Starting, Withhold
from lab.faults.base import FAULTS, ProcessFault


@FAULTS.kind("absent")
class Absent(ProcessFault):
    """A server is never started; healed, it is started late.

    Example:
        - absent: ts1
    """

    short: ClassVar[str] = "server"

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        return f"{self.server} is not started"

    def on_other(self, event: FaultEvent) -> Iterable[Action]:
        """Withhold the start."""
        return [Withhold(self.server), Fire("not started")] if event == Starting(self.server) else []

    def heal(self) -> Iterable[Action]:
        """Start it after all."""
        return [Start(self.server)]
