"""Who does a run's work beside the lab itself: the crew of the jump clock, and the clerk of the real one."""

import gc
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lab.errors import LabTrouble
from lab.runner.crew import Crew
from lab.runner.finishing import Clerk, Finish
from lab.runner.options import Options
from lab.runner.saving import RunFolder
from lab.scenario.commands import known
from lab.scenario.model import Profile
from lab.world.jump.building import shim
from lab.world.real import isolation, strangers
from lab.world.real.nursery.confining import NONE, confines
from lab.world.real.world import RealWorld
from lab.world.workers import processors

ONE_BY_ONE = "servers with fixed ports run one scenario at a time where each cannot have a network namespace: {}"
YOUNG = 10_000
"""Objects made before the collector looks at them: most of a scenario's are gone by then."""


@dataclass
class Staff:
    """The crew and the clerk: forks of the lab, made here, before anything shows, and before anything runs.

    Args:
        most: How many scenarios there may be at once.
        no_networks: Why programs with fixed ports cannot have networks of their own; empty if they can, or need none.
    """

    options: Options
    folder: RunFolder
    most: int = 1 << 16
    no_networks: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if self.options.isolate:
            strangers.refusal()  # it is tried by a fork, which later would have to be one of each worker
        gc.collect()
        gc.freeze()  # what is loaded stays: the collector's pauses would be seen in the times of messages
        gc.set_threshold(YOUNG)
        places = processors()[: min(self.options.jobs, self.most)]
        is_jumping = self.options.clock != "real" and not self.no_networks
        self.crew = Crew(places, self.options, self.folder) if is_jumping else None
        self.clerk = Clerk(self.options.for_real, self.folder) if self.options.clock != "jump" else None

    def mustered(self, world: RealWorld) -> Crew | None:
        """The crew, if there is one, and if the jump clock works here; `note` says why not.

        Raises:
            LabTrouble: The jump clock was asked for, and cannot be had.
        """
        why = ONE_BY_ONE.format(self.no_networks) if self.no_networks and self.options.clock != "real" else ""
        if self.crew is not None:
            why = world.run(self.crew.muster(world))
            if not why:
                return self.crew
        if why and self.options.clock == "jump":
            raise LabTrouble(why)
        self.note = f"all ran on the real clock: {why}" if why else ""
        if self.crew is None:
            world.prepare()
        return None

    def finish(self, world: RealWorld) -> Finish | None:
        """What judges the runs of the real clock."""
        if self.clerk is None:
            return None
        self.clerk.attach(world)
        return self.clerk.finish

    def unguarded(self, profiles: Iterable[Profile]) -> str:
        """What the programs of these systems can do although they are to be isolated; empty if nothing, or if not."""
        if not self.options.isolate:
            return ""
        lacks = [] if confines() else [f"signal the lab and write anywhere: {NONE}"]
        lacks += [f"connect to wherever the machine can: {isolation.refusal()}"] if isolation.refusal() else []
        shared = {strangers.PRELOADED: str(shim())} if self.crew is not None and not self.crew.refusal else {}
        whose = strangers.refusal() or next(filter(None, (_why_root(profile, shared) for profile in profiles)), "")
        lacks += [f"do what root may, as the lab is root: {whose}"] if whose else []
        return f"isolated programs may {'; and '.join(lacks)}" if lacks else ""

    def close(self) -> None:
        """Let all go."""
        for one in (self.crew, self.clerk):
            if one is not None:
                one.close()


def _why_root(profile: Profile, environment: Mapping[str, str]) -> str:
    """Why some command of a system is run by root, with this in its environment, although it is isolated; or empty."""
    runs = [spec.run for spec in profile.servers] + ([profile.client.run] if profile.client else [])
    commands = [[known(word, profile.here) for word in run] for run in runs]
    return next(filter(None, (strangers.why_not(command, environment) for command in commands)), "")
