"""Ports for doors and servers: below the ephemeral range, so that no outgoing connection takes one.

Each lab process claims a block of ports by an abstract Unix socket of the block's name: another lab on the machine
takes another block, and the claim ends with the process, however it ends. Where there are no abstract sockets the
block is chosen by chance. A port is used again only after all others that were claimed, so that one that was given out
is bound by then; when all have been given out, or few of them are left, another block is claimed.
"""

import contextlib
import random
import socket
import sys
from collections import deque
from pathlib import Path

from lab.errors import LabTrouble

HOST = "127.0.0.1"
FIRST, LAST, BLOCK = 10000, 32700, 450
ENOUGH = 4
"""Blocks after which ports are used again rather than another block claimed, as long as there are free ones."""
FEW_LEFT = 100
"""Ports in a row that are taken, after which another block is claimed."""
FOR_OTHERS = 15
"""Blocks that a lab which has one leaves to those that have none yet."""
CLAIM = "fault-lab-ports-"
TABLE = Path("/proc/net/unix")


class Ports:
    """The ports of one lab process.

    Args:
        enough: Blocks after which ports are used again rather than another one claimed.
    """

    def __init__(self, enough: int = ENOUGH) -> None:
        self._enough = enough
        self._blocks = list(range(FIRST, LAST - BLOCK, BLOCK))
        random.SystemRandom().shuffle(self._blocks)
        self._claimed: list[socket.socket] = []
        self._ports: deque[int] = deque()
        self._given = 0
        if not self._claim_another():
            raise LabTrouble("no block of ports is free: fifty labs run on this machine already")

    def _grow(self) -> None:
        """Claim another block, unless few are left."""
        if _claimed_by_all() + FOR_OTHERS < len(range(FIRST, LAST - BLOCK, BLOCK)):
            self._claim_another()

    def _claim_another(self) -> bool:
        """Claim a block, whose ports are next; False if there is none."""
        while self._blocks:
            block = self._blocks.pop()
            if self._claims(block):
                self._ports.extendleft(range(block + BLOCK - 1, block - 1, -1))
                return True
        return False

    def _claims(self, block: int) -> bool:
        if not sys.platform.startswith("linux"):
            return True
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            claim.bind(f"\0{CLAIM}{block}")
        except OSError:
            claim.close()
            return False
        self._claimed.append(claim)
        return True

    def bind(self, *, reuse: bool = False) -> socket.socket:
        """A TCP socket bound to the next free port of the block.

        Args:
            reuse: Whether it may listen again while connections to it still stand (SO_REUSEADDR).

        Raises:
            LabTrouble: Every port of the block is taken.
        """
        tried = 0
        while tried < len(self._ports):
            if tried == FEW_LEFT or (self._given >= len(self._ports) and len(self._claimed) < self._enough):
                self._grow()
            port = self._ports.popleft()
            self._ports.append(port)
            tried += 1
            self._given += 1
            sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            with contextlib.suppress(OSError):
                sock.bind((HOST, port))
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(reuse))
                return sock
            sock.close()
        raise LabTrouble(f"all {len(self._ports)} ports of this lab are taken: run fewer scenarios at once (-j 100)")

    def free(self) -> int:
        """A port that was free just now, for a server to bind; it is not given out again for a long time."""
        with self.bind() as sock:
            port: int = sock.getsockname()[1]
            return port

    def close(self) -> None:
        """Give up the block."""
        for claim in self._claimed:
            claim.close()


def _claimed_by_all() -> int:
    """How many blocks the labs of this machine have; 0 where the kernel does not tell."""
    try:
        return TABLE.read_text(encoding="utf-8", errors="replace").count(f"@{CLAIM}")
    except OSError:
        return 0
