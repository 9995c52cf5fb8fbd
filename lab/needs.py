"""What a kind of fault or check may need of a world beyond what every world has. Pure.

A world says what it lacks and why; a scenario that needs it is skipped there, with that reason.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

Need = Literal["kernel timers", "processor time", "wall clocks"]
"""`kernel timers`: time that the kernel itself measures, as for a SYN that it sends again; `processor time`: that
computing takes some of the world's time; `wall clocks`: that a server may have a date of its own."""


def lacking(needs: Iterable[tuple[str, Iterable[Need]]], lacks: Mapping[Need, str]) -> str:
    """The first kind that needs what a world lacks, and why it lacks it; empty if there is none.

    Args:
        needs: Each kind with what it needs.
        lacks: What the world lacks, and why.
    """
    found = ((kind, need) for kind, wanted in needs for need in wanted if need in lacks)
    return next((f"{kind} needs {need}: {lacks[need]}" for kind, need in found), "")
