"""What all kinds of report share: a report is a pure function of a run's result and its histories (law 1).

A kind is one file: a function from a `Bundle` to the file's text, registered with `@reporter(kind, filename)`.
Same bundle, same bytes: nothing here reads a clock, a file of the run, or the machine.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lab.history import History
from lab.registry import Registry
from lab.result import RunResult, ScenarioResult

REPORTERS: "Registry[Reporter]" = Registry("reporter", "lab.reporters")


@dataclass(frozen=True, slots=True)
class Bundle:
    """All that a report is drawn from.

    Attributes:
        run: What the run came to.
        histories: What happened in each scenario, by the scenario's name; one without a history is drawn without.
    """

    run: RunResult
    histories: Mapping[str, History] = field(default_factory=dict)

    def history_of(self, scenario: ScenarioResult) -> History:
        """The scenario's history; an empty one if none was kept."""
        return self.histories.get(scenario.name) or History()


Draw = Callable[[Bundle], str]


@dataclass(frozen=True, slots=True)
class Reporter:
    """A kind of report.

    Attributes:
        filename: The file it fills in the run's folder, such as `report.html`.
        draw: The whole text of that file; it always encodes as UTF-8.
    """

    filename: str
    draw: Draw


def reporter(name: str, filename: str) -> Callable[[Draw], Draw]:
    """A decorator that registers a function as a kind of report.

    Raises:
        ValueError: The name is taken.
    """

    def register(draw: Draw) -> Draw:
        REPORTERS.kind(name)(Reporter(filename, draw))
        return draw

    return register
