"""How quick an ideal LS is."""

from dataclasses import dataclass

from lab.expectation import GIVES_UP


@dataclass(frozen=True, slots=True)
class Pace:
    """Times of an ideal LS.

    Attributes:
        lag: Seconds that it takes for whatever it does.
        gives_up: Seconds after which it says not found.
    """

    lag: float = 0.0
    gives_up: float = GIVES_UP
