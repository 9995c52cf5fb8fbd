"""The fault `trickle`: late, a few bytes at a time."""

from collections.abc import Iterable
from itertools import count

from pydantic import Field

from lab.actions import Action, Fire, Message
from lab.faults.base import FAULTS, FlowFault, token_of
from lab.faults.piecemeal import piecemeal
from lab.needs import Need
from lab.units import Duration, format_duration


@FAULTS.kind("trickle")
class Trickle(FlowFault):
    """A message arrives in small pieces with a gap before each but the first; no byte is lost.

    Example:
        - trickle: {flow: ts1->ls, bytes: 4, gap: 100ms}
    """

    bytes: int = Field(default=1, ge=1, le=65536, description="how many come at a time")
    gap: Duration = Field(default=0.1, description="between one piece and the next")

    @property
    def wants(self) -> tuple[Need, ...]:
        """It cuts."""
        return ("message ends",)

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        pieces = f"{self.bytes} {'byte' if self.bytes == 1 else 'bytes'}"
        return f"{self.which} of {self.flow} arrives {pieces} at a time, {format_duration(self.gap)} apart"

    def on_message(self, message: Message) -> Iterable[Action]:
        """Every piece at its time."""
        yield from piecemeal(
            message.data, token_of(message), self.bytes, (message.at + number * self.gap for number in count())
        )
        yield Fire(f"came in {-(-len(message.data) // self.bytes)} pieces")
