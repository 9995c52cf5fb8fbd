"""Doors: listening sockets that keep their port while they refuse.

A socket that is bound and does not listen refuses dials and holds its port; on Linux `shutdown` takes a listening
socket back to that state (measured: connect gives 111, and `listen` works again).
"""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Callable

from lab.world.base import Wire

BACKLOG = 128
LOOK_AGAIN = 0.05


class RealDoor:
    """A real listening socket on the loopback interface."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, sock: socket.socket, wire: Callable[[socket.socket], Wire]
    ) -> None:
        sock.setblocking(False)
        self._loop = loop
        self._sock = sock
        self._wire = wire
        self._open = False
        self._on_dial: Callable[[Wire], None] | None = None
        self.port: int = sock.getsockname()[1]

    def on_dial(self, hear: Callable[[Wire], None]) -> None:
        """Hear of every connection."""
        self._on_dial = hear

    def open(self) -> None:
        """Listen."""
        if not self._open:
            self._open = True
            self._sock.listen(BACKLOG)
            self._loop.add_reader(self._sock, self._accept)

    def refuse(self) -> None:
        """Refuse dials; what was not accepted yet is reset by the kernel."""
        if self._open:
            self._open = False
            self._loop.remove_reader(self._sock)
            with contextlib.suppress(OSError):
                self._sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give up the port."""
        self.refuse()
        self._sock.close()

    def _hear_again(self) -> None:
        if self._open:
            self._loop.add_reader(self._sock, self._accept)

    def _accept(self) -> None:
        try:
            sock, _ = self._sock.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):  # the dialler waits for ever: that must be told
                self._loop.remove_reader(self._sock)
                self._loop.call_later(LOOK_AGAIN, self._hear_again)
                raise
            return
        if self._on_dial:
            self._on_dial(self._wire(sock))
