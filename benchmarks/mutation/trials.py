"""Trials: one mutant through the catalogue, in a lab of its own, and what became of it."""

import contextlib
import json
import multiprocessing
import os
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import TextIO

from lab.errors import BadInput, LabTrouble
from lab.history import History
from lab.result import ScenarioResult
from lab.runner.options import Clock, Options
from lab.runner.saving import RunFolder
from lab.runner.session import Session
from lab.scenario.model import Profile, Scenario
from lab.scenario.profile import with_command
from lab.verdict import Verdict
from lab.world.real.nursery import kin
from mutation.making import Mutant

COMMAND = "{python} %s {port} {ts1.host} {ts1.port} {ts2.host} {ts2.port}"
ROUNDS: tuple[tuple[Clock, float], ...] = (("auto", 45.0), ("real", 60.0))
"""On which clock a mutant is tried, and how many seconds it may take there. One that never sleeps creeps on the jump
clock; it is then tried once more, on the real one."""
AT_ONCE_ON_THE_REAL_CLOCK = 24
PROGRAM, HEARD, OVER = "ls.py", "heard.jsonl", "over"


@dataclass(frozen=True)
class Fate:
    """What became of a mutant.

    Attributes:
        verdict: `killed`, `lived`, `inconclusive` or `error`; an error is the lab's, and kills nothing.
        by: The scenario that failed, or was inconclusive or an error.
        why: What was found.
        clock: On which clock.
        ran: How many scenarios were judged.
        seconds: How long the trial took.
    """

    id: str
    verdict: str
    by: str = ""
    why: str = ""
    clock: str = ""
    ran: int = 0
    seconds: float = 0.0


GRAVEST = ((Verdict.FAILED, "killed"), (Verdict.ERROR, "error"), (Verdict.INCONCLUSIVE, "inconclusive"))


class Ranking:
    """Scenarios in the order in which they are likely to kill."""

    def __init__(self, scenarios: Sequence[Scenario]) -> None:
        self._scenarios = scenarios
        self._killers: dict[str, Counter[str]] = {}

    def learn(self, mutant: Mutant, fate: Fate) -> None:
        """Remember who killed it."""
        if fate.verdict == "killed":
            for where in (mutant.where, ""):
                self._killers.setdefault(where, Counter())[fate.by] += 1

    def order(self, mutant: Mutant) -> list[Scenario]:
        """All scenarios, first those that killed most of this function, then those that killed most."""
        here, all_over = (self._killers.get(where, Counter[str]()) for where in (mutant.where, ""))
        return sorted(self._scenarios, key=lambda one: (-here[one.name], -all_over[one.name]))


class Trial:
    """A mutant in a lab of its own: a process on one processor, which runs the catalogue until it fails.

    Args:
        turn: Which of the rounds it is.
    """

    def __init__(
        self, mutant: Mutant, scenarios: Sequence[Scenario], profile: Profile, processor: int, turn: int = 0
    ) -> None:
        self.mutant = mutant
        self.processor = processor
        self.turn = turn
        clock, self._longest = ROUNDS[turn]
        self._began = time.monotonic()
        self._folder = Path(tempfile.mkdtemp(prefix="mutant-"))
        (self._folder / PROGRAM).write_text(mutant.source, encoding="utf-8")
        mutated = with_command(profile, "ls", COMMAND % (self._folder / PROGRAM))
        arguments = (self._folder, scenarios, mutated, processor, clock)
        self._process: ForkProcess = multiprocessing.get_context("fork").Process(target=_run, args=arguments)
        self._process.start()

    @property
    def sentinel(self) -> int:
        """A descriptor that can be read when it has ended."""
        return self._process.sentinel

    @property
    def left(self) -> float:
        """Seconds that it still may take."""
        return self._began + self._longest - time.monotonic()

    @property
    def is_over(self) -> bool:
        """Whether it has ended, or must."""
        return self.left <= 0 or not self._process.is_alive()

    def end(self) -> Fate:
        """What became of it; if it is still under way it is ended, and the lab's warden ends all that it started."""
        is_late = self._process.is_alive()
        if is_late and self._process.pid:
            os.kill(self._process.pid, signal.SIGKILL)
        self._process.join()
        fate = self._fate("did not end in time" if is_late else f"ended with {self._process.exitcode}")
        shutil.rmtree(self._folder, ignore_errors=True)
        return fate

    def _fate(self, ending: str) -> Fate:
        told = [json.loads(line) for line in (self._folder / HEARD).read_text(encoding="utf-8").splitlines()]
        seconds = round(time.monotonic() - self._began, 2)
        for verdict, word in GRAVEST:
            for one in told:
                if one["verdict"] == verdict:
                    return Fate(self.mutant.id, word, one["by"], one["why"], one["clock"], len(told), seconds)
        if not (self._folder / OVER).exists():
            return Fate(self.mutant.id, "error", why=f"the lab {ending}", ran=len(told), seconds=seconds)
        return Fate(self.mutant.id, "lived", ran=len(told), seconds=seconds)


def _run(folder: Path, scenarios: Sequence[Scenario], profile: Profile, processor: int, clock: Clock) -> None:
    """Do as `lab run -x` does, and leave each verdict in the folder."""
    kin.die_with_parent(os.getppid())
    os.setsid()  # what a terminal sends reaches the benchmark, which ends this
    os.sched_setaffinity(0, {processor})
    options = Options(clock=clock, jobs=AT_ONCE_ON_THE_REAL_CLOCK, stop_at_first=True)
    with (folder / HEARD).open("w", encoding="utf-8", buffering=1) as heard:
        session = Session(profile, options, RunFolder(folder / "run"), "", partial(_hear, heard), len(scenarios))
        with contextlib.suppress(BadInput, LabTrouble):
            session.run(scenarios)
            (folder / OVER).touch()


def _hear(heard: TextIO, result: ScenarioResult, _history: History) -> None:
    if result.verdict is not Verdict.SKIPPED:
        why = result.broken[0].sentence if result.broken else result.reason
        words = {"by": result.name, "verdict": result.verdict, "why": why, "clock": result.clock}
        heard.write(f"{json.dumps(words)}\n")
