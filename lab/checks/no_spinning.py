"""The check `no_spinning`: who waits uses no processor."""

from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar

from lab.checks.base import CHECKS, Check, Evidence
from lab.checks.wire import is_starved
from lab.checks.words import count, failed, passed, took, who
from lab.history import Event
from lab.result import Finding

NAME = "no_spinning"
RUNNING_ON = 0.75
"""Seconds between two windows that follow each other, and a little more."""


@CHECKS.kind(NAME)
class NoSpinning(Check):
    """A server that waits uses less than half a processor, over any whole second in which no message comes or goes.

    It is judged on the real clock alone: on a clock that jumps computing takes no time.
    """

    always: ClassVar[bool] = True

    def judge(self, evidence: Evidence) -> Iterator[Finding]:
        """One finding for each server that spun, or one that none did, where that was looked at."""
        spun = list(self._spun(evidence))
        yield from spun
        watched = evidence.history.first("watched")
        if watched is not None and watched["windows"] > 0 and not spun:
            yield passed(NAME, "B8", f"In {count(watched['windows'], 'half second')} no server waited in a busy loop.")

    @staticmethod
    def _spun(evidence: Evidence) -> Iterator[Finding]:
        for server in evidence.plan.servers:
            burned = evidence.history.all("burned", server=server.name)
            pair = next((pair for pair in pairwise(burned) if pair[1].at - pair[0].at < RUNNING_ON), None)
            if pair is not None:
                yield _told(evidence, server.name, *pair)


def _told(evidence: Evidence, server: str, first: Event, second: Event) -> Finding:
    spent, waited = (first.data.get(what, 0.0) + second.data.get(what, 0.0) for what in ("spent", "waited"))
    span = f"{took(spent)} of processor time in one second" + (f" (and waited {took(waited)} for it)" if waited else "")
    clause = "B10" if is_starved(evidence.history, first.seq) else "B8"
    words = f"{who(evidence.plan, server)} used {span} up to {took(second.at)}, while no message came or went"
    sentence = f"{words}: it waits in a busy loop."
    return failed(NAME, clause, sentence, blames=server, events=(first.seq, second.seq))
