"""The lab's side of the warden: the process of a run under which everything is started, and by which it is ended."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from lab.errors import LabTrouble
from lab.world.base import Program
from lab.world.real.nursery.birth import PAGE
from lab.world.real.nursery.warden import READY
from lab.world.real.scratch import CURE

ROOT = Path(__file__).parents[3]
BOOT = ROOT / "lab" / "world" / "real" / "nursery" / "boot.py"
"""`lab.world.real.nursery.boot`, run as a file."""
NOT_FOR_ITSELF = (PAGE,)
"""What programs find in their environment and the warden does not: it lives in real time."""


class Warden:
    """The process that outlives the lab by the moment it takes to end everything.

    Args:
        scratch: The run's folder of temporary files, which it removes at the end.
        seed: The hash seed of every Python server.
        files: How many open files a server may have.
        added: What every program finds in its environment besides.
    """

    def __init__(self, scratch: Path, seed: int, files: int, added: Mapping[str, str]) -> None:
        self.seed = seed % (1 << 32)
        self.files = files
        self._added = added
        self._scratch = scratch
        self._idle: list[tuple[socket.socket, int]] = []
        self._sock, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._own = {name: value for name, value in self.environment(scratch).items() if name not in NOT_FOR_ITSELF}
        self._process = subprocess.Popen(
            [sys.executable, str(BOOT), str(ROOT), str(theirs.fileno()), str(scratch)],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            env=self._own,
            start_new_session=True,
        )
        theirs.close()

    def await_ready(self) -> None:
        """Wait until it is warm.

        Raises:
            LabTrouble: It ended instead.
        """
        words = self._sock.recv(256)
        if not words:
            raise LabTrouble("the warden, which starts all servers, ended at once")
        if words != READY:
            raise LabTrouble(f"no folder for temporary files can be made: {words.decode()}: {self._scratch}: {CURE}")

    def keeper(self) -> tuple[socket.socket, int]:
        """The lab's end of the socket of a keeper that has nothing to keep, and its process id, once it is known."""
        return self._idle.pop() if self._idle else (self._new_keeper(), 0)

    def take_back(self, sock: socket.socket, pid: int) -> None:
        """A keeper has ended all that it kept: the next scenario may have it."""
        self._idle.append((sock, pid))

    def _new_keeper(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        with theirs:
            try:
                socket.send_fds(self._sock, [b"keeper"], [theirs.fileno()])
            except OSError as error:
                raise LabTrouble(f"the warden, which starts all servers, is gone: {error}") from error
        return ours

    def close(self) -> None:
        """End it, and wait until all of its descendants have ended."""
        for sock, _ in self._idle:
            sock.close()
        self._sock.close()
        self._process.wait()

    def environment_of(self, program: Program, own: Mapping[str, str]) -> dict[str, str]:
        """What of a program's environment the warden, whose descendant it is, has not: to write it is what costs."""
        return {name: value for name, value in self.all_of(program, own).items() if self._own.get(name) != value}

    def all_of(self, program: Program, own: Mapping[str, str]) -> dict[str, str]:
        """All that a program finds in its environment."""
        return {**self.environment(program.folder), **program.environment, **own}

    def environment(self, folder: Path) -> dict[str, str]:
        """What any program finds in its environment; the hash seed is the run's, however it starts."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TZ") if name in os.environ}
        own = {"HOME": str(folder), "TMPDIR": str(folder), "PYTHONUNBUFFERED": "1", "PYTHONHASHSEED": str(self.seed)}
        return {"PATH": os.defpath, "LANG": "C.UTF-8", **kept, **own, **self._added}
