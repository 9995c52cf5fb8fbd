"""Receipts: what each fault of a scenario was to do, did, and to which messages (law 6). Pure."""

from lab.checks.base import Evidence
from lab.checks.reasons import firings, why_not
from lab.evidence import PlannedFault
from lab.history import Event, message_called
from lab.result import Receipt

MOST = 20


def receipts(evidence: Evidence) -> tuple[Receipt, ...]:
    """One receipt for each planned fault, in the scenario's order."""
    return tuple(_receipt(evidence, fault) for fault in evidence.plan.faults)


def _receipt(evidence: Evidence, fault: PlannedFault) -> Receipt:
    history = evidence.history
    injected, healed = (history.first(kind, fault=fault.id) for kind in ("injected", "healed"))
    fired = firings(evidence, fault)
    return Receipt(
        id=fault.id,
        kind=fault.kind,
        where=fault.where,
        planned=fault.planned,
        injected=injected.at if injected else None,
        healed=healed.at if healed else None,
        fired=len(fired),
        touched=tuple(_touched(event) for event in fired[:MOST]),
        lost=len(history.all("lost", fault=fault.id)),
        why_not=why_not(evidence, fault),
        optional=fault.optional,
    )


def _touched(event: Event) -> str:
    """What was touched and how, as `message 1 of ts1->ls, www.google.com: held for 3 s`."""
    called, name = message_called(event.data.get("n")), event.data.get("name")
    message = f"{called} of {event.data.get('flow')}" if called else str(event.data.get("flow") or "")
    what = ", ".join(part for part in (message, name) if part)
    did = str(event.data.get("did", "fired"))
    return f"{what}: {did}" if what else did
