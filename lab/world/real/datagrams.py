"""Datagrams on real sockets: doors and wires where nobody connects. Who sends from one address is one peer.

Nothing ends a wire of datagrams but the lab itself: a peer that is gone sends nothing more, and that is all.
"""

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import Callable
from pathlib import Path

from lab.world.base import OnData, OnEnd, Wire
from lab.world.real.ports import HOST

LONGEST = 65536
MOST_KEPT = 1 << 20
"""Bytes that are kept of a peer that nobody reads; the rest is lost, as datagrams are."""
TABLE = Path("/proc/net/udp")
UNCONNECTED = "07"
ANYWHERE = "00000000"
Address = tuple[str, int]


class _Kept:
    """What came from a peer, handed on as it comes, or kept while nobody reads."""

    def __init__(self) -> None:
        self._on_data: OnData | None = None
        self._muted = False
        self._kept: deque[tuple[bytes, float]] = deque()

    def listen_to(self, on_data: OnData, on_end: OnEnd) -> None:  # noqa: ARG002 - datagrams have no end
        """Hear of datagrams; those that came before are heard now."""
        self._on_data = on_data
        self._hand_on()

    def come(self, data: bytes, at: float) -> None:
        """One has come."""
        if self.unread + len(data) <= MOST_KEPT:
            self._kept.append((data, at))
        self._hand_on()

    def _hand_on(self) -> None:
        while self._kept and self._on_data is not None and not self._muted:
            self._on_data(*self._kept.popleft())

    def mute(self, muted: bool) -> None:  # noqa: FBT001 - one word says it
        """Hand on no more, or what was kept."""
        self._muted = muted
        self._hand_on()

    def narrow(self) -> None:
        """A sender of datagrams never waits."""

    def finish(self) -> None:
        """There is no end to be told of."""

    @property
    def unread(self) -> int:
        """Bytes that are kept."""
        return sum(len(data) for data, _ in self._kept)

    @property
    def unsent(self) -> int:
        """None: a datagram goes out at once, or is lost."""
        return 0


class DatagramWire(_Kept):
    """A socket of the lab's own that sends to one address, and hears from it alone.

    Args:
        sock: It, new.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, sock: socket.socket, address: Address) -> None:
        super().__init__()
        self._loop = loop
        self._sock = sock
        self._sock.setblocking(False)
        self._sock.connect(address)
        loop.add_reader(self._sock.fileno(), self._read)

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # nobody is there now, says the kernel: a datagram of ours was lost
            self.come(self._sock.recv(LONGEST), self._loop.time())

    def write(self, data: bytes) -> bool:
        """Send a datagram; False if it is known to be lost."""
        try:
            return self._sock.send(data) == len(data)
        except OSError:
            return False

    def close(self) -> None:
        """Hear no more."""
        if self._sock.fileno() >= 0:
            self._loop.remove_reader(self._sock.fileno())
            self._sock.close()

    reset = close


class _Peer(_Kept):
    """Somebody who sends to a door."""

    def __init__(self, door: "DatagramDoor", address: Address) -> None:
        super().__init__()
        self._door = door
        self._address = address

    def write(self, data: bytes) -> bool:
        """Send a datagram back; False if it is known to be lost."""
        return self._door.send(data, self._address)

    def close(self) -> None:
        """Forget the peer: what it sends next is from somebody new."""
        self._door.forget(self._address)

    reset = close


class DatagramDoor:
    """A port at which datagrams come, or are refused, or vanish.

    Args:
        claim: A TCP socket bound to the same number, which so stays the lab's own.
        make: For one more socket for datagrams.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, claim: socket.socket, make: Callable[[], socket.socket]
    ) -> None:
        self._loop = loop
        self._claim = claim
        self._make = make
        self._sock: socket.socket | None = None
        self._is_heard = False
        self._peers: dict[Address, _Peer] = {}
        self._on_dial: Callable[[Wire], None] | None = None
        self._address: Address = claim.getsockname()
        self.port = self._address[1]

    def on_dial(self, hear: Callable[[Wire], None]) -> None:
        """Hear of everybody who sends for the first time."""
        self._on_dial = hear

    def open(self) -> None:
        """Take datagrams; those that came in silence are lost."""
        self.refuse()
        self._bind()
        self._is_heard = True

    def silence(self) -> None:
        """Have datagrams vanish."""
        self._bind()
        self._is_heard = False

    def refuse(self) -> None:
        """Nobody is there: the kernel tells those who send."""
        if self._sock is not None:
            self._loop.remove_reader(self._sock.fileno())
            self._sock.close()
            self._sock = None

    def close(self) -> None:
        """Give up the port."""
        self.refuse()
        self._claim.close()

    def _bind(self) -> None:
        if self._sock is None:
            self._sock = self._make()
            self._sock.setblocking(False)
            self._sock.bind(self._address)
            self._loop.add_reader(self._sock.fileno(), self._read, self._sock)

    def _read(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError):  # an answer of ours was refused
            data, address = sock.recvfrom(LONGEST)
            if self._is_heard:
                self._peer(address).come(data, self._loop.time())

    def _peer(self, address: Address) -> _Peer:
        if address not in self._peers:
            peer = self._peers[address] = _Peer(self, address)
            if self._on_dial:
                self._on_dial(peer)
        return self._peers.get(address) or _Peer(self, address)

    def send(self, data: bytes, address: Address) -> bool:
        """Send a datagram to a peer; False if it is known to be lost."""
        try:
            return self._sock is not None and self._sock.sendto(data, address) == len(data)
        except OSError:
            return False

    def forget(self, address: Address) -> None:
        """A peer is known no more."""
        self._peers.pop(address, None)


def listener(port: int, table: Path = TABLE) -> str | None:
    """The address to send to, if somebody takes datagrams from everybody at a port; None if nobody does.

    Args:
        port: The port.
        table: The kernel's table of the network in question.
    """
    with table.open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            fields = line.split()
            host, _, number = fields[1].partition(":") if len(fields) > 3 else ("", "", "")
            if number == f"{port:04X}" and fields[3] == UNCONNECTED:
                return HOST if host == ANYWHERE else socket.inet_ntoa(bytes.fromhex(host)[::-1])
    return None


def is_free(port: int) -> bool:
    """Whether datagrams could be taken at a port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.bind((HOST, port))
        except OSError:
            return False
        return True
