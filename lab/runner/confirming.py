"""Whether further runs may say more, and what they then say together (pure).

What failed once is to fail again before it counts; what is inconclusive is run again if noise may be the reason.
"""

from collections.abc import Iterable

from lab.result import ScenarioResult
from lab.verdict import Verdict

BECAUSE = (
    "This run is on the jump clock, where a busy machine cannot be seen. The same was late in two runs on the real "
    "clock, each of which a busy machine could explain."
)


def agree(failed: ScenarioResult, later: Iterable[ScenarioResult]) -> bool:
    """Whether a failure on the jump clock is lateness of a query that was late in all these inconclusive runs, too.

    Which clause it breaks is harder to say on a busy machine than that it was late, so that does not matter.
    """
    shared = _late(failed, Verdict.FAILED)
    for result in later:
        shared &= _late(result, Verdict.FAILED, Verdict.INCONCLUSIVE)
    return failed.clock == "jump" and bool(shared)


def _late(result: ScenarioResult, *verdicts: Verdict) -> set[str]:
    """The queries in which something that counts was late."""
    found = [finding for finding in result.broken if finding.counts and finding.excess > 0]
    return {finding.query for finding in found if finding.verdict in verdicts and finding.query}


def could_be_noise(result: ScenarioResult) -> bool:
    """Whether noise may be why it is inconclusive: not where nothing was late, as where a fault met nothing."""
    unproved = [one for one in result.broken if one.counts and one.verdict is Verdict.INCONCLUSIVE]
    return not unproved or any(one.excess > 0 for one in unproved)
