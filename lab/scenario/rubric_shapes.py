"""A rubric as its author writes it: the shapes that type the reader's text, and that the JSON Schema is made of."""

from typing import Annotated, Literal

from pydantic import Field

from lab.scenario.expects import Shape
from lab.scenario.model import Level
from lab.scenario.scalars import Clauses, Flag, OneOrMany, Points
from lab.units import Duration

BUDGET = 900.0
NAMES = "scenarios by name; * stands for any letters, and a name without its case for all of its cases"
Names = Annotated[
    tuple[str, ...],
    Field(description=NAMES, examples=["[known_by_ts1, 'known_by_*']"]),
    OneOrMany(),
]


class PartShape(Shape):
    """One part of the grade: points for scenarios."""

    title: str = Field(min_length=1, description="what students see of it", examples=["Answers are relayed"])
    points: Points
    scenarios: Names = ()
    match: str = Field(
        default="",
        description="those whose name or tags match: words, and, or, not",
        examples=["slow and not program"],
    )
    credit: Literal["each", "all"] = Field(
        default="each", description="each: every scenario has its share; all: the points are for all of them or none"
    )
    clauses: Clauses = Field(
        default=(),
        description="the promises that it is about, instead of those that each scenario names",
        examples=["[C3, C4]"],
    )
    hidden: Flag = Field(default=False, description="true: students see its title and points only")


class RubricShape(Shape):
    """What is graded, and what it is worth."""

    lab: Annotated[Literal["rubric/1"], Field(description="rubric/1, the format of this file")]
    about: str = Field(default="", description="a sentence")
    level: Level = Field(default="contract", description="contract: only what the coursework demands costs points")
    scenarios: Annotated[
        tuple[str, ...],
        Field(description="files and folders of scenarios, seen from this file's folder; the lab's own if not given"),
        OneOrMany(),
    ] = ()
    baseline: Names = Field(default=(), description="scenarios without faults, which are run first")
    repeat: int = Field(default=1, ge=1, le=100, description="how often each scenario is run")
    require: int | None = Field(default=None, ge=1, le=100, description="how many of these must pass; all if not given")
    budget: Duration = Field(default=BUDGET, description="how long the whole may take")
    parts: tuple[PartShape, ...] = Field(min_length=1, description="the parts of the grade")
