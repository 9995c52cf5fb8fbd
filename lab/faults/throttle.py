"""The fault `throttle`: late, by a narrow link."""

from collections.abc import Iterable, Iterator
from itertools import count

from pydantic import PrivateAttr

from lab.actions import Action, Bytes, FaultEvent, Fire, Message
from lab.faults.base import FAULTS, FlowFault
from lab.faults.piecemeal import piecemeal
from lab.needs import Need
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
    _carried: int = PrivateAttr(default=0)

    @property
    def wants(self) -> tuple[Need, ...]:
        """It cuts."""
        return ("message ends",)

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        return f"{self.which} of {self.flow} arrives at {format_rate(self.rate)}"

    def on_message(self, message: Message) -> Iterable[Action]:
        """Its pieces, each in its time."""
        return self._carry(message.data, message.at)

    def step(self, event: FaultEvent) -> Iterable[Action]:
        """Bytes that are no message take their time too, unless messages were chosen."""
        if isinstance(event, Bytes) and not self.is_selective:
            return self._carry(event.data, event.at)
        return super().step(event)

    def _carry(self, data: bytes, at: float) -> Iterator[Action]:
        """Each piece when the link has carried it, and all that came before."""
        self._carried += 1
        size = max(int(self.rate * GRAIN), 1)
        begin = max(at, self._free)
        self._free = begin + len(data) / self.rate
        ends = (begin + min(number * size, len(data)) / self.rate for number in count(1))
        yield from piecemeal(data, f"load{self._carried}", size, ends)
        yield Fire(f"took {format_duration(round(self._free - at, 6))}")
