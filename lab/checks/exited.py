"""The check `exited`: a server that is to end."""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from lab.checks.base import CHECKS, Check, Evidence
from lab.checks.states import status_words
from lab.checks.wire import stopped_seq
from lab.checks.words import failed, passed, who
from lab.result import Finding

NAME = "exited"


@CHECKS.kind(NAME)
class Exited(Check):
    """A server ended before the lab stopped it: with that status, and by itself, if so demanded.

    Example:
        - exited: {server: ts1, status: 1, by_itself: true}
    """

    short: ClassVar[str] = "server"

    server: str = Field(description="a server's name")
    status: int | None = Field(default=None, description="its exit status, or minus the number of the signal")
    by_itself: bool | None = Field(default=None, description="whether nobody may have ended it, or somebody must have")

    def judge(self, evidence: Evidence) -> Iterator[Finding]:
        """One finding."""
        stop = stopped_seq(evidence.history)
        exits = [event for event in evidence.history.all("exited", server=self.server) if event.seq < stop]
        fits = [event for event in exits if self._fits(int(event["status"]), str(event.data.get("by") or ""))]
        seen = " and ".join(f"exited {status_words(event)}" for event in exits) or "never exited"
        told = {"expected": self._wanted().strip(), "seen": seen, "events": tuple(event.seq for event in exits)}
        name = who(evidence.plan, self.server)
        if fits:
            yield passed(NAME, "", f"{name} {seen}, as it should.", **told)
        else:
            yield failed(NAME, "", f"{name} was to exit{self._wanted()}, but it {seen}.", blames=self.server, **told)

    def _fits(self, status: int, by: str) -> bool:
        return self.status in (None, status) and self.by_itself in (None, not by)

    def _wanted(self) -> str:
        status = "" if self.status is None else f" with status {self.status}"
        if self.by_itself is None:
            return status
        return f"{status} by itself" if self.by_itself else f"{status} by a fault"
