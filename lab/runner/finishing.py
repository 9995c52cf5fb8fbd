"""What becomes of a scenario that has run: it is judged, and, if its verdict will stand, saved and drawn.

A crew's workers do that themselves. On the real clock a clerk does it, a process of its own: it takes some 7 ms, in
which the lab would hand on no message.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from lab.errors import LabTrouble
from lab.evidence import Plan
from lab.history import History
from lab.reporters.base import parts_of
from lab.result import ScenarioResult
from lab.runner.options import Options
from lab.runner.saving import RunFolder
from lab.runner.trial import Trial
from lab.runner.verdicts import judged, unjudged_speed
from lab.verdict import Verdict
from lab.world.real.limits import words_of
from lab.world.workers import Desk, Reading, Worker

FINAL = (Verdict.PASSED, Verdict.FAILED)
"""Verdicts that no other run of the scenario can change."""
PATIENT = 5
"""By how much less than the lab and the servers a clerk wants the processor."""


@dataclass(frozen=True)
class Run:
    """What an attempt came to.

    Attributes:
        planned: What was planned; None where it is not needed any more, because the run is saved.
        parts: What each report says of it, where that was drawn already.
        is_saved: Whether its folder is written already.
        is_second_thought: Whether it passed after it had failed before.
        is_for_another_clock: Whether another clock says more: it was skipped, or a server's speed was not judged.
    """

    result: ScenarioResult
    history: History
    planned: Plan | None
    parts: Mapping[str, str] = field(default_factory=dict)
    is_saved: bool = False
    is_second_thought: bool = False
    is_for_another_clock: bool = False


@dataclass(frozen=True)
class Job:
    """A trial that has run and was not judged yet.

    Attributes:
        wall_s: Real seconds that it took.
        clock: That it ran on.
    """

    trial: Trial
    planned: Plan
    history: History
    wall_s: float
    clock: str


Finish = Callable[[Job], Awaitable[Run]]


def finished(job: Job, options: Options, folder: RunFolder | None) -> Run:
    """The job's run, judged; saved and drawn, too, if its verdict stands and there is a folder."""
    result = judged(job.trial.scenario, job.planned, job.history, options, wall_s=job.wall_s, clock=job.clock)
    run = Run(result, job.history, job.planned, is_for_another_clock=bool(unjudged_speed(job.history)))
    if folder is None or result.verdict not in FINAL or run.is_for_another_clock:
        return run
    folder.inside(job.trial.group).save_scenario(result, job.history, job.planned)
    parts = {} if options.is_for_grades else parts_of(result, job.history)
    return replace(run, parts=parts, is_saved=True)


def by_oneself(options: Options, folder: RunFolder | None = None) -> Finish:
    """What finishes jobs where they ran."""

    async def finish(job: Job) -> Run:
        return finished(job, options, folder)

    return finish


class Clerk:
    """A process that finishes what ran on the real clock; it is forked when it is made.

    Args:
        folder: Where each scenario is saved.
    """

    def __init__(self, options: Options, folder: RunFolder) -> None:
        warm()
        self._finish = partial(finished, options=options, folder=folder)
        self._worker = Worker(self._work)

    def _work(self, desk: Desk) -> None:
        """Its life."""
        os.nice(PATIENT)
        while True:
            desk.give(self._answer(desk.take()))

    def _answer(self, job: Job) -> Run | LabTrouble:
        """The run, without what the lab has itself."""
        try:
            return replace(self._finish(job), history=History(), planned=None)
        except Exception as bug:  # noqa: BLE001 - a bug of the lab is its own trouble, and ends no clerk
            return LabTrouble(words_of(bug))

    def attach(self, world: Reading) -> None:
        """Hear its answers on a world's loop."""
        self._worker.attach(world)

    async def finish(self, job: Job) -> Run:
        """The job's run, also if the run as a whole is to end meanwhile; done here, if the clerk has gone.

        Raises:
            LabTrouble: The lab could not judge it.
        """
        asked = asyncio.ensure_future(self._asked(job))
        try:
            return await asyncio.shield(asked)
        except asyncio.CancelledError:
            return await asked

    async def _asked(self, job: Job) -> Run:
        try:
            answer: Run | LabTrouble = await self._worker.ask(job)
        except LabTrouble:
            return self._finish(job)
        if isinstance(answer, LabTrouble):
            raise answer
        return replace(answer, history=job.history, planned=job.planned)

    def close(self) -> None:
        """Let it go."""
        self._worker.close()


def warm() -> None:
    """Load what drawing needs, before a fork that is to share it."""
    parts_of(ScenarioResult(name="", path="", verdict=Verdict.SKIPPED), History())
