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
FILL = 2
"""Dials that fill a queue of length 0: it holds one, and the kernel answers no other."""
LOOK_AGAIN = 0.05


class RealDoor:
    """A real listening socket on the loopback interface.

    Args:
        sock: It, bound.
        wire: For the wire of a connection.
        make: For one more socket in the same network.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        sock: socket.socket,
        wire: Callable[[socket.socket], Wire],
        make: Callable[[], socket.socket],
    ) -> None:
        sock.setblocking(False)
        self._loop = loop
        self._sock = sock
        self._wire = wire
        self._make = make
        self._open = False
        self._fillers: list[socket.socket] = []
        self._own: set[int] = set()
        self._on_dial: Callable[[Wire], None] | None = None
        self._fd = sock.fileno()
        self.port: int = sock.getsockname()[1]

    def on_dial(self, hear: Callable[[Wire], None]) -> None:
        """Hear of every connection."""
        self._on_dial = hear

    def open(self) -> None:
        """Listen."""
        if self._fillers:
            self._let_in()
        elif not self._open:
            self._open = True
            self._sock.listen(BACKLOG)
            self._loop.add_reader(self._fd, self._accept)

    def silence(self) -> None:
        """Keep the queue of those who wait to be accepted full of dials of our own: the kernel then ignores others."""
        if self._fillers:
            return
        self._sock.listen(0)
        if self._open:
            self._loop.remove_reader(self._fd)
        self._open = True
        for _ in range(FILL):
            filler = self._make()
            filler.setblocking(False)
            filler.connect_ex(self._sock.getsockname())
            self._fillers.append(filler)

    def _let_in(self) -> None:
        """Be heard again; our own dials are closed before anybody sees them."""
        self._drop_fillers()
        self._sock.listen(BACKLOG)
        self._loop.add_reader(self._fd, self._accept)

    def _drop_fillers(self) -> None:
        self._own = {filler.getsockname()[1] for filler in self._fillers}
        for filler in self._fillers:
            filler.close()
        self._fillers = []

    def refuse(self) -> None:
        """Refuse dials; what was not accepted yet is reset by the kernel."""
        self._drop_fillers()
        if self._open:
            self._open = False
            self._loop.remove_reader(self._fd)
            with contextlib.suppress(OSError):
                self._sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give up the port."""
        self.refuse()
        self._sock.close()

    def _hear_again(self) -> None:
        if self._open:
            self._loop.add_reader(self._fd, self._accept)

    def _accept(self) -> None:
        try:
            sock, (_, port) = self._sock.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):  # the dialler waits for ever: that must be told
                self._loop.remove_reader(self._fd)
                self._loop.call_later(LOOK_AGAIN, self._hear_again)
                raise
            return
        if port in self._own:
            self._own.discard(port)
            sock.close()
        elif self._on_dial:
            self._on_dial(self._wire(sock))
