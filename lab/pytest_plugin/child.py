"""The lab's own process, which pytest starts for the scenarios of a session and which ends with it, however it ends."""

import contextlib
import os
import shutil
import signal  # noqa: TID251 - a lab that does not end by itself is killed
import subprocess  # noqa: TID251 - the lab runs in a process of its own
import sys
from collections.abc import Sequence
from pathlib import Path

from lab.pytest_plugin.mailbox import LabGoneError, Mailbox

PATIENCE = 30.0
ROOT = Path(__file__).parents[2]


class Child:
    """`lab run --stream`, in its own session, at the end of a pipe that this object holds open.

    Args:
        arguments: Further arguments: options, and the files of the scenarios.
        folder: Its working directory.
    """

    def __init__(self, mailbox: Mailbox, arguments: Sequence[str], folder: Path) -> None:
        self._mailbox = mailbox
        mailbox.make()
        reading = os.open(mailbox.requests, os.O_RDONLY | os.O_NONBLOCK)
        self._pipe = os.open(mailbox.requests, os.O_WRONLY)
        os.set_blocking(reading, True)
        command = [sys.executable, "-P", "-m", "lab", "run", "--stream", str(mailbox.folder), *arguments]
        with mailbox.said.open("wb") as said:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                command,
                stdin=reading,
                stdout=said,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(_import_path())},
                start_new_session=True,
            )
        os.close(reading)

    def end(self) -> None:
        """Let it write its reports and end; if something it was asked for has not ended, it stops that now."""
        with contextlib.suppress(LabGoneError):
            if self._mailbox.is_all_answered():
                self._mailbox.send({"finish": True})
        os.close(self._pipe)
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(PATIENCE)
        finally:
            if self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
            shutil.rmtree(self._mailbox.folder, ignore_errors=True)


def _import_path() -> list[str]:
    """Where the child finds this very lab, whatever stands in its working directory."""
    given = os.environ.get("PYTHONPATH")
    return [str(ROOT), *([given] if given else [])]
