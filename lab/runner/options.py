"""What the user may choose about a run."""

from dataclasses import dataclass, field, replace
from typing import Literal

from lab.scenario.model import Level

Clock = Literal["real", "jump", "auto"]


@dataclass(frozen=True, slots=True)
class Options:
    """Choices of one run.

    Attributes:
        level: `contract`: only findings on C-clauses count; `beyond`: all count.
        launch: `fork` (Python programs are forked from the warm warden) or `exec` (everything is executed).
        clock: `real`, `jump`, or `auto`: jump for all that it can serve.
        isolate: Whether programs may write in their own folders only.
        jobs: How many scenarios may run at once.
        stop_at_first: Whether to stop at the first failed scenario.
        is_for_grades: Whether a failure has to be found twice, the second time with every program executed, on the
            real clock; what cannot be executed has failed, and what went wrong in the lab is run again, too.
        system: The profile's file, for the command that repeats.
        arguments: The further arguments that repeat the run, such as `--ls CMD`.
    """

    seed: int = 0
    level: Level = "beyond"
    launch: Literal["fork", "exec"] = "fork"
    clock: Clock = "real"
    isolate: bool = False
    jobs: int = 128
    stop_at_first: bool = False
    is_for_grades: bool = False
    system: str = ""
    arguments: tuple[str, ...] = field(default_factory=tuple)

    @property
    def for_real(self) -> "Options":
        """The choices for what runs on the real clock."""
        return replace(self, launch="exec") if self.is_for_grades else self
