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

    `message` and `name` select the queries. `line` may be any line; `{name}` in it is the name that was asked. Once the
    server has closed its connection nothing can arrive there any more; then the fault has not fired.

    Example:
        - invent: {flow: ts1->ls, name: nobody.example, line: "{name} 203.0.113.66 A"}
    """

    line: str = Field(default=f"{{name}} {ADDRESS} A", max_length=65536, description="what arrives")
    after: Duration = Field(default=0.0, description="how long after the query")

    _said: dict[str, Say] = PrivateAttr(default_factory=dict)

    @property
    def reverse(self) -> str:
        """The flow of the queries."""
        sender, receiver = self.flow.split("->")
        return f"{receiver}->{sender}"

    @property
    def flows(self) -> tuple[str, ...]:
        """The flow of the answers: the queries are not touched."""
        return (self.flow,)

    @property
    def hears(self) -> tuple[str, ...]:
        """The flow of the queries, and that of the answers."""
        return (self.reverse, self.flow)

    @property
    def says(self) -> tuple[str, ...]:
        """Its line."""
        return (self.line,)

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        return f"{self.which} of {self.reverse} is answered with {self.line!r} {format_duration(self.after)} later"

    def on_message(self, message: Message) -> Iterable[Action]:
        """A query passes, and its answer is made up; what comes on the flow itself passes."""
        sender, receiver = message.flow.split("->")
        if self._is_own(sender, receiver):
            return [Pass(message.data)]
        token = token_of(message)
        words = message.data.split()
        asked = words[0].decode("utf-8", "surrogateescape") if words else ""
        self._said[token] = Say(f"{receiver}->{sender}", message.conn, self.line.replace("{name}", asked))
        return [Pass(message.data), Wake(message.at + self.after, token)]

    def _is_own(self, sender: str, receiver: str) -> bool:
        """Whether this is the way of the answers; `*` is whoever dials."""
        ours, theirs = self.flow.split("->")
        return receiver == theirs if ours == "*" else sender == ours

    def on_other(self, event: FaultEvent) -> Iterable[Action]:
        """Its time has come: it is said, which fires."""
        said = self._said.pop(event.token, None) if isinstance(event, Woke) else None
        return [said] if said else []
