"""Many scenarios at once: they mostly wait, so they overlap, and a run takes about as long as its longest scenario.

Launches are gated. Scenarios that must run alone come after the others, one by one; then every inconclusive one is
run again, alone, before anything is said of it. More may be submitted while others run: alone means that no other
runs, and those that come meanwhile wait for it.
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
from lab.scenario.model import Client, Profile, Scenario
from lab.scenario.planning import unsuited
from lab.verdict import Verdict
from lab.world.real.limits import Room, words_of
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
    _ended_because: str = ""
    _fresh: list[Scenario] = field(default_factory=list)
    _alone: list[Scenario] = field(default_factory=list)
    _again: list[tuple[Scenario, Run]] = field(default_factory=list)
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)
    _broken: list[BaseException] = field(default_factory=list)
    _open: bool = False
    _quiet: bool = False
    _runs: int = 0

    def __post_init__(self) -> None:
        self._gate = asyncio.Semaphore(LAUNCHES)
        self._slots = asyncio.Semaphore(self.options.jobs)
        self._room = Room()
        self._news = asyncio.Event()

    def submit(self, scenario: Scenario) -> None:
        """Have one more run: now, or, if it must be alone, when no other runs."""
        (self._alone if scenario.alone else self._fresh).append(scenario)
        self._news.set()

    def finish(self) -> None:
        """No more will be submitted: `run` returns when all have ended."""
        self._open = False
        self._news.set()

    def stop(self) -> None:
        """End the run now: heal, stop and report what there is."""
        self.interrupted = True
        self._end(INTERRUPTED)

    def _end(self, why: str) -> None:
        self._ended_because = self._ended_because or why
        for task in self._tasks:
            task.cancel()
        self._news.set()

    async def run(self, scenarios: Sequence[Scenario], *, more: bool = False) -> None:
        """Run all: together, then those that must be alone, then the inconclusive ones again.

        Args:
            scenarios: What is there to begin with.
            more: Whether more may be submitted, until `finish`.
        """
        self._open = more
        for scenario in scenarios:
            self.submit(scenario)
        while self._start_what_may() or self._is_awaiting_more:
            await self._news.wait()
            self._news.clear()
        for _, run in self._again:
            self._publish(*run)
        if self._broken:
            raise self._broken[0]

    @property
    def _is_over(self) -> bool:
        return bool(self._ended_because or self._broken)

    @property
    def _is_awaiting_more(self) -> bool:
        return self._open and not self._is_over

    def _start_what_may(self) -> bool:
        """Start what may run now; False if nothing does."""
        self._quiet = self._quiet and bool(self._tasks)
        if self._is_over or self._quiet:
            return bool(self._tasks)
        while self._fresh:
            self._start(self._fresh.pop(0))
        if not self._tasks and (self._alone or self._again):
            self._quiet = True
            if self._alone:
                self._start(self._alone.pop(0))
            else:
                scenario, (first, _, _) = self._again.pop(0)
                self._start(scenario, after=first)
        return bool(self._tasks)

    def _start(self, scenario: Scenario, *, after: ScenarioResult | None = None) -> None:
        task = asyncio.ensure_future(self._one(scenario, after))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._broken.append(error)
            self._end("not run to its end: another scenario could not be started")
        self._news.set()

    async def _one(self, scenario: Scenario, first: ScenarioResult | None) -> None:
        """Run a scenario, or repeat it alone after a first, inconclusive run."""
        async with self._slots:
            result, history, planned = await self._attempt(scenario)
        if first is not None:
            said = "; ".join(finding.sentence for finding in first.broken[:1])
            warning = f"This is the repeat, alone, of a run beside others that was inconclusive: {said}"
            result = result.model_copy(update={"lonely": True, "warnings": (*result.warnings, warning)})
        if result.verdict == Verdict.INCONCLUSIVE and first is None:
            self._again.append((scenario, (result, history, planned)))
        else:
            self._publish(result, history, planned)

    def _publish(self, result: ScenarioResult, history: History, planned: Plan) -> None:
        self.results.append(result)
        self.on_end(result, history, planned)
        if self.options.stop_at_first and result.verdict in (Verdict.FAILED, Verdict.ERROR):
            self._end(f"not run to its end: {result.name} {result.verdict}, and -x stops at the first")

    async def _attempt(self, scenario: Scenario) -> Run:
        """Run one scenario once; whatever goes wrong is in its result, but bad input stops the run."""
        start = self.world.now()
        self._runs += 1
        folder = self.world.scratch / f"{self._runs}-{scenario.name}"
        options = self.options
        stage = Stage(self.world, scenario, self.profile, folder, seed=options.seed, launch=options.launch)
        cannot = unsuited(scenario, self.profile)
        if cannot:
            return self._unjudged(scenario, stage, cannot, 0.0, Verdict.SKIPPED), stage.history, self._plan(scenario)
        recovery, reason, bugs = None, "", len(self.world.bugs)
        try:
            async with self._room.of(files_for(scenario, self.profile)):
                conductor = Conductor(stage, await self.world.troupe(folder), self._gate)
                await conductor.conduct()
                recovery, start = conductor.recovery, conductor.began
        except asyncio.CancelledError as cancelled:
            reason = self._ended_because or str(cancelled) or "cancelled"
        except LabTrouble as trouble:
            reason = str(trouble)
        except (BadInput, KeyboardInterrupt):
            raise
        except Exception as bug:  # noqa: BLE001 - a bug of the lab is its own trouble, and ends no other scenario
            reason = words_of(bug)
            stage.record("trouble", text=traceback.format_exc())
        if not reason and len(self.world.bugs) > bugs:
            reason = self.world.bugs[bugs]
        planned = self._plan(scenario, recovery)
        wall = round(self.world.now() - start, 4)
        if reason:
            verdict = Verdict.SKIPPED if reason == self._ended_because else Verdict.ERROR
            return self._unjudged(scenario, stage, reason, wall, verdict), stage.history, planned
        result = judged(scenario, planned, stage.history, options, wall_s=wall, clock=self.world.clock)
        return result, stage.history, planned

    def _plan(self, scenario: Scenario, recovery: Client | None = None) -> Plan:
        return plan_of(scenario, self.profile, recovery)

    def _unjudged(self, scenario: Scenario, stage: Stage, reason: str, wall: float, verdict: Verdict) -> ScenarioResult:
        stage.record("trouble", text=reason)
        return described(scenario, self.options).model_copy(
            update={"verdict": verdict, "reason": reason, "wall_s": wall, "clock": self.world.clock}
        )


def files_for(scenario: Scenario, profile: Profile) -> int:
    """Open files the lab will need for a scenario: pipes, doors, and both ends of every connection, twice over."""
    dials = sum(len(server.dials) for server in profile.start_order)
    clients = len(scenario.clients) + 1
    return 2 * (len(profile.start_order) + clients + dials + clients * (2 + 2 * dials))
