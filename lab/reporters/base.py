"""What all kinds of report share: a report is a pure function of a run's result and its histories (law 1).

A kind is one file: a function from a `Bundle` to the file's text, registered with `@reporter(kind, filename)`.
Same bundle, same bytes: nothing here reads a clock, a file of the run, or the machine.
What one scenario contributes to a file may be drawn as a part, as soon as the scenario has ended and wherever it ran:
the whole is then put together from its parts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lab.grade import Grade
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
        grade: What the run is worth, where it was graded: then it is for a student.
        parts: Parts that were drawn before, by the scenario's name and the kind of report; others are drawn now.
    """

    run: RunResult
    histories: Mapping[str, History] = field(default_factory=dict)
    parts: "Parts" = field(default_factory=dict)
    grade: Grade | None = None

    def history_of(self, scenario: ScenarioResult) -> History:
        """The scenario's history; an empty one if none was kept."""
        return self.histories.get(scenario.name) or History()

    def parts_for(self, part: "Part", kind: str) -> list[str]:
        """Each scenario's part of a kind of report, in the run's order."""
        drawn = [self.parts.get(scenario.name, {}).get(kind) for scenario in self.run.scenarios]
        pairs = zip(self.run.scenarios, drawn, strict=True)
        return [part(scenario, self.history_of(scenario)) if text is None else text for scenario, text in pairs]


Draw = Callable[[Bundle], str]
Parts = Mapping[str, Mapping[str, str]]
Part = Callable[[ScenarioResult, History], str]


@dataclass(frozen=True, slots=True)
class Reporter:
    """A kind of report.

    Attributes:
        filename: The file it fills in the run's folder, such as `report.html`.
        draw: The whole text of that file; it always encodes as UTF-8.
        part: What one scenario contributes to it, whatever else is in the run; None if it is not drawn in parts.
    """

    filename: str
    draw: Draw
    part: Part | None = None


def reporter(name: str, filename: str, part: Part | None = None) -> Callable[[Draw], Draw]:
    """A decorator that registers a function as a kind of report.

    Raises:
        ValueError: The name is taken.
    """

    def register(draw: Draw) -> Draw:
        REPORTERS.kind(name)(Reporter(filename, draw, part))
        return draw

    return register


def parts_of(scenario: ScenarioResult, history: History) -> dict[str, str]:
    """What a scenario contributes to each kind of report that is drawn in parts, for a `Bundle`."""
    return {name: kind.part(scenario, history) for name, kind in REPORTERS if kind.part is not None}
