"""One attempt: a scenario run once in a world, and finished. Whatever goes wrong is in its result."""

import asyncio
import traceback
from dataclasses import replace
from typing import Any

from lab.errors import BadInput, LabTrouble
from lab.needs import Need, lacking
from lab.result import ScenarioResult
from lab.runner.conduct import Conductor
from lab.runner.finishing import Finish, Job, Run, by_oneself
from lab.runner.options import Options
from lab.runner.placing import unplaced
from lab.runner.stage import Stage
from lab.runner.trial import Trial
from lab.runner.verdicts import described, plan_of
from lab.scenario.model import FaultEntry, Profile, Scenario
from lab.scenario.suiting import unsuited, worded
from lab.verdict import Verdict
from lab.world.real.limits import Room, words_of
from lab.world.real.stock import STOCK
from lab.world.real.world import RealWorld

LAUNCHES = 1
INTERRUPTED = "interrupted"
LINGER = 0.5
"""Seconds for which all stays as it is at the end, where points hang on it: else it would be chance who ends first."""
STOCKED = STOCK + 2


class Attempts:
    """Runs scenarios in one world, several at once if it is asked to.

    Args:
        finish: What judges them.
    """

    def __init__(self, world: RealWorld, options: Options, finish: Finish | None = None) -> None:
        self.why_ended = ""
        self._world = world
        self._options = options
        self._finish = finish or by_oneself(options)
        self._gate = asyncio.Semaphore(LAUNCHES)
        self._room = Room()
        self._runs = 0
        self._tasks: set[asyncio.Task[Any]] = set()

    def stop(self) -> None:
        """End what runs now: it is not run to its end."""
        self.why_ended = INTERRUPTED
        for task in self._tasks:
            task.cancel()

    async def once(self, trial: Trial) -> Run:
        """Run a scenario on its system; bad input stops the run.

        Raises:
            BadInput: The profile's commands cannot be executed.
        """
        begin, profile = self._world.wall(), trial.profile
        scenario = worded(trial.scenario, profile)
        self._runs += 1
        folder = self._world.scratch / f"{self._runs}-{scenario.name}"
        options = self._options
        where = self._world, scenario, profile, folder
        stage = Stage(*where, seed=options.seed, launch=options.launch, isolate=options.isolate)
        stage.starts_anything = options.is_for_grades
        stage.lingers = LINGER if options.is_for_grades else 0.0
        if self.why_ended:
            skipped = self._unjudged(stage, self.why_ended, 0.0, Verdict.SKIPPED)
            return Run(skipped, stage.history, plan_of(scenario, profile, None))
        cannot = unsuited(scenario, profile) or unplaced(scenario, profile, self._world)
        lacked = self._lacked(scenario)
        if cannot or lacked:
            skipped = self._unjudged(stage, cannot or lacked, 0.0, Verdict.SKIPPED)
            return Run(skipped, stage.history, plan_of(scenario, profile, None), is_for_another_clock=not cannot)
        conductor, reason = await self._conducted(stage)
        planned = plan_of(scenario, profile, conductor.recovery if conductor else None)
        wall = round(self._world.wall() - (conductor.began if conductor and conductor.began else begin), 4)
        if reason:
            verdict = Verdict.SKIPPED if reason == self.why_ended else Verdict.ERROR
            return Run(self._unjudged(stage, reason, wall, verdict), stage.history, planned)
        return await self._finish(
            Job(replace(trial, scenario=scenario), planned, stage.history, wall, self._world.clock)
        )

    def _lacked(self, scenario: Scenario) -> str:
        """What the scenario needs and the world has not; empty if it has all."""
        faults = [(entry.kind, _needs(entry)) for entry in scenario.faults]
        checks = [(entry.kind, entry.check.needs) for entry in scenario.checks]
        why = lacking([*faults, *checks], self._world.lacks)
        return f"not on the {self._world.clock} clock: {why}" if why else ""

    async def _conducted(self, stage: Stage) -> tuple[Conductor | None, str]:
        """Conduct it; why it came to no proper end, if it did not."""
        conductor, reason, bugs = None, "", len(self._world.bugs)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            async with self._room.of(files_for(stage.scenario, stage.profile, isolate=stage.isolate)):
                conductor = Conductor(stage, await self._world.troupe(stage.folder), self._gate)
                await conductor.conduct()
        except asyncio.CancelledError as cancelled:
            reason = self.why_ended or str(cancelled) or "cancelled"
        except LabTrouble as trouble:
            reason = str(trouble)
        except (BadInput, KeyboardInterrupt):
            raise
        except Exception as bug:  # noqa: BLE001 - a bug of the lab is its own trouble, and ends no other scenario
            reason = words_of(bug)
            stage.record("trouble", text=traceback.format_exc())
        finally:
            self._tasks.discard(task)
        if not reason and len(self._world.bugs) > bugs:
            reason = self._world.bugs[bugs]
        return conductor, reason

    def _unjudged(self, stage: Stage, reason: str, wall: float, verdict: Verdict) -> ScenarioResult:
        stage.record("trouble", text=reason)
        return described(stage.scenario, self._options).model_copy(
            update={"verdict": verdict, "reason": reason, "wall_s": wall, "clock": self._world.clock}
        )


def _needs(entry: FaultEntry) -> tuple[Need, ...]:
    """What a fault needs of the world, as the scenario has it."""
    is_healed_early = entry.until is not None or entry.recovery
    return entry.fault.needs + (entry.fault.needs_to_heal if is_healed_early else ())


def files_for(scenario: Scenario, profile: Profile, *, isolate: bool = False) -> int:
    """Open files the lab will need for a scenario: pipes, doors, and both ends of every connection, twice over.

    With fixed ports, or isolated, also the sockets that each program's own network has in stock.
    """
    dials = sum(len(server.dials) for server in profile.start_order)
    clients = len(scenario.clients) + 1
    stocks = STOCKED * (len(profile.start_order) + clients) if profile.fixed_ports or isolate else 0
    return stocks + 2 * (len(profile.start_order) + clients + dials + clients * (2 + 2 * dials))
