"""An expectation as its author writes it: one of five ends of a query, each with its own time."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from lab.expectation import Expectation
from lab.scenario.choice import Choice, complaint
from lab.scenario.scalars import Answer, Empty
from lab.units import Duration


class Shape(BaseModel):
    """A mapping of the format."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=False, validate_by_alias=True)


def _in_order(value: tuple[float, float]) -> tuple[float, float]:
    if value[0] > value[1]:
        raise ValueError("the first bound is later than the second; write the earlier one first")
    return value


Between = Annotated[
    tuple[Duration, Duration],
    AfterValidator(_in_order),
    Field(description="the earliest and the latest time", examples=["[1s, 2s]"]),
]


class Timed(Shape):
    """What may stand beside any expected reply: exact bounds of its time."""

    within: Duration | None = Field(default=None, description="at the latest, exactly")
    between: Between | None = None

    @model_validator(mode="after")
    def _one_window(self) -> Self:
        given = [word for word in ("at", "within", "between") if getattr(self, word, None) is not None]
        if len(given) > 1:
            raise complaint(f"{given[0]} and {given[1]} are two windows for one reply", "remove one", given[1])
        return self


class AnswerShape(Timed):
    """An answer is expected."""

    answer: Answer
    at: Duration | None = Field(default=None, description="when, within the contract's tolerance")

    def value(self) -> Expectation:
        """The expectation."""
        return Expectation(kind="answer", answer=self.answer, at=self.at, within=self.within, between=self.between)


class NotFoundShape(Timed):
    """Not found is expected."""

    not_found: Duration = Field(description="when, within the contract's tolerance", examples=["5s"])

    def value(self) -> Expectation:
        """The expectation."""
        return Expectation(kind="not_found", at=self.not_found, within=self.within, between=self.between)


class NoReplyShape(Shape):
    """No reply is expected until the client's patience ends."""

    no_reply: Empty

    def value(self) -> Expectation:
        """The expectation."""
        return Expectation(kind="no_reply")


class ClosedShape(Shape):
    """The connection is expected to be closed instead of a reply."""

    closed: Empty

    def value(self) -> Expectation:
        """The expectation."""
        return Expectation(kind="closed")


def _address_alone(text: str) -> object:
    """A bare address stands for an answer."""
    if text == "not_found":
        raise complaint("not_found needs its time", "write {not_found: 5s}")
    if text == "one_of":
        raise complaint("one_of needs its options", "write {one_of: [{answer: 192.0.2.1}, {not_found: 5s}]}")
    return {"answer": text}


WINDOW = frozenset({"at", "within", "between"})
SIMPLE: dict[str, type[BaseModel]] = {"no_reply": NoReplyShape, "closed": ClosedShape}
ENDS: dict[str, type[BaseModel]] = {"answer": AnswerShape, "not_found": NotFoundShape, **SIMPLE}
EXAMPLE = "{answer: 192.0.2.1, at: 3s}"
Option = Annotated[Any, Choice("expectation", ENDS, WINDOW, frozenset(SIMPLE), EXAMPLE, _address_alone)]


class OneOfShape(Shape):
    """One of several ends is expected."""

    one_of: tuple[Option, ...] = Field(
        min_length=2, description="two expectations or more", examples=["[{answer: 192.0.2.1}, {not_found: 5s}]"]
    )

    def value(self) -> Expectation:
        """The expectation."""
        return Expectation(kind="one_of", options=tuple(option.value() for option in self.one_of))


FORMS: dict[str, type[BaseModel]] = {**ENDS, "one_of": OneOfShape}
Expect = Annotated[Any, Choice("expectation", FORMS, WINDOW, frozenset(SIMPLE), EXAMPLE, _address_alone)]
