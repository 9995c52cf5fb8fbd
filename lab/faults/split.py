"""The fault `split`: the same bytes, in two segments."""

from collections.abc import Iterable

from pydantic import Field

from lab.actions import Action, Fire, Message, Park, Pass, Wake
from lab.faults.base import FAULTS, FlowFault, token_of
from lab.needs import Need
from lab.units import Duration, format_duration


@FAULTS.kind("split")
class Split(FlowFault):
    """A message arrives in two pieces, the second after a gap; no byte is lost.

    Example:
        - split: {flow: ts1->ls, at: 5, gap: 200ms}
    """

    at: int = Field(ge=1, le=65536, description="after how many bytes it is split; a shorter message passes whole")
    gap: Duration = Field(default=0.2, description="between the two pieces")

    @property
    def wants(self) -> tuple[Need, ...]:
        """It cuts."""
        return ("message ends",)

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        gap = format_duration(self.gap)
        return f"{self.which} of {self.flow} is split after {self.at} bytes, the rest {gap} later"

    def on_message(self, message: Message) -> Iterable[Action]:
        """The first piece now, the second when the gap is over."""
        if len(message.data) <= self.at:
            return [Pass(message.data)]
        token = token_of(message)
        first, rest = message.data[: self.at], message.data[self.at :]
        fire = Fire(f"split after {self.at} of {len(message.data)} bytes")
        return [Pass(first), Park(rest, token), Wake(message.at + self.gap, token), fire]
