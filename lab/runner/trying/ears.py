"""The lab's end of a connection to a program that is tried: what came, when, in which pieces."""

import asyncio
from collections.abc import Callable
from functools import partial

from lab.runner.futures import settle
from lab.survey.framing import framing_of, text_of
from lab.world.base import Door, End, Wire, World

QUIET = 0.06
"""Seconds of silence after which a message is whole: some are sent in two pieces."""


class Ear:
    """One connection."""

    def __init__(self, world: World, wire: Wire) -> None:
        self.wire = wire
        self.has_ended = False
        self._world = world
        self._heard = b""
        self._last = world.now()
        self._waiting: asyncio.Future[None] | None = None
        wire.listen_to(self._data, self._end)

    def _data(self, data: bytes, at: float) -> None:
        self._heard += data
        self._last = at
        self._tell()

    def _end(self, _how: End, _at: float) -> None:
        self.has_ended = True
        self._tell()

    def _tell(self) -> None:
        if self._waiting is not None:
            settle(self._waiting, None)

    async def _change(self, seconds: float) -> None:
        """Wait until something comes, or so many seconds have gone."""
        waiting = self._waiting = asyncio.get_running_loop().create_future()
        timer = self._world.at(self._world.now() + seconds, lambda: settle(waiting, None))
        await waiting
        timer.cancel()

    async def message(self, within: float) -> bytes:
        """What comes within so many seconds, up to the next silence; empty if nothing does."""
        deadline = self._world.now() + within
        while not (self._heard or self.has_ended) and self._world.now() < deadline:
            await self._change(deadline - self._world.now())
        while self._heard and not self.has_ended and self._world.now() < self._last + QUIET:
            await self._change(self._last + QUIET - self._world.now())
        heard, self._heard = self._heard, b""
        return heard

    async def ends(self, within: float) -> bool:
        """Whether the other end closes within so many seconds."""
        deadline = self._world.now() + within
        while not self.has_ended and self._world.now() < deadline:
            await self._change(deadline - self._world.now())
        return self.has_ended


async def dialled(world: World, host: str, port: int) -> Ear | None:
    """A connection to a program; None if it is refused."""
    made: asyncio.Future[Wire | None] = asyncio.get_running_loop().create_future()
    world.dial(host, port, partial(settle, made))
    wire = await made
    return Ear(world, wire) if wire is not None else None


class Answerer:
    """A door of the lab's own that answers as it is asked: in the framing of each query.

    Args:
        answer: The text to answer to a text; empty for silence.
    """

    def __init__(self, world: World, answer: Callable[[str], str]) -> None:
        self.door: Door = world.reserve()
        self.heard: list[bytes] = []
        self.dials: list[float] = []
        self._world = world
        self._answer = answer
        world.receive(self.door, self._receive)
        self.door.open()

    def _receive(self, wire: Wire) -> None:
        self.dials.append(self._world.now())
        pieces = bytearray()

        def hear(data: bytes, _at: float) -> None:
            if not pieces:
                self._world.at(self._world.now() + QUIET / 2, partial(self._reply, wire, pieces))
            pieces.extend(data)

        def end(_how: End, _at: float) -> None:
            if pieces:
                self._reply(wire, pieces)
            wire.close()

        wire.listen_to(hear, end)

    def _reply(self, wire: Wire, pieces: bytearray) -> None:
        if not pieces:
            return
        message = bytes(pieces)
        pieces.clear()
        self.heard.append(message)
        answer = self._answer(text_of(message))
        if answer:
            wire.write(framing_of(message).frame(answer.encode()))
