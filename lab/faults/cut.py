"""The fault `cut`: lost, from now on."""

from collections.abc import Iterable
from typing import ClassVar

from pydantic import PrivateAttr

from lab.actions import Action, Bytes, Ended, FaultEvent, Finish, Fire, Message
from lab.faults.base import FAULTS, FlowFault

ENDS = "ends"


@FAULTS.kind("cut")
class Cut(FlowFault):
    """From the first message that it touches on, nothing passes on the flow any more, and nothing closes.

    Healed, it lets later messages pass, and the ends that came meanwhile; the messages are lost.

    Example:
        - cut: {flow: ts1->ls, message: 2..}
    """

    holds_resets: ClassVar[bool] = True

    _is_cut: bool = PrivateAttr(default=False)

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        return f"{self.flow} is cut from {self.which} on"

    @property
    def is_total(self) -> bool:
        """Whether the first has come."""
        return self._is_cut

    def on_message(self, message: Message) -> Iterable[Action]:  # noqa: ARG002 - whatever it is
        """Nothing of it passes."""
        self._is_cut = True
        return [Fire("lost: the link is cut")]

    def step(self, event: FaultEvent) -> Iterable[Action]:
        """No part of a line passes either."""
        return [] if isinstance(event, Bytes) and self._is_cut else super().step(event)

    def on_end(self, end: Ended) -> Iterable[Action]:
        """An end is kept until the link is whole again."""
        return [Finish(end.how, ENDS)] if self._is_cut else [Finish(end.how)]
