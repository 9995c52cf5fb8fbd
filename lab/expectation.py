"""What a scenario expects of a query, and the tolerance the contract gives it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from lab.units import Duration, format_duration

Kind = Literal["answer", "not_found", "no_reply", "closed", "one_of"]
EARLY = 0.020
LATE = 0.250
PUNCTUAL = 0.050
PUNCTUAL_SHARE = 0.02
LINE = "{line}"
"""With what a TS answers, unless a profile says it otherwise: the line of its table."""
NOT_FOUND = "{name} - Error:HOST NOT FOUND"
"""The line with which LS says that it found nothing, unless a profile says it otherwise."""
GIVES_UP = 5.0
"""Seconds after which LS says not found, unless a scenario says otherwise."""
NEAR_5_S = 0.5
"""An answer that comes within this many seconds of LS's 5 s may be relayed or not."""
NOT_FOUND_LATEST = 1.0
NOT_FOUND_PUNCTUAL = 0.250


class Expectation(BaseModel):
    """How a query is to end.

    Attributes:
        kind: answer, not_found, no_reply (nothing until the client's patience ends), closed, or one_of.
        answer: An address, or a whole line; for `answer` only.
        at: Seconds from asking, within the contract's tolerance; for `not_found` always given.
        within: Seconds from asking, an exact upper bound.
        between: Exact bounds in seconds from asking.
        options: For `one_of`: the expectations of which one must hold.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    answer: str = ""
    at: Duration | None = None
    within: Duration | None = None
    between: tuple[Duration, Duration] | None = None
    options: tuple["Expectation", ...] = ()

    @property
    def window(self) -> tuple[float, float] | None:
        """Earliest and latest allowed seconds from asking; None where no time is demanded."""
        if self.between is not None:
            return self.between
        if self.within is not None:
            return (0.0, self.within)
        if self.at is None:
            return None
        slack = NOT_FOUND_LATEST if self.kind == "not_found" else LATE
        return (max(self.at - EARLY, 0.0), self.at + slack)

    @property
    def punctual(self) -> float | None:
        """The latest seconds from asking that keep B16; None where only exact bounds are given, or none."""
        if self.at is None or self.between is not None or self.within is not None:
            return None
        if self.kind == "not_found":
            return self.at + NOT_FOUND_PUNCTUAL
        return self.at + max(PUNCTUAL, PUNCTUAL_SHARE * self.at)

    def __str__(self) -> str:
        """The expectation in words, as `answer 8.6.4.2 at 3 s`."""
        if self.kind == "one_of":
            return " or ".join(str(option) for option in self.options)
        words = {"answer": f"answer {self.answer}", "not_found": "not found", "no_reply": "no reply"}
        return f"{words.get(self.kind, self.kind)}{self._time()}"

    def _time(self) -> str:
        if self.between is not None:
            low, high = (format_duration(bound) for bound in self.between)
            return f" between {low} and {high}"
        if self.within is not None:
            return f" within {format_duration(self.within)}"
        return "" if self.at is None else f" at {format_duration(round(self.at, 3))}"
