"""The fault `half_close`: ended, in one direction."""

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from lab.actions import Action, Finish, Fire, Message, Pass, Wake
from lab.faults.base import FAULTS, FlowFault, token_of
from lab.needs import Need
from lab.units import Duration


@FAULTS.kind("half_close")
class HalfClose(FlowFault):
    """One direction of the connection ends (FIN) before or after a message; the other goes on.

    Example:
        - half_close: {flow: ts1->ls, point: after, message: 1}
    """

    point: Literal["before", "after"] = Field(default="before", description="whether the message goes out first")
    gap: Duration = Field(default=0.05, description="between the message and the end, so that the peer can read it")

    @property
    def wants(self) -> tuple[Need, ...]:
        """Its end is one of a connection."""
        return ("connections",)

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        return f"{self.flow} alone is closed {self.point} {self.which}"

    def on_message(self, message: Message) -> Iterable[Action]:
        """Let out what is to go out, and end this direction."""
        fire = Fire(f"half-closed {self.point} the message")
        if self.point == "before":
            return [Finish("fin", half=True), fire]
        token = token_of(message)
        return [Pass(message.data), Finish("fin", token, half=True), Wake(message.at + self.gap, token), fire]
