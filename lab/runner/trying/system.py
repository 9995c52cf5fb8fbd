"""What a client dials in a try: LS, with doors of the lab behind it, or with the submission's own TSes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from lab.runner.trying.ears import Answerer, Ear, dialled
from lab.runner.trying.stand import HOST, Stand, Tried
from lab.runner.trying.words import KNOWN, LINE, OTHER, OTHER_LINE, answer_of
from lab.survey.seen import Server
from lab.world.base import World


@dataclass
class System:
    """LS as it is tried.

    Attributes:
        doors: In place of TS1 and TS2; empty where its own are started.
        at_start: How many connections there were when LS listened and nobody had come.
    """

    world: World
    ls: Tried
    doors: list[Answerer] = field(default_factory=list)
    at_start: int = 0

    async def client(self) -> Ear | None:
        """A connection to LS."""
        return await dialled(self.world, self.ls.address or HOST, self.ls.port)


async def begun(stand: Stand, front: Server, tops: Mapping[str, Server]) -> System:
    """LS, started; whether it listens is seen in it. Its own TSes are only started where the ports are fixed."""
    doors: list[Answerer] = []
    values: dict[str, str] = {}
    if front.port:
        for top in tops.values():
            await (await top_started(stand, top, {})).listens()
    else:
        for name, knows, line in (("ts1", KNOWN, LINE), ("ts2", OTHER, OTHER_LINE)):
            door = stand.answerer(partial(answer_of, knows, line))
            doors.append(door)
            values |= {f"{name}.host": HOST, f"{name}.port": str(door.door.port)}
    folder = stand.copy("ls", {})
    port = front.port or stand.world.free_port()
    system = System(stand.world, await stand.start("ls", front.words, values, port, folder), doors)
    await system.ls.listens()
    system.at_start = sum(len(door.dials) for door in doors)
    return system


async def top_started(stand: Stand, top: Server, values: Mapping[str, str]) -> Tried:
    """A TS with a table in which there are two names; whether it listens is still to be waited for."""
    file = top.table or "table.txt"
    folder = stand.copy(top.name, {file: f"{LINE if top.name == 'ts1' else OTHER_LINE}\n"})
    port = top.port or stand.world.free_port()
    given = {"table": str(folder / file), **values}
    return await stand.start(top.name, top.words, given, port, folder)
