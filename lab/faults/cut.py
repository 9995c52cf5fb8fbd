"""The fault `cut`: lost, from now on."""

from collections.abc import Iterable
from typing import ClassVar

from pydantic import PrivateAttr

from lab.actions import Action, Bytes, Ended, FaultEvent, Finish, Fire, Lose, Message
from lab.faults.base import FAULTS, FlowFault

ENDS = "ends"
LOST: tuple[Action, ...] = (Lose(), Fire("lost: the link is cut"))


@FAULTS.kind("cut")
class Cut(FlowFault):
    """From its `when` on, or from the first message that is selected, nothing passes on the flow, and nothing closes.

    Healed, it lets later messages pass, and the ends that came meanwhile; the messages are lost.

    Example:
        - cut: {flow: ts1->ls, message: 2..}
    """

    holds_resets: ClassVar[bool] = True

    _is_cut: bool = PrivateAttr(default=False)

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        return f"{self.flow} is cut{f' from {self.which} on' if self.is_selective else ''}"

    @property
    def is_total(self) -> bool:
        """Whether it is cut already."""
        return self._is_cut

    def begin(self) -> Iterable[Action]:
        """Its time has come; it fires when something is lost."""
        self._is_cut = not self.is_selective
        return []

    def on_message(self, message: Message) -> Iterable[Action]:  # noqa: ARG002 - whatever it is
        """Nothing of it passes."""
        self._is_cut = True
        return LOST

    def step(self, event: FaultEvent) -> Iterable[Action]:
        """No part of a line passes either."""
        return LOST if isinstance(event, Bytes) and self._is_cut else super().step(event)

    def on_end(self, end: Ended) -> Iterable[Action]:
        """An end is kept until the link is whole again."""
        if not self._is_cut:
            return [Finish(end.how)]
        return [Finish(end.how, ENDS), Fire("its end is kept back: the link is cut")]
