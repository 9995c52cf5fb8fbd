"""What the faults that end a connection at a message share: `close` and `reset`."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import Field

from lab.actions import Action, End, Finish, Fire, Message, Pass, Wake
from lab.faults.base import FlowFault, token_of
from lab.needs import Need
from lab.units import Duration


class EndingFault(FlowFault):
    """A flow fault that ends the whole connection before, within or after a message."""

    how: ClassVar[End]
    verb: ClassVar[str]

    point: Literal["before", "within", "after"] = Field(
        default="before", description="whether none, a part or the whole of the message goes out first"
    )
    bytes: int = Field(default=8, ge=1, le=65536, description="for `within`: how many bytes go out first")
    gap: Duration = Field(default=0.05, description="between those bytes and the end, so that the peer can read them")

    @property
    def wants(self) -> tuple[Need, ...]:
        """What it ends is a connection, and may be a message."""
        return ("connections", "message ends") if self.point == "within" else ("connections",)

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        return f"the connection of {self.flow} is {self.verb} {self.point} {self.which}"

    def on_message(self, message: Message) -> Iterable[Action]:
        """Let out what is to go out, wait for the gap, and end."""
        fire = Fire(f"{self.verb} {self.point} the message")
        if self.point == "before":
            return [Finish(self.how), fire]
        part = message.data if self.point == "after" else message.data[: self.bytes]
        token = token_of(message)
        return [Pass(part), Finish(self.how, token), Wake(message.at + self.gap, token), fire]
