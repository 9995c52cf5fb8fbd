"""The check `bounds`: no program takes more of the machine than it may."""

from collections.abc import Iterator
from typing import ClassVar

from lab.checks.base import CHECKS, Check, Evidence
from lab.checks.words import failed, passed, took, who
from lab.history import Event
from lab.result import Finding

NAME = "bounds"
MEGA = 1_000_000


@CHECKS.kind(NAME)
class Bounds(Check):
    """No program, with all that it started, has more processes, memory or files than the lab allows it.

    One that has is ended at once, with all that came from it.
    """

    always: ClassVar[bool] = True

    def judge(self, evidence: Evidence) -> Iterator[Finding]:
        """One finding for each program that was ended for it, or one that none was."""
        ended = evidence.history.all("overran")
        for event in ended:
            name = event["server"]
            has, allowed = (_amount(event, event[which]) for which in ("has", "allowed"))
            sentence = (
                f"{who(evidence.plan, name)} had {has} {_unit(event)} at {took(event.at)}; the lab allows {allowed},"
                " and ended it, with all that it had started."
            )
            yield failed(NAME, "", sentence, blames=name, events=(event.seq,), seen=f"{has} {_unit(event)}")
        if not ended:
            yield passed(NAME, "", "No program took more processes, memory or files than it may.")


def _unit(event: Event) -> str:
    return str(event["what"]).replace("bytes", "MB")


def _amount(event: Event, number: int) -> str:
    return str(number) if event["what"] == "processes" else f"{number / MEGA:.0f}"
