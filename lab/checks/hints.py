"""Hints: for each pattern in which a server fails, what to look for in one's own program, in words to act on.

A pattern is recognised in the history, by `lab.checks.patterns`. A hint names the place to look at, and what is to be
true there. It is no solution, and it claims nothing that the history does not show.
"""

from collections.abc import Mapping

from lab.checks.advice import BARE, IN_LINES, OF_ASKING, OF_REPLIES, OF_WAITS
from lab.checks.advice_on_lives import OF_LIVES, OF_OTHERS
from lab.checks.base import Evidence
from lab.checks.patterns import OTHER, pattern_of
from lab.result import Finding
from lab.units import format_duration
from lab.verdict import Verdict

ENDS: Mapping[str, str] = {"line": "newline", "nul": "NUL byte", "padded": "last byte of its full length"}
"""What ends a message, by protocol. Where nothing does, a message can be neither cut nor joined to another."""

HINTS: Mapping[str, str] = {**IN_LINES, **OF_REPLIES, **OF_WAITS, **OF_ASKING, **OF_LIVES, **OF_OTHERS}


def hint_for(pattern: str, protocol: str, gives_up: float) -> str:
    """The text for a pattern, in the words of a system: what ends its messages, and how long its LS waits (seconds)."""
    known = BARE.get(pattern, OTHER) if pattern in IN_LINES and protocol not in ENDS else pattern
    return HINTS[known].replace("{end}", ENDS.get(protocol, "")).replace("{wait}", format_duration(gives_up))


def hinted(evidence: Evidence, finding: Finding) -> Finding:
    """The finding with the hint for the pattern that the history shows; one that did not fail needs none."""
    if finding.verdict is not Verdict.FAILED:
        return finding
    plan = evidence.plan
    try:
        pattern = pattern_of(evidence, finding)
    except Exception:  # noqa: BLE001 - a finding that was proved is told, whatever befalls the advice
        pattern = OTHER
    return finding.model_copy(update={"hint": hint_for(pattern, plan.protocol, plan.gives_up)})
