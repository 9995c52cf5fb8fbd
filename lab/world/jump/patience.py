"""How long the jump clock waits really, between two looks at a system that is busy, before it looks again."""

import time
from dataclasses import dataclass, field

SHORTEST, LONGEST, GROWTH = 80e-6, 2e-3, 1.5
"""Real seconds between two looks at a system that is busy: back off, or newborn threads starve."""


@dataclass(slots=True)
class Patience:
    """How long to wait before the next look, in real seconds, and when to look no more."""

    began: float = field(default_factory=time.monotonic)
    looks: int = 0

    def pause(self) -> float:
        """The next pause, longer and longer."""
        self.looks += 1
        return min(SHORTEST * GROWTH ** min(self.looks - 1, 20), LONGEST)

    @property
    def spent(self) -> float:
        """Real seconds since nothing has come to an end."""
        return time.monotonic() - self.began
