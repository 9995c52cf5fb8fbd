"""The fault `restart`: a process that ends and comes back."""

from collections.abc import Iterable
from typing import ClassVar

from pydantic import Field, PrivateAttr

from lab.actions import Action, Exited, FaultEvent, Fire, Signal, Start, Wake, Woke
from lab.faults.base import FAULTS, SIGNALS, ProcessFault
from lab.units import Duration, format_duration

BACK = "back"


@FAULTS.kind("restart")
class Restart(ProcessFault):
    """A server is killed at its `when` and started again after `down`, counted from its death.

    Example:
        - restart: {server: ts1, down: 1s}
          when: 500ms
    """

    short: ClassVar[str] = "server"

    signal: SIGNALS = "KILL"
    down: Duration = Field(default=0.5, description="between its death and its new start")

    _struck: bool = PrivateAttr(default=False)
    _down: bool = PrivateAttr(default=False)

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        return f"{self.server} gets SIG{self.signal}, and is started again {format_duration(self.down)} after its end"

    def begin(self) -> Iterable[Action]:
        """Kill it."""
        self._struck = True
        return [Signal(self.server, self.signal)]

    def on_other(self, event: FaultEvent) -> Iterable[Action]:
        """When it is dead, wait; when the wait is over, start it."""
        if isinstance(event, Exited) and event.server == self.server and self._struck:
            self._struck, self._down = False, True
            return [Fire("killed"), Wake(event.at + self.down, BACK)]
        return self._start() if event == Woke(BACK) else []

    def heal(self) -> Iterable[Action]:
        """A server that is still down comes back at once."""
        return self._start() if self._down else []

    def _start(self) -> list[Action]:
        self._down = False
        return [Start(self.server), Fire("started again")]
