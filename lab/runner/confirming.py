"""What failed once is to fail again before it counts: what agrees with a failure, and what does not (pure)."""

from lab.result import Finding, ScenarioResult
from lab.verdict import Verdict

Place = tuple[str, str]
"""A broken clause, and the query it is about."""
BECAUSE = "It would be put down to a busy machine, but for the clock that jumps, on which it was late, too."


def convicted(result: ScenarioResult, *others: ScenarioResult) -> ScenarioResult | None:
    """The result of an inconclusive run as a failure, if all the others say the same of the same query; else None.

    Noise of the machine may explain one of them, but hardly all, and nothing on the clock that jumps.
    """
    shared = _broken(result)
    for other in others:
        shared &= _broken(other)
    if not shared:
        return None
    findings = tuple(_failed(finding) if _place(finding) in shared else finding for finding in result.findings)
    warnings = (*result.warnings, BECAUSE)
    return result.model_copy(update={"verdict": Verdict.FAILED, "findings": findings, "warnings": warnings})


def _broken(result: ScenarioResult) -> set[Place]:
    """Where something is late that counts, whatever may explain it."""
    return {_place(finding) for finding in result.broken if finding.counts and finding.excess > 0}


def _failed(finding: Finding) -> Finding:
    is_open = finding.verdict is Verdict.INCONCLUSIVE
    return finding.model_copy(update={"verdict": Verdict.FAILED}) if is_open else finding


def _place(finding: Finding) -> Place:
    return finding.clause, finding.query
