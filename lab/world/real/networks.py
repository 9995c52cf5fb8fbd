"""Networks as the lab uses them: the machine's own, and those in which one program each has all ports to itself."""

import asyncio
import errno
import socket
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from lab.errors import LabTrouble
from lab.world.base import Door, Timer, Transport, Wire
from lab.world.real.datagrams import DatagramDoor, DatagramWire
from lab.world.real.datagrams import listener as datagram_listener
from lab.world.real.door import RealDoor
from lab.world.real.listening import Table, Watch
from lab.world.real.nursery.networks import KINDS, Kind
from lab.world.real.ports import HOST, Ports
from lab.world.real.wire import RealWire

ANY, ANY6, HOST6 = "0.0.0.0", "::", "::1"  # noqa: S104 - of a network that nobody else can reach


class Source(Protocol):
    """Where the sockets of a network come from, and who listens in it."""

    is_own: bool
    """Whether no other program is there, so that any port may be had at any address."""

    def make(self, kind: Kind) -> socket.socket:
        """A new socket."""
        ...

    def listener(self, port: int) -> str | None:
        """The address to dial for a port; None if nobody listens there."""
        ...

    def datagram_listener(self, port: int) -> str | None:
        """The address to send datagrams to; None if nobody takes any."""
        ...


class Host:
    """The machine's own network."""

    is_own = False

    def __init__(self) -> None:
        self._table = Table()
        self.listener = self._table.listener
        self.datagram_listener = datagram_listener
        self.close = self._table.close

    def make(self, kind: Kind) -> socket.socket:
        """A new socket."""
        return socket.socket(*KINDS[kind])


@dataclass(frozen=True, slots=True)
class RealNetwork:
    """Doors, dials and watches in one network.

    Args:
        loop: The world's.
        source: Of its sockets.
        ports: Those of the machine's own network.
        watch_over: Takes whoever wants to hear of a port.
        is_stamped: Whether the loop's clock is the one of the kernel's receive stamps.
    """

    loop: asyncio.AbstractEventLoop
    source: Source
    ports: Ports
    watch_over: Callable[[Watch], None]
    is_stamped: bool

    def reserve(self, over: Transport = "tcp", port: int = 0) -> Door:
        """A door of its own."""
        claim = self._claim(port) if self.source.is_own else self.ports.bind(reuse=over == "tcp")
        if over == "udp":
            return DatagramDoor(self.loop, claim, partial(self.source.make, "udp"))
        return RealDoor(self.loop, claim, self._wire, partial(self.source.make, "tcp"))

    def _claim(self, port: int) -> socket.socket:
        sock = self.source.make("tcp")
        try:
            sock.bind((ANY, port))
        except OSError as error:
            sock.close()
            raise LabTrouble(f"port {port} cannot be had in a program's own network: {error.strerror}") from error
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return sock

    def _wire(self, sock: socket.socket) -> RealWire:
        return RealWire(self.loop, sock, is_stamped=self.is_stamped)

    def dial(self, host: str, port: int, on_wire: Callable[[Wire | None], None], over: Transport = "tcp") -> None:
        """Connect without blocking; refused and unreachable are None. `::` is dialled by IPv4, and then by IPv6."""
        if over == "udp":
            self.loop.call_soon(on_wire, DatagramWire(self.loop, self.source.make("udp"), (host, port)))
            return
        if host == ANY6:
            self.dial(HOST, port, lambda wire: on_wire(wire) if wire else self.dial(HOST6, port, on_wire))
            return
        sock = self.source.make("tcp6" if ":" in host else "tcp")
        sock.setblocking(False)
        code = sock.connect_ex((host, port))
        if code == errno.EINPROGRESS:
            self.loop.add_writer(sock.fileno(), self._connected, sock, on_wire)
        else:
            self._hand_over(sock, code, on_wire)

    def _connected(self, sock: socket.socket, on_wire: Callable[[Wire | None], None]) -> None:
        self.loop.remove_writer(sock.fileno())
        self._hand_over(sock, sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), on_wire)

    def _hand_over(self, sock: socket.socket, code: int, on_wire: Callable[[Wire | None], None]) -> None:
        if code:
            sock.close()
            self.loop.call_soon(on_wire, None)
        else:
            self.loop.call_soon(on_wire, self._wire(sock))

    def watch(self, port: int, on_change: Callable[[str | None], None], over: Transport = "tcp") -> Timer:
        """Hear of a port's listener from the kernel's table."""
        watch = Watch(port, on_change, self.source.listener if over == "tcp" else self.source.datagram_listener)
        self.watch_over(watch)
        return watch
