"""Wires of a system that does not speak as the lab does: what is on them is translated, so that all else knows lines.

The lab's own clients speak as the lab does. What is between them and LS's proxy is never seen by the system.
"""

from collections.abc import Callable, Sequence

from lab.protocols.base import PROTOCOLS, Translator
from lab.protocols.manners import DONE, Farewell, Greeting
from lab.scenario.model import Profile, Speech
from lab.world.base import End, OnData, OnEnd, Wire


def translators(
    speech: Speech | None, profile: Profile, party: str, greet: Callable[[bytes], object] | None
) -> list[Translator]:
    """Fresh ones for the end of a connection that a party of the system has, the nearest to the wire first.

    Args:
        speech: What that party speaks; None for the lab's own clients, which need none.
        profile: The system with its manners.
        party: Whose end it is, `ls` or `ann`.
        greet: Gets what LS says before a client asks; None where no client is at the other end.
    """
    if speech is None:
        return []
    protocol = PROTOCOLS[speech.protocol](speech.message_bytes).translator()
    found: list[Translator] = [protocol] if protocol else []
    if profile.farewell not in (DONE, ""):
        found.append(Farewell(profile.farewell))
    if profile.greeting and party == profile.front and greet is not None:
        found.append(Greeting(profile.greeting, greet))
    return found


class SpokenWire:
    """A wire whose bytes are translated on their way.

    Args:
        wire: What carries them.
        chain: Translators for this end of this connection alone, the nearest to the wire first.
    """

    def __init__(self, wire: Wire, chain: Sequence[Translator]) -> None:
        self._wire = wire
        self._chain = chain
        self.finish, self.close, self.reset = wire.finish, wire.close, wire.reset
        self.mute, self.narrow = wire.mute, wire.narrow

    def listen_to(self, on_data: OnData, on_end: OnEnd) -> None:
        """Hear of lines; what came of a message that its sender did not end is heard before the end."""

        def hear(data: bytes, at: float) -> None:
            lines = self._inward(data)
            if lines:
                on_data(lines, at)

        def hear_end(how: End, at: float) -> None:
            rest = self._at_end()
            if rest:
                on_data(rest, at)
            on_end(how, at)

        self._wire.listen_to(hear, hear_end)

    def _inward(self, data: bytes) -> bytes:
        for translator in self._chain:
            data = translator.inward(data) if data else data
        return data

    def _at_end(self) -> bytes:
        rest = b""
        for translator in self._chain:
            rest = (translator.inward(rest) if rest else b"") + translator.at_end()
        return rest

    def write(self, data: bytes) -> bool:
        """Send lines, or parts of them."""
        pieces = [data]
        for translator in reversed(self._chain):
            pieces = [out for piece in pieces for out in translator.outward(piece)]
        return all(self._wire.write(piece) for piece in pieces)

    @property
    def unread(self) -> int:
        """Bytes that have come and were not read."""
        return self._wire.unread

    @property
    def unsent(self) -> int:
        """Bytes written that the kernel has not taken yet."""
        return self._wire.unsent
