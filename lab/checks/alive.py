"""The check `alive`: servers that are to be alive at the end."""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from lab.checks.base import CHECKS, Check, Evidence
from lab.checks.endings import client_had_left
from lab.checks.states import status_words
from lab.checks.wire import stopped_seq
from lab.checks.words import failed, inconclusive, passed, took, who
from lab.history import Event
from lab.result import Finding

NAME = "alive"


@CHECKS.kind(NAME)
class Alive(Check):
    """The named servers are alive when the lab begins to stop them, or, with `serves: one`, when the client has left.

    Example:
        - alive: [ls, ts1]
    """

    short: ClassVar[str] = "servers"

    servers: tuple[str, ...] = Field(min_length=1, description="servers by name")

    def judge(self, evidence: Evidence) -> Iterator[Finding]:
        """One finding for each server."""
        for server in self.servers:
            yield _judged(evidence, server)


def _judged(evidence: Evidence, server: str) -> Finding:
    name, clause = who(evidence.plan, server), "C7" if server == evidence.plan.front else "C6"
    last = _last_life(evidence, server)
    if last is None:
        return inconclusive(NAME, clause, f"{name} was never started, so it cannot be alive.")
    if last.kind == "started":
        return passed(NAME, clause, f"{name} was alive at the end.", events=(last.seq,))
    words = f"exited {status_words(last)} at {took(last.at)}"
    if last.data.get("by"):
        by = f"the fault {last['by']} ended it, and nothing started it again"
        return inconclusive(NAME, clause, f"{name} was not alive at the end: {by}.", seen=words, events=(last.seq,))
    if not evidence.plan.serves_many and client_had_left(evidence, last):
        sentence = f"{name} was alive until the one client that LS serves had left."
        return passed(NAME, clause, sentence, seen=words, events=(last.seq,))
    sentence = f"{name} was to be alive at the end, but it {words} by itself."
    return failed(NAME, clause, sentence, blames=server, seen=words, events=(last.seq,))


def _last_life(evidence: Evidence, server: str) -> Event | None:
    """The last start or exit of a server before the lab began to stop."""
    stop = stopped_seq(evidence.history)
    mine = [event for event in evidence.history if event.kind in ("started", "exited") and event["server"] == server]
    return next((event for event in reversed(mine) if event.seq < stop), None)
