"""One run from beginning to end: world, batch, folder, reports."""

import gc
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lab.evidence import Plan
from lab.history import History
from lab.result import RunResult, ScenarioResult
from lab.runner.batch import Batch
from lab.runner.options import Options
from lab.runner.saving import RunFolder
from lab.scenario.model import Profile, Scenario
from lab.verdict import worst
from lab.world.real.world import RealWorld, wall_clock

Hear = Callable[[ScenarioResult, History], None]
Feed = Callable[[RealWorld, Batch], None]


@dataclass
class Session:
    """A run in its folder.

    Args:
        hear: Told of each result as it stands, after it was saved.
    """

    profile: Profile
    options: Options
    folder: RunFolder
    command: str
    hear: Hear
    histories: dict[str, History] = field(default_factory=dict)

    def run(self, scenarios: Sequence[Scenario], feed: Feed | None = None) -> RunResult:
        """Run all of these, and write the reports; a `feed` may submit more to the batch until it finishes it."""
        gc.collect()
        gc.freeze()  # what is loaded stays: the collector's pauses would be seen in the times of messages
        started = wall_clock()
        world = RealWorld(self.options.seed)
        begin = world.now()
        batch = Batch(world, self.profile, self.options, self._ended)
        world.on_interrupt(batch.stop)
        if feed is not None:
            feed(world, batch)
        try:
            world.run(batch.run(scenarios, more=feed is not None))
        finally:
            run = self._result(batch, started, world.now() - begin)
            world.close()
        self.folder.save_run(run, self.histories)
        return run

    def _result(self, batch: Batch, started: str, wall: float) -> RunResult:
        results = tuple(sorted(batch.results, key=lambda result: result.name))
        return RunResult(
            verdict=worst(result.verdict for result in results),
            started=started,
            wall_s=round(wall, 3),
            level=self.options.level,
            system=self.profile.path,
            command=self.command,
            interrupted=batch.interrupted,
            machine=machine(),
            scenarios=results,
        )

    def _ended(self, result: ScenarioResult, history: History, planned: Plan) -> None:
        self.histories[result.name] = history
        self.folder.save_scenario(result, history, planned)
        self.hear(result, history)


def default_folder(scenarios: Sequence[Scenario]) -> Path:
    """`reports/<time>-<name>`, the name being the scenario's, or how many there are."""
    name = scenarios[0].name if len(scenarios) == 1 else f"{len(scenarios)}-scenarios"
    return Path("reports") / f"{wall_clock()}-{name}"


def machine() -> dict[str, object]:
    """What a reader of a report may want to know of the machine."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count() or 0,
        "python": platform.python_version(),
    }
