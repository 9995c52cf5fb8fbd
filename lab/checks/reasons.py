"""Reasons: why a fault that was to fire did not."""

from fnmatch import fnmatchcase

from lab.checks.base import Evidence
from lab.checks.wire import stopped_at
from lab.checks.words import count
from lab.evidence import PlannedFault
from lab.history import Event


def firings(evidence: Evidence, fault: PlannedFault) -> list[Event]:
    """Each time the fault touched something."""
    return evidence.history.all("fired", fault=fault.id)


def why_not(evidence: Evidence, fault: PlannedFault) -> str:
    """Why the fault never fired; empty if it did."""
    if firings(evidence, fault):
        return ""
    injected = evidence.history.first("injected", fault=fault.id)
    if injected is None:
        return f"its time had not come when the run ended at {stopped_at(evidence.history):.1f} s"
    if fault.flows:
        return _no_message(evidence, fault, injected)
    return f"its time began, but {fault.where} gave it nothing to act on"


def _no_message(evidence: Evidence, fault: PlannedFault, injected: Event) -> str:
    healed = evidence.history.first("healed", fault=fault.id)
    end = healed.seq if healed else float("inf")
    heard = fault.hears or fault.flows
    where = " or ".join(heard) if fault.hears else fault.where
    came = [event for event in evidence.history.all("arrived") if any(fnmatchcase(event["flow"], one) for one in heard)]
    during = [event for event in came if injected.seq < event.seq < end and event.data.get("what") == "message"]
    if not came:
        return f"no message ever came on {where}"
    if not during:
        return f"no message came on {where} while it was in force"
    names = sorted({str(event.data.get("name") or "?") for event in during})
    listed = ", ".join(names[:5])
    return f"{count(len(during), 'message')} came on {where}, about {listed}, but it touched none of them"
