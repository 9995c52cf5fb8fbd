"""The check `holds`: what a server holds on to when its sessions are over."""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from lab.checks.base import CHECKS, Check, Evidence
from lab.checks.words import count, failed, inconclusive, passed, who
from lab.history import Event
from lab.result import Finding
from lab.units import Size, format_size

NAME = "holds"
MEBIBYTE = 1 << 20


@CHECKS.kind(NAME)
class Holds(Check):
    """When no session is open, a server holds no more than after the first: descriptors, threads and memory are free.

    It is measured 300 ms after the last session ended, whenever none is open (5.6 s after it, if a query was left
    open); the bounds are of the growth from the first measurement to the last.

    Example:
        - holds: {server: ls, descriptors: 0, threads: 0, memory: 16MiB}
    """

    measures: ClassVar[bool] = True
    short: ClassVar[str] = "server"

    server: str = Field(default="ls", description="a server's name", examples=["ls"])
    descriptors: int = Field(default=0, ge=0, description="how many more it may hold at last than at first")
    threads: int = Field(default=0, ge=0, description="how many more it may have at last than at first")
    memory: Size = Field(default=16 * MEBIBYTE, description="how much more it may use at last than at first")

    def judge(self, evidence: Evidence) -> Iterator[Finding]:
        """One finding for each kind of thing that grew, or one that none did."""
        measured = evidence.history.all("measured", server=self.server)
        if len({event["sessions"] for event in measured}) < 2:
            words = f"{who(evidence.plan, self.server)} was measured {count(len(measured), 'time')}: growth takes two"
            yield inconclusive(NAME, "B8", f"{words}, with a pause of half a second after the first sessions.")
            return
        first, last = measured[0], measured[-1]
        grown = list(self._grown(evidence, first, last))
        yield from grown
        if not grown:
            held = f"{last['descriptors']} descriptors, {last['threads']} threads, {format_size(last['memory'])}"
            words = f"After {last['sessions']} sessions {who(evidence.plan, self.server)} holds {held}"
            yield passed(NAME, "B8", f"{words}, no more than it may.", events=(first.seq, last.seq))

    def _grown(self, evidence: Evidence, first: Event, last: Event) -> Iterator[Finding]:
        bounds = {"descriptors": self.descriptors, "threads": self.threads, "memory": self.memory}
        sessions = f"from session {first['sessions']} to session {last['sessions']}"
        for what, most in bounds.items():
            more = last[what] - first[what]
            if more > most:
                spell = format_size if what == "memory" else str
                grew = f"its {what} grew from {spell(first[what])} to {spell(last[what])} {sessions}"
                sentence = f"{who(evidence.plan, self.server)} does not free what a session held: {grew}."
                noun = "more" if what == "memory" else f"more {what}"
                told = {"expected": f"at most {spell(most)} {noun}", "seen": f"{spell(more)} {noun}"}
                yield failed(NAME, "B8", sentence, blames=self.server, events=(first.seq, last.seq), **told)
