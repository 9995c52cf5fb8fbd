"""Many scenarios at once: on the real clock they mostly wait, so they overlap; on the jump clock a crew runs them.

Launches are gated, and what takes long is launched first. What the jump clock cannot serve, where the user left the
choice to the lab, comes after what it can, on the real clock. Scenarios that must run alone come after the others, one
by one; then every inconclusive one is run again beside a few others, and if it is so once more, alone, before anything
is said of it. One in which noise had no part is run again once, beside all such. More may be submitted while others
run: alone means that no other runs, and those that come meanwhile wait for it.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field, replace

from lab.result import ScenarioResult
from lab.runner.attempt import INTERRUPTED, Attempts
from lab.runner.confirming import BECAUSE, agree, could_be_noise
from lab.runner.crew import Crew
from lab.runner.finishing import Finish, Run
from lab.runner.foresight import foreseen
from lab.runner.options import Options
from lab.runner.trial import Trial
from lab.verdict import Verdict
from lab.world.real.world import RealWorld

ENOUGH_REFUSALS = 3
"""Trials of a system that the jump clock could not serve, after which it gets no more if it served no more of them."""
COMPANY = 8
"""How many inconclusive scenarios are repeated at once: they mostly wait, and few disturb each other little."""
Ended = Callable[[Trial, Run], None]


@dataclass
class Batch:
    """The trials of one run; each has a system of its own, and no two the same id.

    Args:
        world: Where they run on the real clock.
        on_end: Told of each trial's run as soon as its result stands.
        crew: Who runs them on the jump clock; None: nobody does.
        finisher: What judges those of the real clock; None: the lab does it between two messages.
        one_by_one: Whether each must be alone, as their servers have the same ports.
    """

    world: RealWorld
    options: Options
    on_end: Ended
    crew: Crew | None = None
    finisher: Finish | None = None
    one_by_one: bool = False
    results: list[ScenarioResult] = field(default_factory=list)
    interrupted: bool = False
    _ended_because: str = ""
    _to_jump: list[Trial] = field(default_factory=list)
    _fresh: list[Trial] = field(default_factory=list)
    _alone: list[Trial] = field(default_factory=list)
    _again: list[tuple[Trial, Run]] = field(default_factory=list)
    _once_more: list[tuple[Trial, Run]] = field(default_factory=list)
    _refused: dict[str, str] = field(default_factory=dict)
    _failed: dict[str, Run] = field(default_factory=dict)
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)
    _broken: list[BaseException] = field(default_factory=list)
    _open: bool = False
    _quiet: bool = False
    _jumping: int = 0
    _jumped: Counter[str] = field(default_factory=Counter)
    _refusals: Counter[str] = field(default_factory=Counter)
    _for_real: set[str] = field(default_factory=set)
    _doubted: set[str] = field(default_factory=set)
    _untried: int = 0

    def __post_init__(self) -> None:
        self._attempts = Attempts(self.world, self.options.for_real, self.finisher)
        self._slots = asyncio.Semaphore(self.options.jobs)
        self._news = asyncio.Event()

    def submit(self, trial: Trial) -> None:
        """Have one more run: now, or, if it must be alone, when no other runs."""
        if self.one_by_one:
            trial = replace(trial, scenario=trial.scenario.model_copy(update={"alone": True}))
        if self.crew is not None and trial.group not in self._for_real:
            self._to_jump.append(trial)
        else:
            self._submit_to_real(trial)
        self._news.set()

    def _submit_to_real(self, trial: Trial) -> None:
        (self._alone if trial.scenario.alone else self._fresh).append(trial)

    def finish(self) -> None:
        """No more will be submitted: `run` returns when all have ended."""
        self._open = False
        self._news.set()

    def stop(self) -> None:
        """End the run now: heal, stop and report what there is."""
        self.interrupted = True
        self.end(INTERRUPTED)

    def end(self, why: str) -> None:
        """As `stop`, for a reason that is no interruption; what is skipped for it says so."""
        self._ended_because = self._attempts.why_ended = self._ended_because or why
        for task in self._tasks:
            task.cancel()
        self._news.set()

    async def run(self, trials: Iterable[Trial], *, more: bool = False) -> None:
        """Run all: together, then those that must be alone, then the inconclusive ones again.

        Args:
            trials: What is there to begin with.
            more: Whether more may be submitted, until `finish`.
        """
        self._open = more
        for trial in trials:
            self.submit(trial)
        while self._start_what_may() or self._is_awaiting_more:
            await self._news.wait()
            self._news.clear()
        for trial, run in (*self._again, *self._once_more):
            self._publish(trial, run)
        if self._broken:
            raise self._broken[0]

    @property
    def why_ended(self) -> str:
        """Why it is to end before all have run; empty if it is not."""
        return self._ended_because

    @property
    def is_over(self) -> bool:
        """Whether it is to end before all have run."""
        return bool(self._ended_because or self._broken)

    @property
    def _is_awaiting_more(self) -> bool:
        return self._open and not self.is_over

    def _start_what_may(self) -> bool:
        """Start what may run now; False if nothing does."""
        self._quiet = self._quiet and bool(self._tasks)
        if self.is_over or self._quiet:
            return bool(self._tasks)
        while self.crew is not None and self._to_jump and self._jumping < self.crew.room:
            self._jumping += 1
            self._start(self._jump(self.crew, self._to_jump.pop(0)))
        if self._fresh and not self._jumping:
            for trial in sorted(self._fresh, key=lambda trial: foreseen(trial.scenario), reverse=True):
                self._start(self._one(trial))
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
        calm = [again for again in self._again if not could_be_noise(again[1].result)]
        few = calm or self._again[: min(COMPANY, self.options.jobs)] or self._once_more[:1]
        begun = {trial.id for trial, _ in few}
        self._again, self._once_more = (
            [again for again in those if again[0].id not in begun] for those in (self._again, self._once_more)
        )
        for trial, before in few:
            self._start(self._one(trial, before.result, is_alone=len(few) == 1))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._broken.append(error)
            self.end("not run to its end: another scenario could not be started")
        self._news.set()

    # On the jump clock

    async def _jump(self, crew: Crew, trial: Trial) -> None:
        """Have the crew run a trial; what the clock cannot serve is left to the real one, if the lab may choose."""
        try:
            run = await crew.run(trial)
        finally:
            self._jumping -= 1
        if run.result.verdict is Verdict.SKIPPED and run.result.reason == INTERRUPTED:
            run = replace(run, result=run.result.model_copy(update={"reason": self._ended_because or INTERRUPTED}))
        is_open = run.is_for_another_clock or run.result.verdict is Verdict.ERROR
        if self.options.clock == "auto" and is_open and not self.is_over:
            self._refuse(trial, run.result)
        elif self._is_to_be_confirmed(trial, run):
            self._confirm(trial, run)
        elif self.options.is_for_grades and run.result.verdict is Verdict.INCONCLUSIVE:
            self._doubted.add(trial.id)
            self._submit_to_real(trial)
        else:
            self._jumped[trial.group] += 1
            self._publish(trial, run)

    def _refuse(self, trial: Trial, result: ScenarioResult) -> None:
        said = result.reason or result.warnings[-1]
        self._refused[trial.id] = said
        self._refusals[trial.group] += 1
        self._submit_to_real(trial)
        refusals = self._refusals[trial.group]
        if refusals >= ENOUGH_REFUSALS and refusals > self._jumped[trial.group]:
            self._give_up_jumping(trial.group)

    def _give_up_jumping(self, group: str) -> None:
        """What is left of a system that the clock can hardly serve is not tried on it."""
        self._for_real.add(group)
        left = [trial for trial in self._to_jump if trial.group == group]
        self._to_jump = [trial for trial in self._to_jump if trial.group != group]
        self._untried += len(left)
        for trial in left:
            self._submit_to_real(trial)

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

    async def _one(self, trial: Trial, before: ScenarioResult | None = None, *, is_alone: bool = False) -> None:
        """Run a trial, or repeat it after a run `before` that was inconclusive."""
        async with self._slots:
            run = await self._attempts.once(trial)
        if before is not None:
            said = "; ".join(finding.sentence for finding in before.broken[:1]) or before.reason
            how = "alone" if is_alone else "beside few others"
            run = _warned(run, f"This is the repeat, {how}, of a run beside others that was {before.verdict}: {said}")
            run = replace(run, result=run.result.model_copy(update={"lonely": is_alone}))
        if trial.id in self._refused:
            run = _warned(run, f"Before this it was tried on the jump clock: {self._refused[trial.id]}")
        if trial.id in self._failed and run.result.verdict is Verdict.PASSED:
            run = replace(_warned(run, _although(self._failed[trial.id].result)), is_second_thought=True)
        run = self._weighed(trial, run, before)
        if self._is_to_be_confirmed(trial, run):
            self._confirm(trial, run)
        elif is_alone or not self._is_open(run) or trial.id in self._doubted or _is_calm(before, run.result):
            self._publish(trial, run)
        elif before is None and not trial.scenario.alone:
            self._again.append((trial, run))
        else:
            self._once_more.append((trial, run))

    def _is_open(self, run: Run) -> bool:
        """Whether another run may say more."""
        is_error = run.result.verdict is Verdict.ERROR
        return run.result.verdict is Verdict.INCONCLUSIVE or (is_error and self.options.is_for_grades)

    def _is_to_be_confirmed(self, trial: Trial, run: Run) -> bool:
        """Whether it failed for the first time, and that is not enough."""
        is_first = run.result.verdict is Verdict.FAILED and trial.id not in self._failed
        return self.options.is_for_grades and is_first

    def _confirm(self, trial: Trial, run: Run) -> None:
        self._failed[trial.id] = run
        self._submit_to_real(trial)

    def _weighed(self, trial: Trial, run: Run, before: ScenarioResult | None) -> Run:
        """The run; or the one that failed first, if this and the one before are inconclusive, and agree with it."""
        first = self._failed.get(trial.id)
        if first is None or before is None or run.result.verdict is not Verdict.INCONCLUSIVE:
            return run
        return _warned(first, BECAUSE) if agree(first.result, (before, run.result)) else run

    def _publish(self, trial: Trial, run: Run) -> None:
        self.results.append(run.result)
        self.on_end(trial, run)
        if self.options.stop_at_first and run.result.verdict in (Verdict.FAILED, Verdict.ERROR):
            self.end(f"not run to its end: {run.result.name} {run.result.verdict}, and -x stops at the first")


def _is_calm(before: ScenarioResult | None, result: ScenarioResult) -> bool:
    """Whether it was inconclusive twice, and noise had no part in it."""
    return before is not None and not could_be_noise(before) and not could_be_noise(result)


def _although(failed: ScenarioResult) -> str:
    told = "; ".join(finding.sentence for finding in failed.broken[:1])
    return f"This counts, although it failed once before, on the {failed.clock} clock: {told}"


def _warned(run: Run, warning: str) -> Run:
    """The run with one more warning, which is still to be saved and drawn."""
    result = run.result.model_copy(update={"warnings": (*run.result.warnings, warning)})
    return replace(run, result=result, parts={}, is_saved=False)
