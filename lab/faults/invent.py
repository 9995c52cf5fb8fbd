"""The fault `invent`: a line that nobody sent."""

from collections.abc import Iterable

from pydantic import Field, PrivateAttr

from lab.actions import Action, FaultEvent, Message, Pass, Say, Wake, Woke
from lab.faults.base import FAULTS, FlowFault, token_of
from lab.units import Duration, format_duration

ADDRESS = "203.0.113.66"
"""An address that is nobody's: RFC 5737 keeps it for documents."""


@FAULTS.kind("invent")
class Invent(FlowFault):
    """Whenever a query goes the other way, a line arrives that the server never sent, as if it knew the name.

    `message` and `name` select the queries. `line` may be any line; `{name}` in it is the name that was asked.

    Example:
        - invent: {flow: ts1->ls, name: nobody.example, line: "{name} 203.0.113.66 A"}
    """

    line: str = Field(default=f"{{name}} {ADDRESS} A", max_length=65536, description="what arrives")
    after: Duration = Field(default=0.0, description="how long after the query")

    _said: dict[str, tuple[int, bytes]] = PrivateAttr(default_factory=dict)

    @property
    def reverse(self) -> str:
        """The flow of the queries."""
        sender, receiver = self.flow.split("->")
        return f"{receiver}->{sender}"

    @property
    def flows(self) -> tuple[str, ...]:
        """The flow of the queries, and that of the answers."""
        return (self.reverse, self.flow)

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        return f"{self.which} of {self.reverse} is answered with {self.line!r} {format_duration(self.after)} later"

    def on_message(self, message: Message) -> Iterable[Action]:
        """A query passes, and its answer is made up; what comes on the flow itself passes."""
        if message.flow == self.flow:
            return [Pass(message.data)]
        token = token_of(message)
        words = message.data.split()
        asked = words[0].decode("utf-8", "surrogateescape") if words else ""
        line = f"{self.line.replace('{name}', asked)}\n".encode("utf-8", "surrogateescape")
        self._said[token] = (message.conn, line)
        return [Pass(message.data), Wake(message.at + self.after, token)]

    def on_other(self, event: FaultEvent) -> Iterable[Action]:
        """Its time has come: it is said, which fires."""
        if not isinstance(event, Woke) or event.token not in self._said:
            return []
        conn, line = self._said.pop(event.token)
        return [Say(self.flow, conn, line)]
