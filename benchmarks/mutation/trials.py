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
from lab.scenario.replacing import with_command
from lab.verdict import Verdict
from lab.world.real.nursery import kin
from mutation.making import Mutant

COMMAND = "{python} %s {port} {ts1.host} {ts1.port} {ts2.host} {ts2.port}"
OPTIONS = "--timeout 5 --host 127.0.0.1"
"""What lives is at last started with its options written out, which changes nothing; then healthy scenarios run."""
HEALTHY = "healthy"
LONG = 3.0
"""Real seconds of a scenario on the jump clock after which it is run on the real one too: who waits in a busy loop
keeps time from jumping, and how much of the processor it uses is judged on the real clock alone."""
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
        command = COMMAND % (self._folder / PROGRAM)
        profiles = [with_command(profile, "ls", line, keeps_options=True) for line in (command, f"{command} {OPTIONS}")]
        arguments = (self._folder, scenarios, profiles, processor, clock)
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


def _run(folder: Path, scenarios: Sequence[Scenario], profiles: list[Profile], processor: int, clock: Clock) -> None:
    """Do as `lab run -x` does, until something fails, and leave each verdict in the folder."""
    kin.die_with_parent(os.getppid())
    os.setsid()  # what a terminal sends reaches the benchmark, which ends this
    os.sched_setaffinity(0, {processor})
    healthy = [scenario for scenario in scenarios if HEALTHY in scenario.tags]
    plain, spelled = profiles
    with (folder / HEARD).open("w", encoding="utf-8", buffering=1) as heard, contextlib.suppress(BadInput, LabTrouble):
        ear = Ear(heard)
        over = ear.run(folder / "all", plain, scenarios, clock)
        over = over or ear.run(folder / "spelled", spelled, healthy, clock)
        over = over or ear.run(folder / "slow", plain, [one for one in scenarios if one.name in ear.slow], "real")
        (folder / OVER).touch()


class Ear:
    """Runs scenarios, writes what became of each, and remembers which took long in real time, though time jumps."""

    def __init__(self, heard: TextIO) -> None:
        self.slow: set[str] = set()
        self._heard = heard
        self._last = 0.0

    def run(self, folder: Path, profile: Profile, scenarios: Sequence[Scenario], clock: Clock) -> bool:
        """Whether one failed."""
        if not scenarios:
            return False
        options = Options(clock=clock, jobs=AT_ONCE_ON_THE_REAL_CLOCK, stop_at_first=True)
        session = Session(profile, options, RunFolder(folder), "", self._hear, len(scenarios))
        self._last = time.monotonic()
        return session.run(scenarios).verdict is Verdict.FAILED

    def _hear(self, result: ScenarioResult, _history: History) -> None:
        before, self._last = self._last, time.monotonic()
        if result.verdict is Verdict.SKIPPED:
            return
        if result.clock == "jump" and self._last - before > LONG:
            self.slow.add(result.name)
        why = result.broken[0].sentence if result.broken else result.reason
        words = {"by": result.name, "verdict": result.verdict, "why": why, "clock": result.clock}
        self._heard.write(f"{json.dumps(words)}\n")
