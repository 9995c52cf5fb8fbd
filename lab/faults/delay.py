"""The fault `delay`: late, by the same time for each message or by a chance that the seed fixes."""

import math
from collections.abc import Callable, Iterable
from statistics import NormalDist
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from lab.actions import Action, Fire, Message, Park, Wake
from lab.faults.base import FAULTS, FlowFault, token_of
from lab.units import LONGEST, Duration, format_duration

TAIL = 0.999
"""Luck beyond which a distribution without an end is cut off, so that no delay is endless."""
PARETO_SHAPE = 3.0


def _normal(luck: float) -> float:
    return NormalDist().inv_cdf(min(max(luck, 1 - TAIL), TAIL))


def _pareto(luck: float) -> float:
    return float((1 - min(luck, TAIL)) ** (-1 / PARETO_SHAPE) - 1)


SPREADS: dict[str, Callable[[float], float]] = {
    "uniform": lambda luck: 2 * luck - 1,
    "normal": _normal,
    "exponential": lambda luck: -math.log(1 - min(luck, TAIL)),
    "pareto": _pareto,
}
"""From a luck in [0, 1) to how many times `jitter` is added."""


@FAULTS.kind("delay")
class Delay(FlowFault):
    """Each message arrives late, counted from its arrival; those behind it keep their order.

    With `jitter` the time differs from message to message, by the run's seed. `uniform`: anything from `by` less
    `jitter` to `by` plus `jitter`. `normal`: `jitter` is the standard deviation. `exponential`: `by`, and `jitter` more
    on average. `pareto`: `by`, and half of `jitter` more on average, now and then nine times `jitter`. It is never less
    than zero, and never more than an hour.

    Example:
        - delay: {flow: ts1->ls, by: 3s}
    """

    is_lucky: ClassVar[bool] = True

    by: Duration
    jitter: Duration = Field(default=0.0, description="how far the times differ from each other")
    distribution: Literal["uniform", "normal", "exponential", "pareto"] = Field(
        default="uniform", description="how the times are spread; needs a jitter"
    )

    @model_validator(mode="after")
    def _distribution_has_its_jitter(self) -> Self:
        if "distribution" in self.model_fields_set and "jitter" not in self.model_fields_set:
            what = f"there is no jitter that distribution {self.distribution} could spread"
            raise ValueError(f"{what}; add one, such as jitter: 500ms, or leave distribution out")
        return self

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        spread = f", give or take {format_duration(self.jitter)} ({self.distribution})" if self.jitter else ""
        return f"{self.which} of {self.flow} arrives {format_duration(self.by)} late{spread}"

    def on_message(self, message: Message) -> Iterable[Action]:
        """Park the message until its time has come."""
        token = token_of(message)
        late = min(max(self.by + self.jitter * SPREADS[self.distribution](message.luck), 0.0), LONGEST)
        return [
            Park(message.data, token),
            Wake(message.at + late, token),
            Fire(f"delayed by {format_duration(round(late, 6))}"),
        ]
