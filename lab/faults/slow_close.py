"""The fault `slow_close`: ended, but late."""

from collections.abc import Iterable

from pydantic import PrivateAttr

from lab.actions import Action, Ended, Finish, Fire, Wake
from lab.faults.base import FAULTS, OnFlow
from lab.units import Duration, format_duration


@FAULTS.kind("slow_close")
class SlowClose(OnFlow):
    """When a flow's sender closes (FIN), its peer sees that only later; messages are not touched.

    Example:
        - slow_close: {flow: ts1->ls, by: 2s}
    """

    by: Duration

    _ends: int = PrivateAttr(default=0)

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        return f"the end of {self.flow} comes {format_duration(self.by)} late"

    def on_end(self, end: Ended) -> Iterable[Action]:
        """Keep the end until its time has come."""
        self._ends += 1
        token = f"end{self._ends}"
        return [Finish(end.how, token), Wake(end.at + self.by, token), Fire(f"end {format_duration(self.by)} late")]
