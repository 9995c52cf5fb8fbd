"""The fault `pause`: a process that hangs."""

from collections.abc import Iterable
from typing import ClassVar

from lab.actions import Action, FaultEvent, Fire, Signal, Stopped
from lab.faults.base import FAULTS, ProcessFault


@FAULTS.kind("pause")
class Pause(ProcessFault):
    """A server is stopped (SIGSTOP) from `when` to `until`: dials and queries succeed, and nothing comes back.

    Healed (SIGCONT), it answers what has waited: its stale answers come on the same connection.

    Example:
        - pause: ts1
          until: 6s
    """

    short: ClassVar[str] = "server"

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        return f"{self.server} is stopped, and continued"

    def begin(self) -> Iterable[Action]:
        """Stop it."""
        return [Signal(self.server, "STOP")]

    def on_other(self, event: FaultEvent) -> Iterable[Action]:
        """It counts once every thread has stopped."""
        return [Fire("stopped")] if event == Stopped(self.server) else []

    def heal(self) -> Iterable[Action]:
        """Let it go on."""
        return [Signal(self.server, "CONT")]
