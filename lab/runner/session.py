"""One run from beginning to end: world, batch, folder, reports."""

import gc
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lab.errors import LabTrouble
from lab.history import History
from lab.result import RunResult, ScenarioResult
from lab.runner.batch import Batch
from lab.runner.crew import Crew
from lab.runner.finishing import Clerk, Finish, Run
from lab.runner.options import Options
from lab.runner.saving import RunFolder
from lab.scenario.model import Profile, Scenario
from lab.verdict import worst
from lab.world.real import isolation
from lab.world.real.world import RealWorld, wall_clock
from lab.world.workers import processors

Hear = Callable[[ScenarioResult, History], None]
Feed = Callable[[RealWorld, Batch], None]
ONE_BY_ONE = "servers with fixed ports run one scenario at a time where each cannot have a network namespace: {}"
YOUNG = 10_000
"""Objects made before the collector looks at them: most of a scenario's are gone by then."""


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
    _note: str = ""

    def __post_init__(self) -> None:
        gc.collect()
        gc.freeze()  # what is loaded stays: the collector's pauses would be seen in the times of messages
        gc.set_threshold(YOUNG)
        places = processors()[: min(self.options.jobs, self.most)]
        self._no_networks = isolation.refusal() if self.profile.fixed_ports else ""
        is_jumping = self.options.clock != "real" and not self._no_networks
        self._crew = Crew(places, self.profile, self.options, self.folder) if is_jumping else None
        self._clerk = Clerk(self.options, self.folder) if self.options.clock != "jump" else None

    def run(self, scenarios: Sequence[Scenario], feed: Feed | None = None) -> RunResult:
        """Run all of these, and write the reports; a `feed` may submit more to the batch until it finishes it.

        Raises:
            LabTrouble: The clock that was asked for cannot be had here.
        """
        started = wall_clock()
        world = RealWorld(self.options.seed)
        begin = world.now()
        try:
            crew, finish = self._mustered(world), self._finish(world)
            batch = Batch(world, self.profile, self.options, self._ended, crew, finish, bool(self._no_networks))
            world.on_interrupt(batch.stop)
            if feed is not None:
                feed(world, batch)
            try:
                world.run(batch.run(scenarios, more=feed is not None))
            finally:
                run = self._result(batch, started, world.now() - begin)
        finally:
            world.close()
            for one in (self._crew, self._clerk):
                if one is not None:
                    one.close()
        self.folder.save_run(run, self.histories, self.parts)
        return run

    def _mustered(self, world: RealWorld) -> Crew | None:
        """The crew, if there is one, and if the jump clock works here."""
        why = ONE_BY_ONE.format(self._no_networks) if self._no_networks and self.options.clock != "real" else ""
        if self._crew is not None:
            why = world.run(self._crew.muster(world))
            if not why:
                return self._crew
        if why and self.options.clock == "jump":
            raise LabTrouble(why)
        self._note = f"all ran on the real clock: {why}" if why else ""
        if self._crew is None:
            world.prepare()
        return None

    def _finish(self, world: RealWorld) -> Finish | None:
        """What judges the runs of the real clock."""
        if self._clerk is None:
            return None
        self._clerk.attach(world)
        return self._clerk.finish

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
            note=self._note or batch.note,
            scenarios=results,
        )

    def _ended(self, run: Run) -> None:
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
    }
