"""What a kind of fault or check may need beyond what every world and every protocol has. Pure.

A world, or a protocol, says what it lacks and why; a scenario that needs it is skipped there, with that reason.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

Need = Literal["kernel timers", "processor time", "wall clocks", "message ends", "connections"]
"""`kernel timers`: time that the kernel itself measures, as for a SYN that it sends again; `processor time`: that
computing takes some of the world's time; `wall clocks`: that a server may have a date of its own; `message ends`: that
the end of a message can be seen, so that it may be cut, and joined to others; `connections`: that there are any."""


def lacking(needs: Iterable[tuple[str, Iterable[Need]]], lacks: Mapping[Need, str]) -> str:
    """The first kind that needs what is lacking, and why; empty if there is none.

    Args:
        needs: Each kind with what it needs.
        lacks: What is lacking, and why.
    """
    found = ((kind, need) for kind, wanted in needs for need in wanted if need in lacks)
    return next((f"{kind} needs {need}: {lacks[need]}" for kind, need in found), "")
