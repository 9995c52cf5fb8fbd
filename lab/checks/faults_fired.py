"""The check `faults_fired`: every harm proves itself."""

from collections.abc import Iterator
from typing import ClassVar

from lab.checks.base import CHECKS, Check, Evidence
from lab.checks.reasons import firings, why_not
from lab.checks.words import count, inconclusive, passed
from lab.result import Finding

NAME = "faults_fired"


@CHECKS.kind(NAME)
class FaultsFired(Check):
    """Every fault fired, unless it is `optional`: else nothing was proved, and the run is inconclusive."""

    always: ClassVar[bool] = True

    def judge(self, evidence: Evidence) -> Iterator[Finding]:
        """One finding for each fault that is not optional."""
        for fault in evidence.plan.faults:
            if fault.optional:
                continue
            fired = firings(evidence, fault)
            if fired:
                sentence = f"The fault {fault.id} took effect {count(len(fired), 'time')}."
                yield passed(NAME, "", sentence, place=fault.place, events=tuple(event.seq for event in fired[:20]))
            else:
                sentence = f"The fault {fault.id} ({fault.planned}) never took effect, so nothing was proved"
                yield inconclusive(NAME, "", f"{sentence}: {why_not(evidence, fault)}.", place=fault.place)
