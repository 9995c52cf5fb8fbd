"""A submission, tried: each program by itself, with the lab in place of the others."""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from lab.errors import BadInput
from lab.runner.futures import all_of
from lab.runner.trying.clients import watch_client
from lab.runner.trying.fronts import leave, miss, speak
from lab.runner.trying.stand import Stand
from lab.runner.trying.system import begun
from lab.runner.trying.tops import ask_top
from lab.survey.arguments import Layout, command, layouts_of_client, layouts_of_front, layouts_of_top
from lab.survey.framing import RAW, Framing, framing_of
from lab.survey.guesses import farewells, framings
from lab.survey.programs import Cast, Program
from lab.survey.seen import Answered, Asked, Left, Missed, Seen, Server, Spoken
from lab.survey.telling import choose
from lab.world.base import World

T = TypeVar("T")
MOST_FAREWELLS = 3
USUAL_NAMES, USUAL_WORDING = "PROJ2-HNS.txt", "{name} - Error:HOST NOT FOUND"


def server(program: Program, name: str, layout: Layout) -> Server:
    """How a program is started as a server of this name."""
    reads = program.first("reads")
    port = program.first("own port") if not layout.words else None
    table = reads.value if reads and "{table}" not in layout.words else ""
    return Server(name, command(program, layout), table, int(port.value) if port else 0)


class Surveyor:
    """Tries the programs of one submission.

    Args:
        folder: The submission; it is not changed.
    """

    def __init__(self, world: World, folder: Path, scratch: Path, parts: Cast) -> None:
        assert parts.front is not None
        self._world = world
        self._folder = folder
        self._scratch = scratch
        self._parts = parts
        self._front = parts.front
        self._numbers = count()
        self._is_alone = bool(self._front.first("own port") and not layouts_of_front(self._front)[0].words)

    async def seen(self) -> Seen:
        """Everything that could be seen."""
        seen = Seen()
        if self._is_alone:  # its ports are its own: one after the other
            seen.tops = await self._tops(RAW)
            await self._speak(seen)
        else:
            _, seen.asked = await all_of([self._speak(seen), self._client()])
        seen.framing = choose(seen)
        if seen.framing is not None:
            await self._listen_on(seen, seen.framing)
        if not self._is_alone:
            session = seen.session
            seen.tops = await self._tops(_heard(session) or seen.framing or RAW)
        return seen

    async def _at(self, work: Callable[[Stand], Awaitable[T]]) -> T:
        """A try of its own."""
        async with Stand(self._world, self._folder, self._scratch / f"try{next(self._numbers)}") as stand:
            return await work(stand)

    async def _each(self, works: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
        """Side by side; or one after the other where they would be in each other's way."""
        return [await work for work in works] if self._is_alone else await all_of(works)

    # LS

    async def _speak(self, seen: Seen) -> None:
        """Find the order of arguments in which LS listens and dials, and speak to it in every framing."""
        for layout in layouts_of_front(self._front):
            tried = await self._each([self._session(layout, framing) for framing in self._framings()])
            if not seen.spoken or any(not spoken.trouble for spoken in tried):
                seen.spoken = tried
            if any(spoken.reply for spoken in tried):
                seen.layout = layout
                return

    def _framings(self) -> list[Framing]:
        programs = [self._front, *self._parts.tops, *filter(None, [self._parts.client])]
        return framings(programs)

    def _servers(self) -> dict[str, Server]:
        """The TSes as they are started where their ports are their own."""
        found = zip(("ts1", "ts2"), self._parts.tops, strict=False)
        return {name: server(top, name, layouts_of_top(top, name)[0]) for name, top in found}

    async def _session(self, layout: Layout, framing: Framing) -> Spoken:
        async def work(stand: Stand) -> Spoken:
            system = await begun(stand, server(self._front, "ls", layout), self._servers())
            return (await speak(system, framing))[0]

        try:
            return await self._at(work)
        except BadInput as bad:
            return Spoken(framing, trouble=str(bad))

    async def _listen_on(self, seen: Seen, framing: Framing) -> None:
        """What it says of a name that nobody knows, and to every word that may be a farewell."""
        layout = seen.layout
        assert layout is not None
        words = self._words(seen)
        lefts = [self._left(layout, framing, word) for word in words]
        if self._is_alone:
            seen.lefts = [await left for left in lefts]
            seen.missed = await self._missed(layout, framing)
            return

        async def leaving() -> None:
            seen.lefts = await all_of(lefts)

        async def missing() -> None:
            seen.missed = await self._missed(layout, framing)

        await all_of([leaving(), missing()])

    def _words(self, seen: Seen) -> list[str]:
        """What may end a session: what the client said, or else what stands in the texts, or no word at all."""
        if seen.asked is not None and seen.asked.farewell is not None:
            return list(dict.fromkeys([seen.asked.farewell, ""]))
        programs = [*filter(None, [self._parts.client]), self._front]
        read = [fact.value.strip(" \0\r\n") for program in programs for fact in farewells(program)]
        return list(dict.fromkeys([*read[:MOST_FAREWELLS], "done", ""]))

    async def _left(self, layout: Layout, framing: Framing, word: str) -> Left:
        async def work(stand: Stand) -> Left:
            system = await begun(stand, server(self._front, "ls", layout), self._servers())
            return await leave(system, framing, word)

        return await self._at(work)

    async def _missed(self, layout: Layout, framing: Framing) -> Missed:
        async def work(stand: Stand) -> Missed:
            system = await begun(stand, server(self._front, "ls", layout), self._servers())
            return await miss(stand, system, framing)

        return await self._at(work)

    # The others

    async def _tops(self, framing: Framing) -> dict[str, Answered]:
        parts = list(self._parts.tops)
        named = list(zip(("ts1", "ts2"), parts, strict=False))
        tried = await self._each([self._top(name, top, framing) for name, top in named])
        return {answered.server.name: answered for answered in tried}

    async def _top(self, name: str, top: Program, framing: Framing) -> Answered:
        """The first order of arguments in which it answers, or else the first in which it listens."""
        tried: list[Answered] = []
        for layout in layouts_of_top(top, name):
            tried.append(await self._answered(server(top, name, layout), layout, framing))
            if tried[-1].reply:
                return tried[-1]
        return next((one for one in tried if not one.trouble), tried[0])

    async def _answered(self, top: Server, layout: Layout, framing: Framing) -> Answered:
        async def work(stand: Stand) -> Answered:
            return await ask_top(stand, top, layout, framing)

        try:
            return await self._at(work)
        except BadInput as bad:
            return Answered(top, layout, framing, trouble=str(bad))

    async def _client(self) -> Asked | None:
        """The first order of arguments in which the client dials and asks."""
        client = self._parts.client
        tried: list[Asked] = []
        for layout in layouts_of_client(client) if client else ():
            assert client is not None
            tried.append(await self._asked(client, layout))
            if tried[-1].framing is not None:
                return tried[-1]
        return next(iter(tried), None)

    async def _asked(self, client: Program, layout: Layout) -> Asked:
        names = client.first("reads")

        async def work(stand: Stand) -> Asked:
            words = command(client, layout)
            return await watch_client(stand, words, layout, names.value if names else USUAL_NAMES, USUAL_WORDING)

        try:
            return await self._at(work)
        except BadInput as bad:
            return Asked(layout, trouble=str(bad))


def _heard(session: Spoken | None) -> Framing | None:
    """The framing in which LS asks its TSes."""
    return framing_of(session.forwarded) if session is not None and session.forwarded else None
