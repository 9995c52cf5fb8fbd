"""The fault `duplicate`: more than was sent."""

from collections.abc import Iterable

from pydantic import Field

from lab.actions import Action, Fire, Message, Park, Pass, Wake
from lab.faults.base import FAULTS, FlowFault, token_of
from lab.needs import Need
from lab.units import Duration


@FAULTS.kind("duplicate")
class Duplicate(FlowFault):
    """A message arrives again, once or several times, at once or after a gap.

    Example:
        - duplicate: {flow: ts1->ls, times: 2, gap: 100ms}
    """

    times: int = Field(default=2, ge=2, le=100, description="how often it arrives in all")
    gap: Duration = Field(default=0.0, description="between one copy and the next")

    @property
    def wants(self) -> tuple[Need, ...]:
        """Copies without a gap are joined."""
        return () if self.gap else ("message ends",)

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        return f"{self.which} of {self.flow} arrives {self.times} times"

    def on_message(self, message: Message) -> Iterable[Action]:
        """The message, and its copies as their time comes."""
        yield Pass(message.data)
        for copy in range(1, self.times):
            token = f"{token_of(message)}.{copy}"
            yield Park(message.data, token)
            yield Wake(message.at + copy * self.gap, token)
        yield Fire(f"passed {self.times} times")
