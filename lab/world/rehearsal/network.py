"""An imagined network: wires in pairs, doors, and ports. Bytes arrive at the moment at which they are sent.

Ends are as the kernel's: a FIN comes behind the bytes, a RST overtakes them, and who closes with bytes unread resets.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Literal

from lab.world.base import End, OnData, OnEnd

Accept = Callable[["RehearsalWire"], None]
FIRST_PORT = 1


class RehearsalWire:
    """One end of an imagined connection."""

    peer: "RehearsalWire"

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._inbox: deque[bytes | End] = deque()
        self._on_data: OnData | None = None
        self._on_end: OnEnd | None = None
        self._is_muted = self._is_closed = self._is_finishing = False

    @classmethod
    def pair(cls, loop: asyncio.AbstractEventLoop) -> "tuple[RehearsalWire, RehearsalWire]":
        """Both ends of a new connection."""
        one, other = cls(loop), cls(loop)
        one.peer, other.peer = other, one
        return one, other

    def listen_to(self, on_data: OnData, on_end: OnEnd) -> None:
        """Hear of bytes and of the peer's end, also of those that came before."""
        self._on_data, self._on_end = on_data, on_end
        self._loop.call_soon(self._deliver)

    def write(self, data: bytes) -> bool:
        """Send bytes; False if the connection is known to be dead."""
        if self._is_closed or self._is_finishing:
            return False
        self._loop.call_soon(self.peer.receive, data)
        return True

    def finish(self) -> None:
        """FIN behind what was written."""
        if not (self._is_closed or self._is_finishing):
            self._is_finishing = True
            self._loop.call_soon(self.peer.receive, "fin")

    def close(self) -> None:
        """FIN, or a RST if something was not read; nothing more is heard."""
        is_unread = any(isinstance(item, bytes) for item in self._inbox)
        if not self._is_closed and (is_unread or not self._is_finishing):
            self._loop.call_soon(self.peer.receive, "rst" if is_unread else "fin")
        self._drop()

    def reset(self) -> None:
        """RST at once; nothing more is heard."""
        if not self._is_closed:
            self._loop.call_soon(self.peer.receive, "rst")
        self._drop()

    def _drop(self) -> None:
        self._is_closed = True
        self._on_data = self._on_end = None
        self._inbox.clear()

    def mute(self, muted: bool) -> None:  # noqa: FBT001 - one word says it
        """Stop reading, or read again."""
        self._is_muted = muted
        self._loop.call_soon(self._deliver)

    def narrow(self) -> None:
        """There is no buffer."""

    @property
    def unread(self) -> int:
        """Bytes that were not read."""
        return sum(len(item) for item in self._inbox if isinstance(item, bytes))

    @property
    def unsent(self) -> int:
        """Nothing ever waits to be sent."""
        return 0

    def receive(self, item: bytes | End) -> None:
        """What the peer sent has arrived; who writes to a closed end is reset."""
        if self._is_closed:
            if isinstance(item, bytes):
                self._loop.call_soon(self.peer.receive, "rst")
            return
        if item == "rst":
            self._inbox.clear()
        self._inbox.append(item)
        self._deliver()

    def _deliver(self) -> None:
        while self._inbox and self._on_data and self._on_end and not self._is_muted:
            item = self._inbox.popleft()
            if isinstance(item, bytes):
                self._on_data(item, self._loop.time())
                continue
            self._is_closed = self._is_closed or item == "rst"
            self._on_end(item, self._loop.time())


class RehearsalDoor:
    """A port at which somebody listens, or refuses."""

    def __init__(self, network: "Network", port: int) -> None:
        self.port = port
        self._network = network
        self._accept: Accept | None = None

    def on_dial(self, accept: Accept) -> None:
        """Hear of every connection."""
        self._accept = accept

    def open(self) -> None:
        """Listen."""
        if self._accept is not None:
            self._network.listen(self.port, self._accept)

    def refuse(self) -> None:
        """Listen no more."""
        self._network.listen(self.port, None)

    def silence(self) -> None:
        """Answer no dial."""
        self._network.listen(self.port, None, is_silent=True)

    def close(self) -> None:
        """Give up the port."""
        self.refuse()


class Network:
    """Who listens at which port, and who wants to know."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._listeners: dict[int, Accept] = {}
        self._watches: list[Watch] = []
        self._silent: set[int] = set()
        self._hanging: dict[int, list[Callable[[RehearsalWire | None], None]]] = {}
        self._next = FIRST_PORT

    def new_port(self) -> int:
        """A port that was never given out."""
        self._next += 1
        return self._next

    def listen(self, port: int, accept: Accept | None, *, is_silent: bool = False) -> None:
        """Listen at a port, or no more; at a silent one a dial waits until somebody listens or refuses there."""
        self._silent = self._silent | {port} if is_silent else self._silent - {port}
        waiting = [] if is_silent else self._hanging.pop(port, [])
        for on_wire in waiting:
            self.dial(port, on_wire)
        if accept is None:
            self._listeners.pop(port, None)
        else:
            self._listeners[port] = accept
        for watch in tuple(self._watches):
            if watch.port == port:
                self._loop.call_soon(self._tell, watch)

    def dial(self, port: int, on_wire: Callable[[RehearsalWire | None], None]) -> None:
        """Connect; None if nobody listens there."""
        self._loop.call_soon(self._connect, port, on_wire)

    def _connect(self, port: int, on_wire: Callable[[RehearsalWire | None], None]) -> None:
        accept = self._listeners.get(port)
        if port in self._silent:
            self._hanging.setdefault(port, []).append(on_wire)
        elif accept is None:
            on_wire(None)
        else:
            near, far = RehearsalWire.pair(self._loop)
            accept(far)
            on_wire(near)

    def watch(self, port: int, on_change: Callable[[str | None], None]) -> "Watch":
        """Hear when a port comes into use, and out of it."""
        watch = Watch(port, on_change, self._watches)
        self._watches.append(watch)
        self._loop.call_soon(self._tell, watch)
        return watch

    def _tell(self, watch: "Watch") -> None:
        watch.tell(is_open=watch.port in self._listeners)


class Watch:
    """One port somebody wants to hear about."""

    def __init__(self, port: int, on_change: Callable[[str | None], None], among: "list[Watch]") -> None:
        self.port = port
        self._on_change = on_change
        self._among = among
        self._state: Literal["open", "shut"] = "shut"

    def tell(self, *, is_open: bool) -> None:
        """The port's state; what is no news is not told."""
        state: Literal["open", "shut"] = "open" if is_open else "shut"
        if state != self._state and self in self._among:
            self._state = state
            self._on_change("127.0.0.1" if is_open else None)

    def cancel(self) -> None:
        """Hear no more."""
        if self in self._among:
            self._among.remove(self)
