"""Moments: points in a run, a duration from zero or an event with an offset."""

from typing import Annotated, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from lab.history import Event
from lab.registry import nearest
from lab.units import DURATION, Duration, format_duration, parse_duration

Occasion = Literal[
    "time", "asked", "answered", "sent", "delivered", "fired", "released", "healed", "listening", "exited"
]
OCCASIONS = tuple(word for word in get_args(Occasion) if word != "time")
CURE = "write a duration such as 6s, or one of " + ", ".join(OCCASIONS) + ", such as {released: late, plus: 200ms}"
RECORDED_AS = {
    "asked": ("asked", "query"),
    "answered": ("outcome", "query"),
    "sent": ("arrived", "flow"),
    "delivered": ("passed", "flow"),
    "fired": ("fired", "fault"),
    "released": ("released", "fault"),
    "healed": ("healed", "fault"),
    "listening": ("listening", "server"),
    "exited": ("exited", "server"),
}


class Moment(BaseModel):
    """A point in a run.

    Attributes:
        on: What must happen; `time` for a plain duration.
        of: The query, flow, fault or server it happens to; empty for `time`.
        plus: Seconds after it (for `time`: seconds from zero).
        nth: Which occurrence, from 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    on: Occasion
    of: str = ""
    plus: Duration = 0.0
    nth: int = Field(default=1, ge=1)

    def is_reached_by(self, event: Event) -> bool:
        """Whether this event is one occurrence of what the moment waits for."""
        if self.on == "time":
            return False
        kind, key = RECORDED_AS[self.on]
        if event.kind != kind or event.data.get(key) != self.of:
            return False
        return bool(event.data.get("what", "message") == "message")

    def __str__(self) -> str:
        """The moment in words, as `6 s` or `200 ms after late was released`."""
        if self.on == "time":
            return format_duration(self.plus)
        count = f" (time {self.nth})" if self.nth > 1 else ""
        after = f"{format_duration(self.plus)} after " if self.plus else ""
        return f"{after}{self.of} {self.on}{count}"


def parse_moment(value: object) -> object:
    """A moment's fields from what a scenario says: a duration, or a mapping with one occasion.

    Raises:
        ValueError: It is neither; the message says the cure.
    """
    if isinstance(value, Moment):
        return value
    if isinstance(value, str | int | float):
        return {"on": "time", "plus": parse_duration(value)}
    if not isinstance(value, dict):
        raise ValueError(f"a list is no moment; {CURE}")  # noqa: TRY004 - pydantic turns only ValueError into a complaint
    return value if "on" in value else _from_occasion(value)


def _from_occasion(value: dict[str, object]) -> dict[str, object]:
    words = [word for word in value if word in OCCASIONS]
    if len(words) != 1:
        strange = next((word for word in value if word not in {*OCCASIONS, "plus", "nth"}), "")
        near = nearest(strange, list(OCCASIONS)) if not words else None
        raise ValueError(f"a moment names exactly one occasion; {f'did you mean {near}? ' if near else ''}{CURE}")
    rest = {key: item for key, item in value.items() if key != words[0]}
    unknown = sorted(rest.keys() - {"plus", "nth"})
    if unknown:
        raise ValueError(f"a moment has no field {unknown[0]}; {CURE}")
    return {"on": words[0], "of": value[words[0]], **rest}


def _schema() -> dict[str, object]:
    words: dict[str, object] = {
        word: {"type": "string", "description": f"a {RECORDED_AS[word][1]}"} for word in OCCASIONS
    }
    plus = {"type": "string", "pattern": DURATION, "description": "so long after it"}
    nth = {"type": "integer", "minimum": 1, "description": "which occurrence, from 1"}
    occasion = {
        "type": "object",
        "properties": {**words, "plus": plus, "nth": nth},
        "additionalProperties": False,
        "anyOf": [{"required": [word]} for word in OCCASIONS],
    }
    return {
        "title": "Moment",
        "anyOf": [{"type": "string", "pattern": DURATION}, occasion],
        "description": "a duration, or an occasion such as {released: late, plus: 200ms}",
        "examples": ["6s"],
    }


AMoment = Annotated[Moment, BeforeValidator(parse_moment), WithJsonSchema(_schema())]
