"""The fault `swap`: the same messages, in another order."""

from collections.abc import Iterable

from pydantic import Field, PrivateAttr

from lab.actions import Action, FaultEvent, Fire, Message, Park, PassAhead, Wake, Woke
from lab.faults.base import FAULTS, FlowFault, token_of
from lab.needs import Need
from lab.units import Duration, format_duration


@FAULTS.kind("swap")
class Swap(FlowFault):
    """Two successive messages of a connection change places; no byte is lost.

    One whose partner does not come within `within` is let go as it is; then the fault has not fired.

    Example:
        - swap: {flow: ts1->ls, message: 1..2}
    """

    within: Duration = Field(default=1.0, description="how long the first waits for the second")

    _first: dict[int, str] = PrivateAttr(default_factory=dict)

    @property
    def wants(self) -> tuple[Need, ...]:
        """Both are under way at once."""
        return ("message ends",)

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        within = format_duration(self.within)
        return f"two of {self.which} of {self.flow} change places, if the second comes within {within}"

    def on_message(self, message: Message) -> Iterable[Action]:
        """The first waits; the second goes ahead of it."""
        first = self._first.pop(message.conn, "")
        if first:
            return [PassAhead(message.data), Wake(message.at, first), Fire("changed places with the one before")]
        token = self._first[message.conn] = token_of(message)
        return [Park(message.data, token), Wake(message.at + self.within, token)]

    def on_other(self, event: FaultEvent) -> Iterable[Action]:
        """One that was let go has no partner any more."""
        if isinstance(event, Woke):
            self._first = {conn: token for conn, token in self._first.items() if token != event.token}
        return []
