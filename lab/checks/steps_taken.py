"""The check `steps_taken`: every client came to the end of its steps."""

from collections.abc import Iterator
from typing import ClassVar

from lab.checks.base import CHECKS, Check, Evidence
from lab.checks.wire import arrived
from lab.checks.words import count, inconclusive, passed
from lab.evidence import PlannedClient
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
        silent = [finding for client in evidence.plan.clients for finding in _unasked(evidence, client)]
        yield from silent
        if not stuck and not silent:
            yield passed(NAME, "", "Every client took all its steps.")


def _unasked(evidence: Evidence, client: PlannedClient) -> Iterator[Finding]:
    """A program that asked fewer names than it was given: what it did not ask was not tried."""
    plan = evidence.plan
    given = [query for query in plan.queries if query.client == client.name]
    flow = f"{client.name}->{plan.front}"
    asked = [line for line in arrived(evidence.history, flow) if line.name not in ("", "done")]
    if client.by == "program" and len(asked) < len(given):
        sentence = f"{client.name} was given {count(len(given), 'name')} to ask, and asked {len(asked)} of them."
        yield inconclusive(NAME, "", sentence)
