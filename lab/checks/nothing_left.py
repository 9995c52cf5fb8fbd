"""The check `nothing_left`: a server that is stopped leaves no process behind."""

from collections.abc import Iterator
from typing import ClassVar

from lab.checks.base import CHECKS, Check, Evidence
from lab.checks.words import failed, passed, quoted, who
from lab.result import Finding

NAME = "nothing_left"


@CHECKS.kind(NAME)
class NothingLeft(Check):
    """No process of a server is there any more after it was stopped."""

    always: ClassVar[bool] = True

    def judge(self, evidence: Evidence) -> Iterator[Finding]:
        """One finding for each process that was left, or one that none was."""
        left = evidence.history.all("remained")
        for event in left:
            server = event["server"]
            command = quoted(str(event.data.get("command", "")))
            sentence = f"{who(evidence.plan, server)} was stopped and left a process behind: {command}."
            yield failed(NAME, "", sentence, blames=server, events=(event.seq,), seen=command)
        if not left:
            yield passed(NAME, "", "No server left a process behind.")
