"""The check `alive_at_end`: LS outlives what happens to others."""

from collections.abc import Iterator
from typing import ClassVar

from lab.checks.base import CHECKS, Check, Evidence
from lab.checks.endings import client_had_left, what_came_before
from lab.checks.states import status_words
from lab.checks.wire import stopped_at, stopped_seq
from lab.checks.words import failed, passed, took
from lab.history import Event
from lab.result import Finding

NAME = "alive_at_end"
RESTARTED_WITHIN = 1.0
HARMLESS = ("STOP", "CONT", "SIGSTOP", "SIGCONT")


@CHECKS.kind(NAME)
class AliveAtEnd(Check):
    """LS lives and listens until the lab stops it, unless a fault ended it or it serves one client only.

    Started again by a fault, it listens within 1 s.
    """

    always: ClassVar[bool] = True

    def judge(self, evidence: Evidence) -> Iterator[Finding]:
        """One finding for each end of LS that nobody asked for, or one that there was none."""
        findings = [*_ends(evidence), *_restarts(evidence)]
        yield from findings
        if not findings and evidence.history.first("listening", server=evidence.plan.front):
            yield passed(NAME, "C7", "LS did not end by itself.")


def _ends(evidence: Evidence) -> Iterator[Finding]:
    last = stopped_seq(evidence.history)
    first = evidence.history.first("listening", server=evidence.plan.front)
    if first is None:
        return
    ends = [event for kind in ("exited", "deaf") for event in evidence.history.all(kind, server=evidence.plan.front)]
    for event in sorted(ends, key=lambda event: event.seq):
        own = first.seq < event.seq < last and not event.data.get("by")
        if own and not _is_allowed(evidence, event):
            yield _ended(evidence, event)


def _is_allowed(evidence: Evidence, event: Event) -> bool:
    """A server for one client may go when it has had one; one that is being ended by a fault first goes deaf."""
    plan, history = evidence.plan, evidence.history
    if not plan.serves_many and client_had_left(evidence, event):
        return True
    if event.kind == "exited":
        return False
    last = stopped_seq(history)
    exits = [other for other in history.all("exited", server=plan.front) if event.seq < other.seq < last]
    signals = [other for other in history.all("signalled", server=plan.front) if other.seq < event.seq]
    return not plan.serves_many or bool(exits) or any(other["signal"] not in HARMLESS for other in signals)


def _ended(evidence: Evidence, event: Event) -> Finding:
    clause, words = what_came_before(evidence, event)
    how = f"exited by itself {status_words(event)}" if event.kind == "exited" else "stopped listening"
    sentence = f"LS {how} at {took(event.at)}{words}; it must go on serving."
    return failed(NAME, clause, sentence, blames=evidence.plan.front, events=(event.seq,), seen=how)


def _restarts(evidence: Evidence) -> Iterator[Finding]:
    """Every start of LS but the first: it must listen within 1 s."""
    front, history = evidence.plan.front, evidence.history
    for event in history.all("started", server=front)[1:]:
        heard = next((other for other in history.all("listening", server=front) if other.seq > event.seq), None)
        end = heard.at if heard else stopped_at(history)
        waited = end - event.at
        if waited > RESTARTED_WITHIN:
            when = (
                f"listened only {took(waited)} later"
                if heard
                else f"did not listen in the {took(waited)} that were left"
            )
            sentence = f"LS was started again at {took(event.at)}, and {when}; 1 s is allowed."
            events = (event.seq, *((heard.seq,) if heard else ()))
            excess = round(waited - RESTARTED_WITHIN, 6)
            yield failed(NAME, "B15", sentence, blames=front, events=events, excess=excess)
