"""The fault `hold`: late, until a moment."""

from collections.abc import Iterable

from pydantic import PrivateAttr

from lab.actions import Action, FaultEvent, Fire, Happened, Message, Park, Pass, Release
from lab.faults.base import FAULTS, FlowFault
from lab.moment import AMoment

HELD = "held"


@FAULTS.kind("hold")
class Hold(FlowFault):
    """Messages are kept back until a moment, then let go in order; later ones pass at once.

    Example:
        - hold: {flow: ts1->ls, name: late.example, release: 6s}
    """

    release: AMoment

    _open: bool = PrivateAttr(default=False)

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        return f"{self.which} of {self.flow} is held until {self.release}"

    def on_message(self, message: Message) -> Iterable[Action]:
        """Park the message, or pass it when the moment is over."""
        if self._open:
            return [Pass(message.data)]
        return [Park(message.data, HELD), Fire(f"held until {self.release}")]

    def on_other(self, event: FaultEvent) -> Iterable[Action]:
        """At the moment of release everything held goes on."""
        if event != Happened("release"):
            return []
        self._open = True
        return [Release(HELD)]
