"""The check `refuses`: a server that is not to start with what it was given."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from pydantic import Field

from lab.checks.base import CHECKS, Check, Evidence
from lab.checks.states import status_words
from lab.checks.words import failed, passed, quoted, who
from lab.history import Event, History
from lab.result import Finding

NAME = "refuses"
CLAUSE = "C1"
BAD_ARGUMENTS = 2


@CHECKS.kind(NAME)
class Refuses(Check):
    """A server that is started with what it cannot use never listens: it says why on standard error, and ends.

    Then nobody can ask anything, so the scenario needs no queries.

    Example:
        - refuses: {server: ls, status: 2}
    """

    short: ClassVar[str] = "server"

    server: str = Field(description="a server's name")
    status: int = Field(default=BAD_ARGUMENTS, ge=0, le=255, description="the exit status with which it ends")

    @property
    def refused(self) -> Mapping[str, int]:
        """That server."""
        return {self.server: self.status}

    def judge(self, evidence: Evidence) -> Iterator[Finding]:
        """One finding."""
        history = evidence.history
        listening = history.first("listening", server=self.server)
        ended = next((event for event in history.all("exited", server=self.server) if not event["by"]), None)
        said = "".join(event["text"] for event in history.all("output", server=self.server, stream="stderr")).strip()
        name = who(evidence.plan, self.server)
        trouble = self._trouble(listening, ended, said)
        events = tuple(event.seq for event in (listening, ended) if event)
        wanted = f"it ends with status {self.status}, and says why"
        if trouble:
            started = f"{name} was started with what it cannot use{_command(history, self.server)}"
            sentence = f"{started}: it was to end with status {self.status}, and to say why, but it {trouble}."
            told = {"expected": wanted, "seen": f"it {trouble}", "events": events}
            yield failed(NAME, CLAUSE, sentence, blames=self.server, **told)
        else:
            last = said.splitlines()[-1]
            yield passed(NAME, CLAUSE, f"{name} refused what it was started with: {quoted(last)}.", events=events)

    def _trouble(self, listening: Event | None, ended: Event | None, said: str) -> str:
        if listening is not None:
            return "listened all the same"
        if ended is None:
            return "neither listened nor ended"
        if int(ended["status"]) != self.status:
            return f"exited {status_words(ended)}"
        return "" if said else "said nothing of it on standard error"


def _command(history: History, server: str) -> str:
    """The command with which a server was started, as an aside; empty where the history does not tell it."""
    started = history.first("started", server=server)
    return f" ({' '.join(started['argv'])})" if started and started["argv"] else ""
