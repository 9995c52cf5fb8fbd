"""Noise: what on the machine could explain that something came late.

A late finding has an excess, and events that frame a window. If LS, the servers on the way and the lab waited for a
processor at least that long in the window, or a sleeper of the lab woke that late in it, the machine may have been
the cause: then nothing is said against the system. What came early, or was wrong, no noise explains.
"""

from lab.checks.base import Evidence
from lab.checks.words import took
from lab.history import Event
from lab.result import Finding
from lab.verdict import Verdict

LAB = "lab"


def excused(evidence: Evidence, finding: Finding) -> Finding:
    """The finding; inconclusive, with the noise that was seen, if that noise could explain it."""
    if finding.verdict is not Verdict.FAILED or finding.excess <= 0 or not finding.events:
        return finding
    framing = [event for event in evidence.history if event.seq in finding.events]
    if not framing:
        return finding
    start, end = min(event.at for event in framing), max(event.at for event in framing)
    parties = _parties(evidence, finding, framing)
    noise = _noise(evidence, parties, start, end, finding.excess)
    if not noise:
        return finding
    sentence = f"{finding.sentence} But {noise}, which alone could explain it: run it again on a quiet machine."
    return finding.model_copy(update={"verdict": Verdict.INCONCLUSIVE, "sentence": sentence})


def _parties(evidence: Evidence, finding: Finding, framing: list[Event]) -> set[str]:
    """Who had to run for it to be in time: the lab, LS, and the servers and clients on the way."""
    flows = {str(event.data["flow"]) for event in framing if "flow" in event.data}
    on_the_way = {party for flow in flows for party in flow.split("->")}
    return {LAB, evidence.plan.front, *on_the_way, *({finding.blames} - {""})}


def _noise(evidence: Evidence, parties: set[str], start: float, end: float, excess: float) -> str:
    waited = waited_for_processor(evidence, parties, start, end)
    if waited >= excess:
        return f"{', '.join(sorted(parties))} together waited {took(waited)} for a processor in that time"
    lag = worst_lag(evidence, start, end)
    return f"a sleeper of the lab woke {took(lag)} late in that time" if lag >= excess else ""


def waited_for_processor(evidence: Evidence, parties: set[str], start: float, end: float) -> float:
    """Seconds that these parties waited for a processor, all told, between the samples around a window."""
    samples = evidence.history.all("sampled")
    before = [event for event in samples if event.at <= start]
    after = [event for event in samples if event.at >= end]
    first = before[-1]["waits"] if before else {}
    last = after[0]["waits"] if after else samples[-1]["waits"] if samples else {}
    return float(sum(max(float(last.get(party, 0)) - float(first.get(party, 0)), 0.0) for party in parties))


def worst_lag(evidence: Evidence, start: float, end: float) -> float:
    """The most by which a sleeper of the lab was late in a window; it was asleep from `at - lag` to `at`."""
    lags = [event for event in evidence.history.all("lagged") if event.at >= start and event.at - event["lag"] <= end]
    return max((float(event["lag"]) for event in lags), default=0.0)
