"""One run from beginning to end: world, batch, folder, reports."""

import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lab.errors import LabTrouble
from lab.history import History
from lab.result import RunResult, ScenarioResult
from lab.runner.batch import Batch
from lab.runner.finishing import Run
from lab.runner.options import Options
from lab.runner.saving import RunFolder
from lab.runner.staff import Staff
from lab.runner.trial import Trial
from lab.scenario.model import Profile, Scenario
from lab.verdict import worst
from lab.world.real import isolation
from lab.world.real.nursery.confining import NONE, confines
from lab.world.real.world import RealWorld, wall_clock

Hear = Callable[[ScenarioResult, History], None]
Feed = Callable[[RealWorld, Batch], None]


@dataclass
class Session:
    """A run in its folder. What forks the lab does so here, before anything shows, and before anything runs.

    Args:
        hear: Told of each result as it stands, after it was saved.
        most: How many scenarios there may be at once.
    """

    profile: Profile
    options: Options
    folder: RunFolder
    command: str
    hear: Hear = lambda _result, _history: None
    most: int = 1 << 16
    histories: dict[str, History] = field(default_factory=dict)
    parts: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._no_networks = isolation.refusal() if self.profile.fixed_ports else ""
        self._staff = Staff(self.options, self.folder, self.most, no_networks=self._no_networks)

    def run(self, scenarios: Sequence[Scenario], feed: Feed | None = None) -> RunResult:
        """Run all of these, and write the reports; a `feed` may submit more to the batch until it finishes it.

        Raises:
            LabTrouble: The clock, or the isolation, that was asked for cannot be had here.
        """
        if self.options.isolate and not confines():
            raise LabTrouble(f"--isolate cannot be had here: {NONE}; leave it out, or run in a container")
        started = wall_clock()
        world = RealWorld(self.options.seed)
        begin = world.now()
        try:
            crew, finish = self._staff.mustered(world), self._staff.finish(world)
            batch = Batch(world, self.options, self._ended, crew, finish, bool(self._no_networks))
            world.on_interrupt(batch.stop)
            if feed is not None:
                feed(world, batch)
            try:
                world.run(batch.run([self.trial(scenario) for scenario in scenarios], more=feed is not None))
            finally:
                run = self._result(batch, started, world.now() - begin)
        finally:
            world.close()
            self._staff.close()
        self.folder.save_run(run, self.histories, self.parts)
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
            note="; ".join(filter(None, (self._staff.note or batch.note, self._staff.unguarded([self.profile])))),
            scenarios=results,
        )

    def trial(self, scenario: Scenario) -> Trial:
        """The scenario on this session's system."""
        return Trial(scenario, self.profile)

    def _ended(self, _: Trial, run: Run) -> None:
        name = run.result.name
        self.histories[name] = run.history
        self.parts[name] = run.parts
        if not run.is_saved:
            self.folder.save_scenario(run.result, run.history, run.planned)
        self.hear(run.result, run.history)


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
        "isolation": "programs signal nobody but their own" if confines() else f"programs may signal the lab: {NONE}",
    }
