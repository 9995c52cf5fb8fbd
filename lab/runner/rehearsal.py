"""Rehearsing a scenario: it is played by ideal servers on an imagined network, in which no time is lost.

What an ideal system does is what the contract demands. So a scenario that an ideal system fails expects what cannot be;
a fault that does not fire there meets no query; and one that ends otherwise when every deed takes a little longer, as
the contract allows, depends on less than its tolerance.
"""

import asyncio
from dataclasses import dataclass

from lab.errors import LabTrouble
from lab.expectation import NOT_FOUND
from lab.history import History
from lab.result import ScenarioResult
from lab.runner.conduct import Conductor
from lab.runner.options import Options
from lab.runner.stage import Stage
from lab.runner.verdicts import judged, plan_of
from lab.scenario.model import Client, Profile, Scenario, ServerSpec
from lab.world.rehearsal.pace import Pace
from lab.world.rehearsal.world import LS, NONE, TS, RehearsalWorld


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a rehearsal came to; `trouble` says why it came to no end, and is empty if it did."""

    result: ScenarioResult
    history: History
    trouble: str = ""


def rehearse(scenario: Scenario, profile: Profile, lag: float = 0.0) -> Rehearsal:
    """Play a scenario with ideal servers in the places of a profile's.

    Args:
        scenario: What is played.
        profile: Whose servers' places and links.
        lag: Seconds that LS takes for each of its deeds.
    """
    world = RehearsalWorld(Pace(lag, scenario.gives_up))
    try:
        folder = world.scratch / scenario.name
        stage = Stage(world, _played(scenario), _cast(scenario, profile), folder, seed=0, launch="exec")
        return world.run(_conducted(world, stage))
    finally:
        world.close()


async def _conducted(world: RehearsalWorld, stage: Stage) -> Rehearsal:
    conductor = Conductor(stage, await world.troupe(stage.folder), asyncio.Semaphore())
    trouble = ""
    try:
        await conductor.conduct()
    except (LabTrouble, asyncio.CancelledError) as error:
        trouble = str(error) or "it was cancelled"
    planned = plan_of(stage.scenario, stage.profile, conductor.recovery)
    result = judged(stage.scenario, planned, stage.history, Options(), clock=world.clock)
    return Rehearsal(result, stage.history, trouble or "; ".join(world.bugs[:1]))


def _played(scenario: Scenario) -> Scenario:
    """The scenario with the lab's own clients only, as a program has no place on an imagined network.

    Ideal servers have no words of their own, so nothing is asked of these.
    """
    clients = tuple(Client(name=client.name, steps=client.steps) for client in scenario.clients)
    programs = {client.name for client in scenario.clients if client.by == "program"}
    checks = tuple(
        entry
        for entry in scenario.checks
        if not entry.check.hears_words and getattr(entry.check, "client", None) not in programs
    )
    return scenario.model_copy(update={"clients": clients, "checks": checks})


def _cast(scenario: Scenario, profile: Profile) -> Profile:
    """The profile with an ideal server in each place; options tell it nothing, as it knows what it is to do."""
    refused = {server: status for entry in scenario.checks for server, status in entry.check.refused.items()}
    upstreams = profile.upstreams
    servers = tuple(_ideal(spec, refused.get(spec.name), is_ts=spec in upstreams) for spec in profile.servers)
    return profile.model_copy(update={"servers": servers, "client": None, "protocol": "line", "not_found": NOT_FOUND})


def _ideal(spec: ServerSpec, status: int | None, *, is_ts: bool) -> ServerSpec:
    words = (TS, "{port}", "{table}") if is_ts else (LS, "{port}", *(f"{{{name}.port}}" for name in spec.dials))
    plain = {"options": {}, "copy_of": "", "environment": {}, "pause": 0.0, "port": 0, "knows": ()}
    return spec.model_copy(update={"run": words if status is None else (NONE, str(status)), **plain})
