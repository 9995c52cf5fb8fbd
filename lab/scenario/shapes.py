"""A scenario as its author writes it: the shapes that type the reader's text, and that the JSON Schema is made of."""

from functools import cache
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BaseModel, Discriminator, Field, Tag, create_model, model_validator

from lab.checks.base import CHECKS
from lab.expectation import GIVES_UP
from lab.faults.base import FAULTS
from lab.moment import AMoment
from lab.scenario.choice import Choice, complaint
from lab.scenario.expects import Expect, Shape
from lab.scenario.kinds import entries
from lab.scenario.model import Level
from lab.scenario.scalars import (
    Clauses,
    Empty,
    Flag,
    Hosts,
    Id,
    Ids,
    OneOrMany,
    Party,
    Points,
    Raw,
    Sentence,
)
from lab.scenario.table import Table
from lab.units import Duration

SHORTEST = 1.0
"""Seconds; what comes within half a second of LS's giving up may be relayed or not."""


class AskShape(Shape):
    """A client asks a name and waits for the outcome; a list is written in one go, then all outcomes awaited."""

    ask: Hosts = Field(description="a host name, or a list of them", examples=["www.example.com"])
    expect: Annotated[tuple[Expect, ...], OneOrMany()] | None = Field(
        default=None,
        description="how it is to end; for a list of names a list of equal length",
        examples=["{answer: 192.0.2.1, at: 3s}"],
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


class SendShape(Shape):
    """A client sends bytes, whatever they are, and waits for nothing."""

    send: Raw
    times: int = Field(default=1, ge=1, le=65536, description="how often, all in one go")


class ResetShape(Shape):
    """A client resets its connection."""

    reset: Empty


class StopReadingShape(Shape):
    """A client reads no more, and stays."""

    stop_reading: Empty


class DoneShape(Shape):
    """A client says done, and waits for LS to close; a later query dials anew."""

    done: Empty


class CloseShape(Shape):
    """A client closes its connection."""

    close: Empty


class HalfCloseShape(Shape):
    """A client ends its own direction of the connection, and still reads."""

    half_close: Empty


STEPS: dict[str, type[BaseModel]] = {
    "ask": AskShape,
    "wait": WaitShape,
    "send": SendShape,
    "stop_reading": StopReadingShape,
    "done": DoneShape,
    "reset": ResetShape,
    "close": CloseShape,
    "half_close": HalfCloseShape,
}
Step = Annotated[
    Any,
    Choice(
        noun="step",
        forms=STEPS,
        others=frozenset([*AskShape.model_fields, *SendShape.model_fields]),
        words=frozenset({"close", "done", "half_close", "reset", "stop_reading"}),
        example="{ask: www.example.com}",
    ),
]


class ProgramShape(Shape):
    """The client program of the profile asks these names, in order."""

    by: Literal["program"]
    ask: Hosts = Field(description="host names", examples=["[www.example.com]"])


class SessionsShape(Shape):
    """The same steps over and over, each time in a session of its own."""

    sessions: int = Field(ge=1, le=1000, description="how many")
    steps: tuple[Step, ...] = Field(min_length=1)


def _client_form(value: object) -> str | None:
    if isinstance(value, dict) and "sessions" in value:
        return "<sessions>"
    if isinstance(value, dict) and "by" in value:
        return "<program>"
    return "<steps>" if isinstance(value, list | tuple) else None


Client = Annotated[
    Annotated[tuple[Step, ...], Tag("<steps>")]
    | Annotated[SessionsShape, Tag("<sessions>")]
    | Annotated[ProgramShape, Tag("<program>")],
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


Value = Annotated[
    tuple[str, ...], Field(min_length=1, description="a word, or a list of words", examples=['"2"']), OneOrMany()
]


def _long_enough(seconds: float) -> float:
    if seconds < SHORTEST:
        raise ValueError("an LS that gives up in less than 1 s hardly waits; write 1s or more")
    return seconds


Variables = Annotated[
    dict[Id, str], Field(min_length=1, description="the values of this case by variable", examples=["{late: 6s}"])
]


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
    options: dict[Party, dict[Id, Value]] = Field(
        default_factory=dict,
        description="what servers are started with, by the names that the profile gives to options",
        examples=['{ls: {timeout: "2"}}'],
    )
    leaves_out: dict[Party, Ids] = Field(
        default_factory=dict,
        description="servers of which another's command is not to speak, which it is then to refuse",
        examples=["{ls: [ts1, ts2]}"],
    )
    gives_up: Annotated[Duration, AfterValidator(_long_enough)] = Field(
        default=GIVES_UP, description="after which LS says not found, if its options say other than 5s", examples=["2s"]
    )
    tables: dict[Party, Table] = Field(
        default_factory=dict, description="what each TS knows", examples=["{ts1: {www.example.com: 192.0.2.1}}"]
    )
    faults: tuple[Any, ...] = ()
    queries: tuple[Step, ...] | None = Field(
        default=None,
        description="the steps of the one client, called client",
        examples=["[{ask: www.example.com}]"],
    )
    clients: dict[Party, Client] | None = Field(
        default=None, description="who asks, by name", examples=["{ann: [{ask: www.example.com}]}"]
    )
    checks: tuple[Any, ...] = ()
    cases: dict[Id, Variables] | None = Field(
        default=None,
        min_length=1,
        description="the scenario once for each of these, with ${variable} replaced",
        examples=["{early: {late: 1s}}"],
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
        faults=(
            _tuple_of(fault),
            Field(default=(), description="what is to go wrong", examples=["[{delay: {flow: ts1->ls, by: 3s}}]"]),
        ),
        checks=(
            _tuple_of(check),
            Field(default=(), description="what is judged beside the expectations", examples=["[{alive: [ls, ts1]}]"]),
        ),
    )


def counted(number: int, noun: str) -> str:
    """A number and its noun, as `1 name` or `2 names`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
