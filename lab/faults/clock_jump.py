"""The fault `clock_jump`: a wall clock that is set while a process runs."""

from collections.abc import Iterable
from typing import ClassVar

from pydantic import Field

from lab.actions import Action, Fire, SetClock
from lab.faults.base import FAULTS, ProcessFault
from lab.needs import Need
from lab.units import Shift, format_shift


@FAULTS.kind("clock_jump")
class ClockJump(ProcessFault):
    """The wall clock of one server, and of no other, jumps at the fault's `when`, and back at its `until`.

    Its monotonic clock goes on as before: a sound server times its waits by that one. A wait until a fixed time of the
    wall clock ends sooner or later for the jump. What asks for the date is answered by a shim that is loaded into the
    server; a program that cannot have it is the lab's trouble, as [the clocks](clocks.md#wall-clocks) say.

    Example:
        - clock_jump: {server: ls, by: +1h}
          when: 1s
    """

    needs: ClassVar[tuple[Need, ...]] = ("wall clocks",)

    by: Shift = Field(description="how far it jumps: forwards, as +1h, or backwards, as -90s")

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        return f"the wall clock of {self.server} jumps by {format_shift(self.by)}"

    @property
    def harms(self) -> tuple[str, ...]:
        """None: a sound server does not notice."""
        return ()

    @property
    def clocks(self) -> tuple[str, ...]:
        """Its server."""
        return (self.server,)

    def begin(self) -> Iterable[Action]:
        """Set it."""
        return [SetClock(self.server, self.by), Fire(f"jumped by {format_shift(self.by)}")]

    def heal(self) -> Iterable[Action]:
        """Set it back."""
        return [SetClock(self.server, None)]
