"""The crew: workers that run scenarios on the jump clock, one at a time each, on all processors.

Each is a fork of the lab, made before anything runs, with a jump world of its own: one page, one warden. Before its
first scenario it proves that the clock works here.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from lab.errors import BadInput, LabTrouble
from lab.history import History
from lab.reporters.base import REPORTERS
from lab.runner.attempt import Attempts
from lab.runner.finishing import Run, by_oneself, warm
from lab.runner.options import Options
from lab.runner.saving import RunFolder
from lab.runner.trial import Trial
from lab.runner.verdicts import described, plan_of
from lab.verdict import Verdict
from lab.world.jump.building import reader, shim
from lab.world.jump.selftest import prove
from lab.world.jump.world import JumpWorld
from lab.world.real.limits import words_of
from lab.world.real.world import RealWorld
from lab.world.workers import Desk, NotBegun, Worker

DEPTH = 2
"""Requests that a worker may have: while one is answered the next is there, so that it never waits for the lab."""
LONGEST = 300.0
"""Real seconds that a request, and the one before it, may take, whatever happens: then the worker is ended."""


@dataclass
class Crew:
    """The workers, hired before the run begins.

    Args:
        processors: Where the workers are to run, one on each.
        folder: Where each scenario is saved as it ends.
    """

    processors: Sequence[int]
    options: Options
    folder: RunFolder
    refusal: str = ""
    _workers: list[Worker] = field(default_factory=list)
    _seats: deque[Worker] = field(default_factory=deque)
    _world: RealWorld | None = None

    def __post_init__(self) -> None:
        try:
            shim()
            reader()
        except LabTrouble as trouble:
            self.refusal = str(trouble)
            return
        warm()
        self._workers = [Worker(self._work, processor) for processor in self.processors]
        self._turns = asyncio.Semaphore(self.room)

    def _work(self, desk: Desk) -> None:
        """A worker's life."""
        try:
            world = JumpWorld(self.options.seed)
        except LabTrouble as trouble:
            desk.give(str(trouble))
            return
        try:
            desk.give(prove(world))
            attempts = Attempts(world, self.options, by_oneself(self.options, self.folder))
            world.on_interrupt(attempts.stop)
            while True:
                desk.give(world.run(self._attempted(attempts, desk.take())))
        finally:
            world.close()

    async def _attempted(self, attempts: Attempts, trial: Trial) -> Run | BadInput | LabTrouble:
        """Run it, and leave to the lab only what the lab must know."""
        try:
            return _lightened(await attempts.once(trial))
        except (BadInput, LabTrouble) as trouble:
            return trouble
        except Exception as bug:  # noqa: BLE001 - a bug of the lab is its own trouble, and ends no worker
            return LabTrouble(words_of(bug))

    @property
    def room(self) -> int:
        """How many scenarios they can take."""
        return len(self.processors) * DEPTH

    async def muster(self, world: RealWorld) -> str:
        """Wait until the workers are ready; why the clock cannot be used here, if it cannot."""
        self._world = world
        for worker in self._workers:
            worker.attach(world)
        for worker in self._workers:
            try:
                self.refusal = self.refusal or await worker.answer()
            except LabTrouble as trouble:
                self.refusal = self.refusal or str(trouble)
        self._seats.extend(self._workers * DEPTH)
        return self.refusal

    async def run(self, trial: Trial) -> Run:
        """Have a trial run by the next worker that has nothing to do.

        Raises:
            BadInput: The profile's commands cannot be executed.
        """
        worker = await self._seat()
        if worker is None:
            return self._broken(trial, "all workers of the lab have ended")
        try:
            answer = await self._asked(worker, trial)
        except NotBegun:
            return await self.run(trial)
        except LabTrouble as trouble:
            return self._broken(trial, str(trouble))
        finally:
            self._leave(worker)
        if isinstance(answer, BadInput):
            raise answer
        if isinstance(answer, LabTrouble):
            return self._broken(trial, str(answer))
        run: Run = answer
        return run

    async def _seat(self) -> Worker | None:
        """The next worker that can take a request; None if all have gone."""
        while True:
            await self._turns.acquire()
            worker = self._seats.popleft() if self._seats else None
            if worker is None or all(one.is_gone for one in self._workers):
                self._turns.release()
                return None
            if not worker.is_gone:  # else its seat has gone with it
                return worker

    def _leave(self, worker: Worker) -> None:
        """A seat is free; that of a worker that has gone goes with it, unless it was the last."""
        if not worker.is_gone:
            self._seats.append(worker)
        if not worker.is_gone or all(one.is_gone for one in self._workers):
            self._turns.release()

    async def _asked(self, worker: Worker, trial: Trial) -> Any:
        """The answer, also where the run is to end: then it is the scenario's end before its time."""
        assert self._world is not None
        why = f"was ended: it had not answered after {LONGEST:g} real s"
        watchdog = self._world.at(self._world.now() + LONGEST, partial(worker.kill, why))
        answer = asyncio.ensure_future(worker.ask(trial))
        try:
            return await asyncio.shield(answer)
        except asyncio.CancelledError:
            worker.interrupt()
            return await answer
        finally:
            watchdog.cancel()

    def _broken(self, trial: Trial, reason: str) -> Run:
        result = described(trial.scenario, self.options).model_copy(
            update={"verdict": Verdict.ERROR, "reason": reason, "clock": "jump"}
        )
        return Run(result, History(), plan_of(trial.scenario, trial.profile, None))

    def close(self) -> None:
        """Let all go."""
        for worker in self._workers:
            worker.close()


def _lightened(run: Run) -> Run:
    """The run without what the lab needs no more, because it is saved and drawn."""
    if not run.is_saved:
        return run
    is_told = run.result.verdict is Verdict.FAILED or any(reporter.part is None for _, reporter in REPORTERS)
    return replace(run, history=run.history if is_told else History(), planned=None)
