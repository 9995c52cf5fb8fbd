"""The folder over which pytest and its one lab talk; under xdist the workers talk over it too.

`requests` is a named pipe whose reading end is the lab's standard input: whoever asks opens it for writing, and when
that fails no lab is at the other end any more. `<ticket>.asked` is there once a ticket has been asked for, and
`<ticket>.json` once it has its answer.
"""

import json
import os
import time  # noqa: TID251 - pytest waits in its own time for what the lab does in its world's
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOOK = 0.02
LAST_WORDS = 2000


class LabGoneError(Exception):
    """The lab ended before it answered; the message has what it said last."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Requests to the lab, and its answers.

    Attributes:
        folder: Not there before `make`.
    """

    folder: Path

    @property
    def requests(self) -> Path:
        """The pipe."""
        return self.folder / "requests"

    @property
    def said(self) -> Path:
        """What the lab printed."""
        return self.folder / "lab.txt"

    def make(self) -> None:
        """Make the folder and the pipe."""
        self.folder.mkdir(mode=0o700)
        os.mkfifo(self.requests, 0o600)

    def ask(self, scenario: str, ticket: str) -> None:
        """Have a scenario run, once for each ticket, whoever asks.

        Raises:
            LabGoneError: There is no lab.
        """
        mark = self.folder / f"{ticket}.asked"
        if not mark.exists():
            self.send({"run": scenario, "ticket": ticket})
            mark.touch()

    def send(self, request: dict[str, Any]) -> None:
        """Send one line; lines of several senders do not mix while they are shorter than a pipe's atomic write.

        Raises:
            LabGoneError: There is no lab.
        """
        try:
            pipe = os.open(self.requests, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            raise LabGoneError(self._last_words()) from error
        try:
            os.set_blocking(pipe, True)
            os.write(pipe, json.dumps(request).encode() + b"\n")
        except OSError as error:
            raise LabGoneError(self._last_words()) from error
        finally:
            os.close(pipe)

    def await_answer(self, ticket: str) -> dict[str, Any]:
        """The lab's answer to a ticket, as soon as it is there.

        Raises:
            LabGoneError: The lab ended before.
        """
        answer = self.folder / f"{ticket}.json"
        while not answer.exists():
            if not self._has_lab() and not answer.exists():
                raise LabGoneError(self._last_words())
            time.sleep(LOOK)
        found: dict[str, Any] = json.loads(answer.read_text(encoding="ascii"))
        return found

    def is_all_answered(self) -> bool:
        """Whether everything that was asked for has its answer."""
        return all(mark.with_suffix(".json").exists() for mark in self.folder.glob("*.asked"))

    def _has_lab(self) -> bool:
        try:
            os.close(os.open(self.requests, os.O_WRONLY | os.O_NONBLOCK))
        except OSError:
            return False
        return True

    def _last_words(self) -> str:
        told = "the lab ended before this scenario did"
        try:
            words = self.said.read_text(encoding="utf-8", errors="backslashreplace")[-LAST_WORDS:].strip()
        except OSError:
            words = ""
        return f"{told}; it said last:\n{words}" if words else told
