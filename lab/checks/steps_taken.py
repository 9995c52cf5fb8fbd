"""The check `steps_taken`: every client came to the end of its steps."""

from collections.abc import Iterator
from typing import ClassVar

from lab.checks.base import CHECKS, Check, Evidence
from lab.checks.words import inconclusive, passed
from lab.result import Finding

NAME = "steps_taken"


@CHECKS.kind(NAME)
class StepsTaken(Check):
    """Every client took all its steps; one that waited for a moment that never came proved nothing by the rest."""

    always: ClassVar[bool] = True

    def judge(self, evidence: Evidence) -> Iterator[Finding]:
        """One finding for each client that was stuck, or one that none was."""
        stuck = evidence.history.all("stuck")
        for event in stuck:
            sentence = f"{event['client']} waited for {event['moment']}, which never came; it took no step after that."
            yield inconclusive(NAME, "", sentence, events=(event.seq,))
        if not stuck:
            yield passed(NAME, "", "Every client took all its steps.")
