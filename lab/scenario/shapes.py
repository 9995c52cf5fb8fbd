"""A scenario as its author writes it: the shapes that type the reader's text, and that the JSON Schema is made of."""

from functools import cache
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag, create_model, model_validator

from lab.checks.base import CHECKS
from lab.expectation import Expectation
from lab.faults.base import FAULTS
from lab.moment import AMoment
from lab.scenario.choice import Choice, complaint
from lab.scenario.kinds import entries
from lab.scenario.model import Level
from lab.scenario.scalars import (
    Answer,
    Clauses,
    Empty,
    Flag,
    Hosts,
    Id,
    Ids,
    OneOrMany,
    Party,
    Points,
    Sentence,
)
from lab.scenario.table import Table
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

    one_of: tuple[Option, ...] = Field(min_length=2, description="a list of two expectations or more")

    def value(self) -> Expectation:
        """The expectation."""
        return Expectation(kind="one_of", options=tuple(option.value() for option in self.one_of))


FORMS: dict[str, type[BaseModel]] = {**ENDS, "one_of": OneOfShape}
Expect = Annotated[Any, Choice("expectation", FORMS, WINDOW, frozenset(SIMPLE), EXAMPLE, _address_alone)]


class AskShape(Shape):
    """A client asks a name and waits for the outcome; a list is written in one go, then all outcomes awaited."""

    ask: Hosts = Field(description="a host name, or a list of them", examples=["www.example.com"])
    expect: Annotated[tuple[Expect, ...], OneOrMany()] | None = Field(
        default=None, description="how it is to end; for a list of names a list of equal length"
    )
    id: Id | None = None
    then: Literal["go_on"] | None = Field(default=None, description="go_on: do not wait for the outcome")

    @model_validator(mode="after")
    def _lists_fit(self) -> Self:
        if self.expect is not None and len(self.expect) != len(self.ask):
            what = f"{counted(len(self.ask), 'name')} asked, but {counted(len(self.expect), 'expectation')} given"
            raise complaint(what, "write a list with one expectation for each name", "expect")
        if self.id is not None and len(self.ask) > 1:
            raise complaint("one id cannot name several queries", "remove it, or ask the names one by one", "id")
        return self


class WaitShape(Shape):
    """A client waits for a moment."""

    wait: AMoment


class CloseShape(Shape):
    """A client closes its connection."""

    close: Empty


class HalfCloseShape(Shape):
    """A client ends its own direction of the connection, and still reads."""

    half_close: Empty


STEPS: dict[str, type[BaseModel]] = {
    "ask": AskShape,
    "wait": WaitShape,
    "close": CloseShape,
    "half_close": HalfCloseShape,
}
Step = Annotated[
    Any,
    Choice(
        noun="step",
        forms=STEPS,
        others=frozenset(AskShape.model_fields),
        words=frozenset({"close", "half_close"}),
        example="{ask: www.example.com}",
    ),
]


class ProgramShape(Shape):
    """The client program of the profile asks these names, in order."""

    by: Literal["program"]
    ask: Hosts


def _client_form(value: object) -> str | None:
    if isinstance(value, dict) and "by" in value:
        return "<program>"
    return "<steps>" if isinstance(value, list | tuple) else None


Client = Annotated[
    Annotated[tuple[Step, ...], Tag("<steps>")] | Annotated[ProgramShape, Tag("<program>")],
    Discriminator(
        _client_form,
        custom_error_type="lab",
        custom_error_message="{what}; {cure}",
        custom_error_context={
            "what": "a client is a list of steps",
            "cure": "begin each step with a dash, or write {by: program, ask: [www.example.com]}",
        },
    ),
]


class FaultOptions(Shape):
    """What any kind of fault may have beside its own fields."""

    kind: ClassVar[str]
    body: ClassVar[Any]

    id: Id | None = None
    when: AMoment | None = Field(default=None, description="when it begins; by default at once")
    until: AMoment | None = Field(default=None, description="when it is healed; by default after the last query")
    recovery: Flag = Field(default=False, description="heal before the end, and ask each TS once more")
    optional: Flag = Field(default=False, description="whether it may never fire")


class CheckOptions(Shape):
    """What any kind of check may have beside its own fields: nothing."""

    kind: ClassVar[str]


Variables = Annotated[dict[Id, str], Field(min_length=1, description="the values of this case by variable")]


class ScenarioShape(Shape):
    """A scenario: what is wrong, who asks, and what should come of it."""

    lab: Annotated[Literal["scenario/1"], Field(description="scenario/1, the format of this file")]
    story: Sentence
    level: Level = Field(default="contract", description="beyond: what the coursework does not demand")
    clauses: Clauses = Field(default=(), description="the clauses of the contract it is about")
    tags: Ids = Field(default=(), description="words to select it by")
    points: Points | None = None
    hint: str = Field(default="", description="a sentence for who fails it")
    alone: Flag = Field(default=False, description="whether no other scenario may run beside it")
    tables: dict[Party, Table] = Field(default_factory=dict, description="what each TS knows")
    faults: tuple[Any, ...] = ()
    queries: tuple[Step, ...] | None = Field(default=None, description="the steps of the one client, called client")
    clients: dict[Party, Client] | None = Field(default=None, description="who asks, by name")
    checks: tuple[Any, ...] = ()
    cases: dict[Id, Variables] | None = Field(
        default=None, min_length=1, description="the scenario once for each of these, with ${variable} replaced"
    )


def _tuple_of(entry: Any) -> Any:
    return tuple.__class_getitem__((entry, ...))


@cache
def scenario_shape() -> type[ScenarioShape]:
    """The shape of a scenario with every registered kind of fault and check; made once."""
    fault: Any = entries(FAULTS, FaultOptions, "{delay: {flow: ts1->ls, by: 3s}}")
    check: Any = entries(CHECKS, CheckOptions, "{alive: [ls, ts1]}")
    return create_model(
        "Scenario",
        __base__=ScenarioShape,
        __doc__=ScenarioShape.__doc__,
        faults=(_tuple_of(fault), Field(default=(), description="a list of what is to go wrong")),
        checks=(_tuple_of(check), Field(default=(), description="a list of what is judged beside the expectations")),
    )


def counted(number: int, noun: str) -> str:
    """A number and its noun, as `1 name` or `2 names`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
