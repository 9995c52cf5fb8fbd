"""The fault `ignore`: accepted, and never read."""

from collections.abc import Iterable

from lab.actions import Action, Deafen, FaultEvent, Fire, Unread
from lab.faults.base import FAULTS, OnFlow


@FAULTS.kind("ignore")
class Ignore(OnFlow):
    """What a flow's sender sends is not read: when the kernel's buffers are full, the sender cannot send any more.

    The lab's buffer is small, but the sender's own is the kernel's, and takes some megabytes.

    Healed, it is read, and passes. That it was there unread is told then.

    Example:
        - ignore: {flow: ls->ts1}
    """

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        return f"what is sent on {self.flow} is not read"

    def begin(self) -> Iterable[Action]:
        """Read no more."""
        return [Deafen(self.flow, deaf=True)]

    def on_other(self, event: FaultEvent) -> Iterable[Action]:
        """Something was sent, and not read."""
        return [Fire("not read")] if isinstance(event, Unread) else []

    def heal(self) -> Iterable[Action]:
        """Read again."""
        return [Deafen(self.flow, deaf=False)]
