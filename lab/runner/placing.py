"""Which ports a scenario's programs have: where some have ports that nobody can change, each has a network of its own.

So it has where programs are isolated: there is nobody there but the lab's proxies.

A server that dials another at its fixed port then meets the lab's proxy there, as that is in the dialler's network.
"""

import asyncio

from lab.errors import LabTrouble
from lab.runner.futures import lapse
from lab.runner.stage import Stage
from lab.scenario.commands import dials
from lab.scenario.model import Profile, Scenario, ServerSpec
from lab.world.base import Troupe, World

LINGERS = 75.0
"""Seconds: a port at which connections were closed is free for any server again after 60 s (Linux)."""
LOOK_AGAIN = 0.1


async def place(stage: Stage, troupe: Troupe) -> None:
    """Give each program a network of its own, where that is of use and can be had.

    Raises:
        LabTrouble: One cannot be made after all.
    """
    if not (stage.profile.fixed_ports or stage.isolate) or stage.world.no_networks:
        return
    programs = [client.name for client in stage.scenario.clients if client.by == "program"]
    programs += [server.name for server in stage.profile.servers]
    made = await asyncio.gather(*(troupe.network(name) for name in programs))
    stage.networks = dict(zip(programs, made, strict=True))


def port_of(stage: Stage, server: ServerSpec) -> int:
    """Where a server is to listen, and does so in any case if its port is fixed."""
    return server.port or _free_port(stage, server.name)


def door_port(stage: Stage, dialler: str, server: str) -> int:
    """Where the proxy of a link is to listen in its dialler's own network; 0 if it has none, so that any will do."""
    if dialler not in stage.networks:
        return 0
    spec = stage.profile.server(server)
    return spec.port if spec and server in _untold(stage.profile, dialler) else _free_port(stage, dialler)


def _untold(profile: Profile, dialler: str) -> tuple[str, ...]:
    """Those that a program dials at their fixed ports, since nobody tells it others."""
    spec = profile.server(dialler)
    if spec is not None:
        return spec.knows
    told, front = dials(profile.client.run) if profile.client else (), profile.server(profile.front)
    return (front.name,) if front is not None and front.port and front.name not in told else ()


def _free_port(stage: Stage, party: str) -> int:
    """A port for a server or a proxy that may have any, so none that others have in any case."""
    port = stage.world.free_port(stage.transport(party))
    return port if port not in stage.profile.fixed_ports else _free_port(stage, party)


async def await_free(stage: Stage, server: ServerSpec) -> None:
    """On the machine's own network: wait until a server's fixed port is free of connections that were closed there.

    Raises:
        LabTrouble: Somebody else has it.
    """
    if not server.port or server.name in stage.networks:
        return
    until = stage.world.now() + LINGERS
    while not stage.world.is_free(server.port, stage.transport(server.name)):
        if stage.world.is_taken(server.port, stage.folder) or stage.world.now() > until:
            what = f"port {server.port}, on which {server.name} always listens, is taken by another program"
            raise LabTrouble(
                f"{what}: end that, or run where network namespaces can be had ({stage.world.no_networks})"
            )
        await lapse(stage.world, LOOK_AGAIN)


def unplaced(scenario: Scenario, profile: Profile, world: World) -> str:
    """Why a scenario cannot be run without networks of the programs' own; empty if it can, or if they can be had."""
    if not profile.fixed_ports or not world.no_networks:
        return ""
    parties = [server.name for server in profile.servers]
    parties += [client.name for client in scenario.clients if client.by == "program"]
    found = ((party, peer) for party in parties for peer in _untold(profile, party))
    for party, peer in found:
        return (
            f"{party} dials {peer} at its fixed port, where no proxy can stand unless each program has a network "
            f"namespace: {world.no_networks}"
        )
    return ""
