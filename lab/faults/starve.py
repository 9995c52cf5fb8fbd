"""The fault `starve`: a process without descriptors."""

from collections.abc import Iterable
from typing import ClassVar

from pydantic import Field

from lab.actions import Action, FaultEvent, Fire, Limit, Limited
from lab.faults.base import FAULTS, ProcessFault


@FAULTS.kind("starve")
class Starve(ProcessFault):
    """A server may open no more files and connections than it has, or only a few, from `when` to `until`.

    On Linux a server that waits in `accept` has the descriptor of its next connection already.

    Example:
        - starve: {server: ls, spare: 0}
          until: 2s
    """

    short: ClassVar[str] = "server"

    spare: int = Field(default=0, ge=0, le=10000, description="how many it may open beyond those that it has")

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        return f"{self.server} may open {self.spare or 'no'} more descriptors"

    def begin(self) -> Iterable[Action]:
        """Lower its limit."""
        return [Limit(self.server, self.spare)]

    def on_other(self, event: FaultEvent) -> Iterable[Action]:
        """The limit holds."""
        return [Fire(f"limited to {event.files} descriptors")] if isinstance(event, Limited) else []

    def heal(self) -> Iterable[Action]:
        """Give it back its limit."""
        return [Limit(self.server, None)]
