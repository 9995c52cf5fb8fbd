"""Verdicts, how they combine, and the exit code they lead to.

`worst` is a semilattice: associative, commutative, idempotent, with `passed` as its neutral element among
verdicts that ran.
"""

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """How a check, a scenario or a run ended, mildest first."""

    SKIPPED = "skipped"
    PASSED = "passed"
    INCONCLUSIVE = "inconclusive"
    FAILED = "failed"
    ERROR = "error"


MILD_TO_GRAVE = tuple(Verdict)
EXIT_CODES = {
    Verdict.PASSED: 0,
    Verdict.SKIPPED: 0,
    Verdict.FAILED: 1,
    Verdict.ERROR: 3,
    Verdict.INCONCLUSIVE: 7,
}
EXIT_INTERRUPTED = 2
EXIT_BAD_INPUT = 4
EXIT_NOTHING_TO_RUN = 5
FIRST_THAT_APPLIES = (Verdict.ERROR, Verdict.FAILED, Verdict.INCONCLUSIVE)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The gravest of these verdicts; of none at all, skipped."""
    return max(verdicts, key=MILD_TO_GRAVE.index, default=Verdict.SKIPPED)


def exit_code(verdicts: Iterable[Verdict]) -> int:
    """The process's exit code for a run that ended by itself with these scenario verdicts."""
    seen = set(verdicts)
    if not seen:
        return EXIT_NOTHING_TO_RUN
    return next((EXIT_CODES[verdict] for verdict in FIRST_THAT_APPLIES if verdict in seen), 0)
