"""LS, tried: which framing it is content with, what it says of a name nobody knows, how a session ends."""

from lab.runner.trying.ears import Ear
from lab.runner.trying.stand import Stand
from lab.runner.trying.system import System
from lab.runner.trying.words import KNOWN, UNKNOWN
from lab.survey.framing import Framing, text_of
from lab.survey.seen import Left, Missed, Spoken

GREETS_WITHIN = 0.4
ANSWERS_WITHIN = 2.0
PATIENCE = 13.0
"""Seconds after which LS says nothing of a name any more: two waits of five seconds in a row are over by then."""
LEAVES_WITHIN = 1.0


async def speak(system: System, framing: Framing) -> tuple[Spoken, Ear | None]:
    """Ask LS for a name that TS1 has."""
    spoken = Spoken(framing, at_start=system.at_start)
    if not system.ls.address:
        spoken.trouble = system.ls.complaint
        return spoken, None
    ear = await system.client()
    if ear is None:
        spoken.trouble = "it refused the connection of a client"
        return spoken, None
    spoken.greeting = await ear.message(GREETS_WITHIN)
    spoken.at_client = sum(len(door.dials) for door in system.doors)
    ear.wire.write(framing.frame(KNOWN.encode()))
    spoken.reply = await ear.message(ANSWERS_WITHIN)
    spoken.forwarded = next((heard for door in system.doors for heard in door.heard), b"")
    spoken.closes = ear.has_ended
    if not spoken.reply and system.ls.status is not None:
        spoken.trouble = system.ls.complaint
    return spoken, ear


async def miss(stand: Stand, system: System, framing: Framing) -> Missed:
    """Ask LS for a name that nobody knows, and wait longer than any that waits."""
    ear = await system.client() if system.ls.address else None
    if ear is None:
        return Missed("", 0.0)
    await ear.message(GREETS_WITHIN)
    begin = stand.world.now()
    ear.wire.write(framing.frame(UNKNOWN.encode()))
    reply = await ear.message(PATIENCE)
    return Missed(text_of(reply), stand.world.now() - begin)


async def leave(system: System, framing: Framing, word: str) -> Left:
    """Ask, take leave, and come again."""
    spoken, ear = await speak(system, framing)
    if ear is None or not spoken.reply:
        return Left(word, closed=False, exited=False, serves_again=False)
    if word:
        ear.wire.write(framing.frame(word.encode()))
    else:
        ear.wire.finish()
    closed = await ear.ends(LEAVES_WITHIN)
    ear.wire.close()
    if await system.ls.ends(0.3):
        return Left(word, closed=closed, exited=True, serves_again=False)
    again, _ = await speak(system, framing)
    return Left(word, closed, exited=system.ls.status is not None, serves_again=bool(again.reply))
