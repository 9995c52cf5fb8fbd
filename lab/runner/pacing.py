"""Wires on which messages have no ends: they are written apart, so that one read does not bring two of them.

On the jump clock everybody has read what there was before any time goes by; on the real clock a gap of some
milliseconds lets all but a very busy program do so, and is short of what any promise of the contract allows.
"""

from collections import deque
from collections.abc import Callable

from lab.world.base import OnData, OnEnd, Timer, Wire

Later = Callable[[float, Callable[[], None]], Timer]


class PacedWire:
    """A wire that lets some time go by between one write and the next.

    Args:
        wire: What carries them.
        gap: Seconds between two writes.
        now: The time in seconds.
        later: Does something at a time.
    """

    def __init__(self, wire: Wire, gap: float, now: Callable[[], float], later: Later) -> None:
        self._wire = wire
        self._gap = gap
        self._now = now
        self._later = later
        self._waiting: deque[Callable[[], object]] = deque()
        self._kept = 0
        self._free = 0.0
        self._timer: Timer | None = None
        self.mute, self.narrow = wire.mute, wire.narrow

    def listen_to(self, on_data: OnData, on_end: OnEnd) -> None:
        """Hear of bytes as they come."""
        self._wire.listen_to(on_data, on_end)

    def write(self, data: bytes) -> bool:
        """Send a message, at once or when the gap is over; False if the connection is known to be dead."""
        if self._timer is None and self._now() >= self._free:
            return self._send(data)
        self._kept += len(data)
        self._enqueue(lambda: self._send_kept(data))
        return True

    def _send(self, data: bytes) -> bool:
        self._free = self._now() + self._gap
        return self._wire.write(data)

    def _send_kept(self, data: bytes) -> None:
        self._kept -= len(data)
        self._send(data)

    def _enqueue(self, do: Callable[[], object]) -> None:
        self._waiting.append(do)
        self._await_turn()

    def _await_turn(self) -> None:
        if self._timer is None and self._waiting:
            self._timer = self._later(self._free, self._take_turn)

    def _take_turn(self) -> None:
        self._timer = None
        self._waiting.popleft()()
        self._await_turn()

    def finish(self) -> None:
        """FIN, behind what waits."""
        self._after_all(self._wire.finish)

    def close(self) -> None:
        """Close, behind what waits; nothing more is heard."""
        self._wire.listen_to(lambda _data, _at: None, lambda _how, _at: None)
        self._after_all(self._wire.close)

    def _after_all(self, do: Callable[[], None]) -> None:
        if self._waiting or self._timer is not None:
            self._enqueue(do)
        else:
            do()

    def reset(self) -> None:
        """RST at once; what waits is lost."""
        self._waiting.clear()
        if self._timer is not None:
            self._timer.cancel()
        self._wire.reset()

    @property
    def unread(self) -> int:
        """Bytes that have come and were not read."""
        return self._wire.unread

    @property
    def unsent(self) -> int:
        """Bytes written that the kernel has not taken yet."""
        return self._wire.unsent + self._kept
