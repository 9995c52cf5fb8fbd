"""The fault `truncate`: ended, after a part."""

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from lab.actions import Action, Finish, Fire, Message, Pass, Wake
from lab.faults.base import FAULTS, FlowFault, token_of
from lab.needs import Need
from lab.units import Duration

THEN = {"fin": "closed", "rst": "reset", "silence": "silent"}


@FAULTS.kind("truncate")
class Truncate(FlowFault):
    """Only the first bytes of a message go out; then the connection is closed, reset, or silent for ever.

    Example:
        - truncate: {flow: ts1->ls, bytes: 5, then: silence}
    """

    bytes: int = Field(ge=0, le=65536, description="how many bytes go out")
    then: Literal["fin", "rst", "silence"] = "fin"
    gap: Duration = Field(default=0.05, description="between those bytes and the end, so that the peer can read them")

    @property
    def wants(self) -> tuple[Need, ...]:
        """What it ends is a connection, and may be a message."""
        return ("connections", "message ends") if self.bytes else ("connections",)

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        return f"{self.which} of {self.flow} is cut after {self.bytes} bytes, then the connection is {THEN[self.then]}"

    def on_message(self, message: Message) -> Iterable[Action]:
        """The first bytes, then the end."""
        token = token_of(message)
        fire = Fire(f"cut after {min(self.bytes, len(message.data))} bytes, then {THEN[self.then]}")
        end = Finish(self.then, token)
        return [Pass(message.data[: self.bytes]), end, Wake(message.at + self.gap, token), fire]
