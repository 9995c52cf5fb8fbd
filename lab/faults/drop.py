"""The fault `drop`: lost."""

from collections.abc import Iterable

from lab.actions import Action, Fire, Message
from lab.faults.base import FAULTS, FlowFault


@FAULTS.kind("drop")
class Drop(FlowFault):
    """Messages are read and never passed on; the connection stays open.

    Example:
        - drop: {flow: ts1->ls, message: 1}
    """

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        return f"{self.which} of {self.flow} is lost"

    def on_message(self, message: Message) -> Iterable[Action]:  # noqa: ARG002 - whatever it was, it is gone
        """Not passing is dropping."""
        return [Fire("dropped")]
