"""A trial: a scenario, and the system that is to run it."""

from dataclasses import dataclass

from lab.scenario.model import Profile, Scenario


@dataclass(frozen=True, slots=True)
class Trial:
    """A scenario, and the system that is to run it.

    Attributes:
        group: The folder inside the run's in which its own will lie; empty: in the run's itself.
    """

    scenario: Scenario
    profile: Profile
    group: str = ""

    @property
    def id(self) -> str:
        """What no other trial of its run is called."""
        return f"{self.group}/{self.scenario.name}"
