"""The fault `delay`: late, by the same time for each message."""

from collections.abc import Iterable

from lab.actions import Action, Fire, Message, Park, Wake
from lab.faults.base import FAULTS, FlowFault, token_of
from lab.units import Duration, format_duration


@FAULTS.kind("delay")
class Delay(FlowFault):
    """Each message arrives late by a fixed time, counted from its arrival; those behind it keep their order.

    Example:
        - delay: {flow: ts1->ls, by: 3s}
    """

    by: Duration

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        return f"{self.which} of {self.flow} arrives {format_duration(self.by)} late"

    def on_message(self, message: Message) -> Iterable[Action]:
        """Park the message until its time has come."""
        token = token_of(message)
        due = message.at + self.by
        return [Park(message.data, token), Wake(due, token), Fire(f"delayed by {format_duration(self.by)}")]
