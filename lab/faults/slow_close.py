"""The fault `slow_close`: ended, but late."""

from collections.abc import Iterable
from typing import ClassVar

from pydantic import PrivateAttr

from lab.actions import Action, Ended, Finish, Fire, Wake
from lab.faults.base import FAULTS, OnFlow
from lab.needs import Need
from lab.units import Duration, format_duration

WORDS = {"fin": "end", "rst": "reset"}


@FAULTS.kind("slow_close")
class SlowClose(OnFlow):
    """When a flow's sender ends its connection (FIN or RST), its peer sees that only later; messages are not touched.

    A server that is gone answers what is still sent to it with a RST; that comes late too, behind its FIN.

    Example:
        - slow_close: {flow: ts1->ls, by: 2s}
    """

    holds_resets: ClassVar[bool] = True

    by: Duration

    _ends: int = PrivateAttr(default=0)

    @property
    def wants(self) -> tuple[Need, ...]:
        """Its end is one of a connection."""
        return ("connections",)

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        return f"the end of {self.flow} comes {format_duration(self.by)} late"

    def on_end(self, end: Ended) -> Iterable[Action]:
        """Keep the end until its time has come."""
        self._ends += 1
        token = f"end{self._ends}"
        fire = Fire(f"{WORDS[end.how]} {format_duration(self.by)} late")
        return [Finish(end.how, token), Wake(end.at + self.by, token), fire]
