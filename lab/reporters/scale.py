"""The time axis of a diagram: from seconds to pixels, linear, and honest where it cannot be.

Rows that stand closer than their labels are high are drawn apart, and a silence of minutes is cut short; both
kinds of stretch are known as such, so that the diagram can mark them.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

ROW_PX = 19.0
WANTED_PX = 430.0
SLOWEST_PX, FASTEST_PX = 24.0, 400.0
LONG_RUN_S = 40.0
LONG_SILENCE_S = 12.0
SILENCE_PX = 120.0
STRETCHED = 1.25
TICK_STEPS_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0)
TICK_PX = 48.0

Kind = Literal["linear", "enlarged", "cut"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the axis, from time `start` at pixel `top` to time `end` at pixel `low`."""

    kind: Kind
    start: float
    end: float
    top: float
    low: float


@dataclass(frozen=True, slots=True)
class Scale:
    """Where each time stands: points of the axis, between which it is linear."""

    times: tuple[float, ...]
    places: tuple[float, ...]
    stretches: tuple[Stretch, ...]
    per_second: float

    def __call__(self, at: float) -> float:
        """The pixel of a time; before the first point and after the last, that point's."""
        after = bisect_right(self.times, at)
        if after == 0 or after == len(self.times):
            return self.places[min(after, len(self.places) - 1)] if after == 0 else self.places[-1]
        start, end = self.times[after - 1], self.times[after]
        share = (at - start) / (end - start) if end > start else 0.0
        return self.places[after - 1] + share * (self.places[after] - self.places[after - 1])

    def ticks(self) -> Iterator[tuple[float, float]]:
        """Round times with their pixels, on linear stretches only."""
        step = next((step for step in TICK_STEPS_S if step * self.per_second >= TICK_PX), TICK_STEPS_S[-1])
        for stretch in self.stretches:
            if stretch.kind == "linear":
                first, last = int(stretch.start / step) + 1, int(stretch.end / step)
                yield from ((count * step, self(count * step)) for count in range(first, last + 1))


def scale(times: Sequence[float], top: float) -> Scale:
    """An axis on which every one of these times, in rising order, has a row of its own; the first stands at `top`."""
    span = times[-1] - times[0] if times else 0.0
    per_second = min(max(WANTED_PX / span if span else FASTEST_PX, SLOWEST_PX), FASTEST_PX)
    places = [top]
    kinds: list[Kind] = []
    for before, after in pairwise(times):
        kind, height = _height(after - before, per_second, cut=span > LONG_RUN_S)
        kinds.append(kind)
        places.append(places[-1] + height)
    stretches = _joined(kinds, list(times), places)
    return Scale(tuple(times) or (0.0,), tuple(places), tuple(stretches), per_second)


def _height(duration: float, per_second: float, *, cut: bool) -> tuple[Kind, float]:
    if cut and duration > LONG_SILENCE_S and duration * per_second > SILENCE_PX:
        return "cut", SILENCE_PX
    true = duration * per_second
    return ("enlarged" if true * STRETCHED < ROW_PX else "linear", max(true, ROW_PX))


def _joined(kinds: list[Kind], times: list[float], places: list[float]) -> Iterator[Stretch]:
    first = 0
    for index, kind in enumerate(kinds):
        if index + 1 == len(kinds) or kinds[index + 1] != kind or kind == "cut":
            yield Stretch(kind, times[first], times[index + 1], places[first], places[index + 1])
            first = index + 1
