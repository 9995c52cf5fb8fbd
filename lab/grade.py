"""Grades: what submissions are worth, as values that reporters draw and `grades.json` keeps."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from lab.verdict import Verdict

FORMAT = "grades/1"
Standing = Literal["passed", "failed", "left_out", "not_graded"]
Credit = Literal["each", "all"]
DIGITS = 2


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Told(_Record):
    """One finding as a student reads it.

    Attributes:
        clause: The promise that was broken, such as `C5`.
        sentence: What was wrong, and the likely cause.
        asked: What was asked; empty where no query is the matter.
        came: What came, and when.
        expected: What should have.
        hint: Where to look for it in one's own program.
        printed: The last lines of the program that is at fault, where it did not start.
    """

    clause: str = ""
    sentence: str
    asked: str = ""
    came: str = ""
    expected: str = ""
    hint: str = ""
    printed: str = ""


class Turn(_Record):
    """One run of a scenario by one submission, as it stands.

    Attributes:
        scenario: The scenario's name.
        number: Which of its runs, from 1.
        reason: Why it was skipped, or could not be judged.
        is_second_thought: Whether it passed only when it was run again.
        told: What counts of what was found broken.
        beyond: What was found broken and does not count at this level, in words.
    """

    scenario: str
    number: int = 1
    verdict: Verdict
    reason: str = ""
    is_second_thought: bool = False
    told: tuple[Told, ...] = ()
    beyond: tuple[str, ...] = ()


class Outcome(_Record):
    """What a scenario came to for one submission, over all its runs.

    Attributes:
        story: What the scenario is about.
        has_faults: Whether it harms anything.
        runs, passes: How many runs there were, and how many of them passed.
        note: Why it was left out or not graded, or what is odd about its passing.
    """

    scenario: str
    story: str = ""
    has_faults: bool = False
    standing: Standing
    runs: int = 0
    passes: int = 0
    note: str = ""
    told: tuple[Told, ...] = ()
    beyond: tuple[str, ...] = ()


class PartGrade(_Record):
    """One part of a grade.

    Attributes:
        points: Those that were won.
        out_of: Those that were graded; less than `worth` where something was not.
        worth: Those that the rubric gives.
        note: What was not graded or left out, and why.
    """

    title: str
    points: float
    out_of: float
    worth: float
    credit: Credit = "each"
    hidden: bool = False
    note: str = ""
    outcomes: tuple[Outcome, ...] = ()


class Grade(_Record):
    """What one submission is worth.

    Attributes:
        student: The name of its folder.
        submission: The folder.
        points, out_of, worth: As those of its parts, in all.
        note: Why nothing of it was graded; empty if something was.
        baseline: Those scenarios without faults that were run first.
    """

    student: str
    submission: str
    points: float
    out_of: float
    worth: float
    note: str = ""
    baseline: tuple[Outcome, ...] = ()
    parts: tuple[PartGrade, ...] = ()

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Those of all parts."""
        return tuple(outcome for part in self.parts for outcome in part.outcomes)

    @property
    def notes(self) -> tuple[str, ...]:
        """All that is to be said beside the points, each once."""
        told = [self.note, *(f"{part.title}: {part.note}" for part in self.parts if part.note)]
        told += [f"{one.scenario}: {one.note}" for one in self.outcomes if one.note and one.standing == "passed"]
        return tuple(dict.fromkeys(filter(None, told)))


class Gradebook(_Record):
    """The grades of a class: what `grades.json` holds."""

    format: str = FORMAT
    rubric: str = ""
    about: str = ""
    profile: str = ""
    level: str = "contract"
    started: str = ""
    wall_s: float = 0.0
    ended: str = ""
    grades: tuple[Grade, ...] = ()


class Weighed(_Record):
    """A part of a rubric, as grading needs it: title, points, scenarios, how they are credited, who sees them."""

    title: str
    points: float
    scenarios: tuple[str, ...]
    credit: Credit = "each"
    hidden: bool = False


def spelled(points: float) -> str:
    """Points as people write them: `13.33`, `20`."""
    return f"{points:.{DIGITS}f}".rstrip("0").rstrip(".")
