"""Many scenarios at once: on the real clock they mostly wait, so they overlap; on the jump clock a crew runs them.

Launches are gated, and what takes long is launched first. What the jump clock cannot serve, where the user left the
choice to the lab, comes after what it can, on the real clock. Scenarios that must run alone come after the others, one
by one; then every inconclusive one is run again beside a few others, and if it is so once more, alone, before anything
is said of it. More may be submitted while others run: alone means that no other runs, and those that come meanwhile
wait for it.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace

from lab.result import ScenarioResult
from lab.runner.attempt import INTERRUPTED, Attempts
from lab.runner.crew import Crew
from lab.runner.finishing import Finish, Run
from lab.runner.foresight import foreseen
from lab.runner.options import Options
from lab.scenario.model import Profile, Scenario
from lab.verdict import Verdict
from lab.world.real.world import RealWorld

ENOUGH_REFUSALS = 3
"""Scenarios that the jump clock could not serve, after which it is not asked again if it served no more than these."""
COMPANY = 8
"""How many inconclusive scenarios are repeated at once: they mostly wait, and few disturb each other little."""
Ended = Callable[[Run], None]


@dataclass
class Batch:
    """The scenarios of one run.

    Args:
        world: Where they run on the real clock.
        profile: Whose system.
        on_end: Told of each scenario's run as soon as its result stands.
        crew: Who runs them on the jump clock; None: nobody does.
        finisher: What judges those of the real clock; None: the lab does it between two messages.
        one_by_one: Whether each must be alone, as their servers have the same ports.
    """

    world: RealWorld
    profile: Profile
    options: Options
    on_end: Ended
    crew: Crew | None = None
    finisher: Finish | None = None
    one_by_one: bool = False
    results: list[ScenarioResult] = field(default_factory=list)
    interrupted: bool = False
    _ended_because: str = ""
    _to_jump: list[Scenario] = field(default_factory=list)
    _fresh: list[Scenario] = field(default_factory=list)
    _alone: list[Scenario] = field(default_factory=list)
    _again: list[tuple[Scenario, Run]] = field(default_factory=list)
    _once_more: list[tuple[Scenario, Run]] = field(default_factory=list)
    _refused: dict[str, str] = field(default_factory=dict)
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)
    _broken: list[BaseException] = field(default_factory=list)
    _open: bool = False
    _quiet: bool = False
    _jumping: int = 0
    _jumped: int = 0
    _untried: int = 0

    def __post_init__(self) -> None:
        self._attempts = Attempts(self.world, self.profile, self.options, self.finisher)
        self._slots = asyncio.Semaphore(self.options.jobs)
        self._news = asyncio.Event()

    def submit(self, scenario: Scenario) -> None:
        """Have one more run: now, or, if it must be alone, when no other runs."""
        if self.one_by_one:
            scenario = scenario.model_copy(update={"alone": True})
        if self.crew is not None:
            self._to_jump.append(scenario)
        else:
            self._submit_to_real(scenario)
        self._news.set()

    def _submit_to_real(self, scenario: Scenario) -> None:
        (self._alone if scenario.alone else self._fresh).append(scenario)

    def finish(self) -> None:
        """No more will be submitted: `run` returns when all have ended."""
        self._open = False
        self._news.set()

    def stop(self) -> None:
        """End the run now: heal, stop and report what there is."""
        self.interrupted = True
        self._end(INTERRUPTED)

    def _end(self, why: str) -> None:
        self._ended_because = self._attempts.why_ended = self._ended_because or why
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
        for _, run in (*self._again, *self._once_more):
            self._publish(run)
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
        while self.crew is not None and self._to_jump and self._jumping < self.crew.room:
            self._jumping += 1
            self._start(self._jump(self.crew, self._to_jump.pop(0)))
        if self._fresh and not self._jumping:
            for scenario in sorted(self._fresh, key=foreseen, reverse=True):
                self._start(self._one(scenario))
            self._fresh.clear()
        if not self._tasks:
            self._start_in_quiet()
            self._quiet = bool(self._tasks)
        return bool(self._tasks)

    def _start_in_quiet(self) -> None:
        """Start one that must be alone; if there is none, a few repeats; if there are none, one that is alone."""
        if self._alone:
            self._start(self._one(self._alone.pop(0)))
            return
        self._again.sort(key=lambda again: again[1].result.virtual_s)  # those that last as long as each other together
        few = self._again[: min(COMPANY, self.options.jobs)] or self._once_more[:1]
        del (self._again or self._once_more)[: len(few)]
        for scenario, before in few:
            self._start(self._one(scenario, before.result, is_alone=len(few) == 1))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._broken.append(error)
            self._end("not run to its end: another scenario could not be started")
        self._news.set()

    # On the jump clock

    async def _jump(self, crew: Crew, scenario: Scenario) -> None:
        """Have the crew run a scenario; what the clock cannot serve is left to the real one, if the lab may choose."""
        try:
            run = await crew.run(scenario)
        finally:
            self._jumping -= 1
        if run.result.verdict is Verdict.SKIPPED and run.result.reason == INTERRUPTED:
            run = replace(run, result=run.result.model_copy(update={"reason": self._ended_because or INTERRUPTED}))
        is_open = run.is_for_another_clock or run.result.verdict is Verdict.ERROR
        if self.options.clock == "auto" and is_open and not self._is_over:
            self._refuse(scenario, run.result)
        else:
            self._jumped += 1
            self._publish(run)

    def _refuse(self, scenario: Scenario, result: ScenarioResult) -> None:
        said = result.reason or result.warnings[-1]
        self._refused[scenario.name] = said
        self._submit_to_real(scenario)
        if len(self._refused) >= ENOUGH_REFUSALS and len(self._refused) > self._jumped:
            self._untried += len(self._to_jump)
            for left in self._to_jump:
                self._submit_to_real(left)
            self._to_jump.clear()
            self.crew = None

    @property
    def note(self) -> str:
        """Why some ran on the real clock although the jump clock was there; empty if none did."""
        if not self._refused:
            return ""
        first, *others = dict.fromkeys(self._refused.values())
        reasons = f"{first}; and {len(others)} more such reasons" if others else first
        left = f"; then {self._untried} more were not tried on the jump clock" if self._untried else ""
        return f"{len(self._refused)} ran on the real clock after they were tried on the jump clock: {reasons}{left}"

    # On the real clock

    async def _one(self, scenario: Scenario, before: ScenarioResult | None = None, *, is_alone: bool = False) -> None:
        """Run a scenario, or repeat it after a run `before` that was inconclusive."""
        async with self._slots:
            run = await self._attempts.once(scenario)
        if before is not None:
            said = "; ".join(finding.sentence for finding in before.broken[:1])
            how = "alone" if is_alone else "beside few others"
            run = _warned(run, f"This is the repeat, {how}, of a run beside others that was inconclusive: {said}")
            run = replace(run, result=run.result.model_copy(update={"lonely": is_alone}))
        if scenario.name in self._refused:
            run = _warned(run, f"Before this it was tried on the jump clock: {self._refused[scenario.name]}")
        if run.result.verdict != Verdict.INCONCLUSIVE or is_alone:
            self._publish(run)
        elif before is None and not scenario.alone:
            self._again.append((scenario, run))
        else:
            self._once_more.append((scenario, run))

    def _publish(self, run: Run) -> None:
        self.results.append(run.result)
        self.on_end(run)
        if self.options.stop_at_first and run.result.verdict in (Verdict.FAILED, Verdict.ERROR):
            self._end(f"not run to its end: {run.result.name} {run.result.verdict}, and -x stops at the first")


def _warned(run: Run, warning: str) -> Run:
    """The run with one more warning, which is still to be saved and drawn."""
    result = run.result.model_copy(update={"warnings": (*run.result.warnings, warning)})
    return replace(run, result=result, parts={}, is_saved=False)
