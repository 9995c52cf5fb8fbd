"""Many scenarios at once: they mostly wait, so they overlap, and a run takes about as long as its longest scenario.

Launches are gated. Scenarios that must run alone come after the others, one by one; then every inconclusive one is
run again, alone, before anything is said of it.
"""

import asyncio
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from lab.errors import BadInput, LabTrouble
from lab.evidence import Plan
from lab.history import History
from lab.result import ScenarioResult
from lab.runner.conduct import Conductor
from lab.runner.options import Options
from lab.runner.stage import Stage
from lab.runner.verdicts import described, judged, plan_of
from lab.scenario.model import Profile, Scenario
from lab.verdict import Verdict
from lab.world.real.world import RealWorld

LAUNCHES = 2
INTERRUPTED = "interrupted"
Ended = Callable[[ScenarioResult, History, Plan], None]
Run = tuple[ScenarioResult, History, Plan]


@dataclass
class Batch:
    """The scenarios of one run.

    Args:
        world: Where they run.
        profile: Whose system.
        on_end: Told of each scenario's result as soon as it stands.
    """

    world: RealWorld
    profile: Profile
    options: Options
    on_end: Ended
    results: list[ScenarioResult] = field(default_factory=list)
    interrupted: bool = False
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)
    _runs: int = 0

    def __post_init__(self) -> None:
        self._gate = asyncio.Semaphore(LAUNCHES)
        self._slots = asyncio.Semaphore(self.options.jobs)

    def stop(self) -> None:
        """End the run now: heal, stop and report what there is."""
        self.interrupted = True
        for task in self._tasks:
            task.cancel()

    async def run(self, scenarios: Sequence[Scenario]) -> None:
        """Run all: together, then those that must be alone, then the inconclusive ones again."""
        again: list[Scenario] = []
        await self._together([scenario for scenario in scenarios if not scenario.alone], again)
        for scenario in (scenario for scenario in scenarios if scenario.alone):
            await self._together([scenario], again)
        for scenario in again:
            await self._together([scenario], None)

    async def _together(self, scenarios: Sequence[Scenario], again: list[Scenario] | None) -> None:
        self._tasks = {asyncio.ensure_future(self._one(scenario, again)) for scenario in scenarios}
        if self.interrupted:
            self.stop()
        if self._tasks:
            await asyncio.wait(self._tasks)
        for task in self._tasks:
            if not task.cancelled():
                task.result()

    async def _one(self, scenario: Scenario, again: list[Scenario] | None) -> None:
        async with self._slots:
            result, history, planned = await self._attempt(scenario)
        if result.verdict == Verdict.INCONCLUSIVE and again is not None and not self.interrupted:
            again.append(scenario)
            return
        if again is None:
            result = result.model_copy(update={"lonely": True})
        self.results.append(result)
        self.on_end(result, history, planned)
        if self.options.stop_at_first and result.verdict in (Verdict.FAILED, Verdict.ERROR):
            self.stop()

    async def _attempt(self, scenario: Scenario) -> Run:
        """Run one scenario once; whatever goes wrong is in its result, but bad input stops the run."""
        start = self.world.now()
        self._runs += 1
        folder = self.world.scratch / f"{self._runs}-{scenario.name}"
        options = self.options
        stage = Stage(self.world, scenario, self.profile, folder, seed=options.seed, launch=options.launch)
        recovery, reason = None, ""
        try:
            conductor = Conductor(stage, await self.world.troupe(folder), self._gate)
            await conductor.conduct()
            recovery = conductor.recovery
        except asyncio.CancelledError as cancelled:
            reason = INTERRUPTED if self.interrupted else str(cancelled)
        except LabTrouble as trouble:
            reason = str(trouble)
        except (BadInput, KeyboardInterrupt):
            raise
        except Exception as bug:  # noqa: BLE001 - a bug of the lab is its own trouble, and ends no other scenario
            reason = f"a bug of the lab: {type(bug).__name__}: {bug}"
            stage.record("trouble", text=traceback.format_exc())
        planned = plan_of(scenario, self.profile, recovery)
        wall = round(self.world.now() - start, 4)
        if reason:
            return self._unjudged(scenario, stage, reason, wall), stage.history, planned
        result = judged(scenario, planned, stage.history, options, wall_s=wall, clock=self.world.clock)
        return result, stage.history, planned

    def _unjudged(self, scenario: Scenario, stage: Stage, reason: str, wall: float) -> ScenarioResult:
        stage.record("trouble", text=reason)
        verdict = Verdict.SKIPPED if reason == INTERRUPTED else Verdict.ERROR
        return described(scenario, self.options).model_copy(
            update={"verdict": verdict, "reason": reason, "wall_s": wall, "clock": self.world.clock}
        )
