"""Ports for doors and servers: below the ephemeral range, so that no outgoing connection takes one.

Each lab process claims a block of ports by an abstract Unix socket of the block's name: another lab on the machine
takes another block, and the claim ends with the process, however it ends. Where there are no abstract sockets the
block is chosen by chance. A port is used again only after all others of the block.
"""

import contextlib
import random
import socket
import sys

from lab.errors import LabTrouble

HOST = "127.0.0.1"
FIRST, LAST, BLOCK = 10000, 32700, 1135


class Ports:
    """The ports of one lab process."""

    def __init__(self) -> None:
        blocks = list(range(FIRST, LAST - BLOCK, BLOCK))
        random.SystemRandom().shuffle(blocks)
        self._claim: socket.socket | None = None
        self._first = next((block for block in blocks if self._claims(block)), 0)
        if not self._first:
            raise LabTrouble("no block of ports is free: twenty labs run on this machine already")
        self._next = 0

    def _claims(self, block: int) -> bool:
        if not sys.platform.startswith("linux"):
            return True
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            claim.bind(f"\0fault-lab-ports-{block}")
        except OSError:
            claim.close()
            return False
        self._claim = claim
        return True

    def bind(self, *, reuse: bool = False) -> socket.socket:
        """A TCP socket bound to the next free port of the block.

        Args:
            reuse: Whether it may listen again while connections to it still stand (SO_REUSEADDR).

        Raises:
            LabTrouble: Every port of the block is taken.
        """
        for _ in range(BLOCK):
            self._next = (self._next + 1) % BLOCK
            sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            with contextlib.suppress(OSError):
                sock.bind((HOST, self._first + self._next))
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(reuse))
                return sock
            sock.close()
        raise LabTrouble(f"every port from {self._first} to {self._first + BLOCK - 1} is taken")

    def free(self) -> int:
        """A port that was free just now, for a server to bind; it is not given out again for a long time."""
        with self.bind() as sock:
            port: int = sock.getsockname()[1]
            return port

    def close(self) -> None:
        """Give up the block."""
        if self._claim:
            self._claim.close()
