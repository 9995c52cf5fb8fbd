"""The end of a scenario's servers: asked, given a grace, and killed with all that is left of them."""

import asyncio

from lab.runner.engine import Engine
from lab.runner.futures import settle
from lab.runner.servers import Server
from lab.runner.stage import Stage
from lab.world.base import Troupe

GRACE, PROMPT = 0.5, 0.1
"""Seconds that a server has to end when it is asked to; and in which it does, unless it hangs."""


async def stop(stage: Stage, engine: Engine, troupe: Troupe, gate: asyncio.Semaphore) -> None:
    """End all servers; the gate is held, and no other scenario starts or ends, as long as they do it promptly.

    Where it must be waited for, the servers stand still meanwhile: the scenario is over, and what they would do now is
    not to be judged.
    """
    living = [server for server in engine.servers.values() if server.alive]
    frozen = living if gate.locked() else []
    for server in frozen:
        server.signal("STOP", "lab")
    async with gate:
        for server in living:
            server.signal("TERM", "lab")
        for server in frozen:
            server.signal("CONT", "lab")
        if await _all_ended(stage, living, PROMPT):
            await _take_down(stage, engine, troupe)
            return
    await _all_ended(stage, living, GRACE - PROMPT)
    for server in living:
        server.signal("KILL", "lab")
    await _take_down(stage, engine, troupe)


async def _all_ended(stage: Stage, servers: list[Server], within: float) -> bool:
    """Whether all have ended within so many seconds."""
    over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def look(_: object = None) -> None:
        if not any(server.alive for server in servers):
            settle(over, None)

    stage.history.listeners.append(look)
    timer = stage.later(stage.world.now() + within, lambda: settle(over, None))
    look()
    await over
    timer.cancel()
    stage.history.listeners.remove(look)
    return not any(server.alive for server in servers)


async def _take_down(stage: Stage, engine: Engine, troupe: Troupe) -> None:
    """End what else there is of processes, and close all links."""
    try:
        remnants = await troupe.end()
    finally:
        stage.silence()
        for link in engine.links.values():
            link.close()
    for remnant in remnants:
        stage.record("remained", server=remnant.server, pid=remnant.pid, command=remnant.command)
