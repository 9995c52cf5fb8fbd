"""The fault `slow_cpu`: a process that gets little of the processor."""

from collections.abc import Iterable
from typing import ClassVar

from pydantic import PrivateAttr

from lab.actions import Action, FaultEvent, Fire, Signal, Stopped, Wake, Woke
from lab.faults.base import FAULTS, ProcessFault
from lab.needs import Need
from lab.units import Percent

PERIOD = 0.04
"""Seconds from one stop to the next."""
LEAST = 0.01
STOP, GO_ON = "stop", "go on"


@FAULTS.kind("slow_cpu")
class SlowCpu(ProcessFault):
    """A server runs for a share of the time only: it is stopped and continued, every 40 ms.

    Example:
        - slow_cpu: {server: ts1, share: 20%}
    """

    needs: ClassVar[tuple[Need, ...]] = ("processor time",)

    share: Percent

    _is_over: bool = PrivateAttr(default=False)
    _is_stopping: bool = PrivateAttr(default=False)

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        return f"{self.server} runs {self.share:.0%} of the time"

    def begin(self) -> Iterable[Action]:
        """The first stop."""
        return self._stop()

    def _stop(self) -> list[Action]:
        self._is_stopping = True
        return [Signal(self.server, "STOP")]

    def on_other(self, event: FaultEvent) -> Iterable[Action]:
        """After a stop it goes on, after that it is stopped again."""
        run = max(self.share, LEAST) * PERIOD
        if self._is_over:
            return []
        if event == Stopped(self.server) and self._is_stopping:
            self._is_stopping = False
            return [Fire("stopped for a while"), Wake(event.at + PERIOD - run, GO_ON)]
        if event == Woke(GO_ON):
            return [Signal(self.server, "CONT"), Wake(event.at + run, STOP)]
        return self._stop() if event == Woke(STOP) else []

    def heal(self) -> Iterable[Action]:
        """Let it run."""
        self._is_over = True
        return [Signal(self.server, "CONT")]
