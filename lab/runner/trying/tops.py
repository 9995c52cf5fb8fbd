"""A TS, tried: whether it starts so, and what it answers in which framing."""

from collections.abc import Mapping
from functools import partial

from lab.runner.trying.ears import dialled
from lab.runner.trying.stand import HOST, Stand
from lab.runner.trying.system import top_started
from lab.runner.trying.words import KNOWN, LINE, OTHER, answer_of
from lab.survey.arguments import Layout
from lab.survey.framing import Framing
from lab.survey.seen import Answered, Server

ANSWERS_WITHIN = 2.0


async def ask_top(stand: Stand, server: Server, layout: Layout, framing: Framing) -> Answered:
    """Start a TS, and ask it for the name that it has."""
    peer = "ts2" if server.name == "ts1" else "ts1"
    door = stand.answerer(partial(answer_of, "", LINE))
    values: Mapping[str, str] = {f"{peer}.host": HOST, f"{peer}.port": str(door.door.port)}
    tried = await top_started(stand, server, values)
    if not await tried.listens():
        return Answered(server, layout, framing, trouble=tried.complaint)
    ear = await dialled(stand.world, tried.address, tried.port)
    if ear is None:
        return Answered(server, layout, framing, trouble="it refused the connection of LS")
    ear.wire.write(framing.frame((KNOWN if server.name == "ts1" else OTHER).encode()))
    reply = await ear.message(ANSWERS_WITHIN)
    return Answered(server, layout, framing, reply=reply, needs_peer=bool(door.dials))
