"""Wires of a system that does not speak in lines: what is on them is translated, so that all else knows lines only."""

from lab.protocols.base import Translator
from lab.world.base import End, OnData, OnEnd, Wire


class SpokenWire:
    """A wire whose bytes are translated on their way.

    Args:
        wire: What carries them.
        translator: Fresh, for this end of this connection alone.
    """

    def __init__(self, wire: Wire, translator: Translator) -> None:
        self._wire = wire
        self._translator = translator
        self.finish, self.close, self.reset = wire.finish, wire.close, wire.reset
        self.mute, self.narrow = wire.mute, wire.narrow

    def listen_to(self, on_data: OnData, on_end: OnEnd) -> None:
        """Hear of lines; what came of a message that its sender did not end is heard before the end."""

        def hear(data: bytes, at: float) -> None:
            lines = self._translator.inward(data)
            if lines:
                on_data(lines, at)

        def hear_end(how: End, at: float) -> None:
            rest = self._translator.at_end()
            if rest:
                on_data(rest, at)
            on_end(how, at)

        self._wire.listen_to(hear, hear_end)

    def write(self, data: bytes) -> bool:
        """Send lines, or parts of them."""
        return self._wire.write(self._translator.outward(data))

    @property
    def unread(self) -> int:
        """Bytes that have come and were not read."""
        return self._wire.unread

    @property
    def unsent(self) -> int:
        """Bytes written that the kernel has not taken yet."""
        return self._wire.unsent
