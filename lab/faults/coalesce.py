"""The fault `coalesce`: the same bytes, in one segment."""

from collections.abc import Iterable

from pydantic import Field, PrivateAttr

from lab.actions import Action, FaultEvent, Message, Park, Release, Wake, Woke
from lab.faults.base import FAULTS, FlowFault
from lab.needs import Need
from lab.units import Duration, format_duration


@FAULTS.kind("coalesce")
class Coalesce(FlowFault):
    """Successive messages of a connection arrive glued together, in one segment; no byte is lost.

    What has no partner within `within` is let go as it is; then the fault has not fired. Neither has it if they do not
    arrive together after all: a reset discards them, or a fault listed later keeps them apart.

    Example:
        - coalesce: {flow: ts1->ls, count: 2, within: 1s}
    """

    count: int = Field(default=2, ge=2, le=100, description="how many arrive together")
    within: Duration = Field(default=1.0, description="how long the first waits for the last")

    _batches: dict[int, tuple[str, int]] = PrivateAttr(default_factory=dict)
    _number: int = PrivateAttr(default=0)

    @property
    def wants(self) -> tuple[Need, ...]:
        """It joins."""
        return ("message ends",)

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        within = format_duration(self.within)
        return f"{self.count} of {self.which} of {self.flow} arrive in one segment, if they come within {within}"

    def on_message(self, message: Message) -> Iterable[Action]:
        """Park it; with the last of its batch all go."""
        token, size = self._batches.pop(message.conn, ("", 0))
        if not size:
            self._number += 1
            token = f"batch{self._number}"
            yield Wake(message.at + self.within, token)
        yield Park(message.data, token)
        if size + 1 == self.count:
            yield Wake(message.at, token)
        else:
            self._batches[message.conn] = (token, size + 1)

    def step(self, event: FaultEvent) -> Iterable[Action]:
        """A batch goes when it is whole, or when its time is over."""
        return self._let_go(event.token) if isinstance(event, Woke) else super().step(event)

    def _let_go(self, token: str) -> list[Action]:
        self._batches = {conn: batch for conn, batch in self._batches.items() if batch[0] != token}
        return [Release(token, joined=True)]
