"""The fault `throttle`: late, by a narrow link."""

from collections.abc import Iterable
from itertools import count

from pydantic import PrivateAttr

from lab.actions import Action, Fire, Message
from lab.faults.base import FAULTS, FlowFault
from lab.faults.piecemeal import piecemeal
from lab.units import Rate, format_duration, format_rate

GRAIN = 0.05
"""Seconds of the rate that come in one piece."""


@FAULTS.kind("throttle")
class Throttle(FlowFault):
    """The bytes of a flow arrive no faster than at a rate, all its connections together; none is lost.

    Example:
        - throttle: {flow: ts1->ls, rate: 20B/s}
    """

    rate: Rate

    _free: float = PrivateAttr(default=0.0)

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        return f"{self.which} of {self.flow} arrives at {format_rate(self.rate)}"

    def on_message(self, message: Message) -> Iterable[Action]:
        """Each piece when the link has carried it, and all that came before."""
        size = max(int(self.rate * GRAIN), 1)
        begin = max(message.at, self._free)
        self._free = begin + len(message.data) / self.rate
        ends = (begin + min(number * size, len(message.data)) / self.rate for number in count(1))
        yield from piecemeal(message, size, ends)
        yield Fire(f"took {format_duration(round(self._free - message.at, 6))}")
