"""Near ties: two things that came so close to each other that which of them was first is chance. Pure.

Only a clock that jumps can tell of them: on it the ends of waits are facts, and times are exact.
"""

from collections.abc import Iterator
from itertools import pairwise

from lab.history import Event, History

NEAR, LONG = 0.001, 0.1
"""Seconds: what is closer is a tie; and how long a wait has to be for anybody to care."""
MOST_TOLD = 3


def near_ties(history: History) -> tuple[str, ...]:
    """A warning for each wait of a server that ended as something held back reached it, or as another's wait ended."""
    waits = [event for event in history.all("expired") if event["lasted"] >= LONG]
    told = list(dict.fromkeys([*_with_messages(history, waits), *_with_each_other(waits)]))
    left = len(told) - MOST_TOLD
    return (*told[:MOST_TOLD], f"{left} more such ties") if left > 0 else tuple(told)


def _with_messages(history: History, waits: list[Event]) -> Iterator[str]:
    healings = [event.at for event in history.all("healed")]
    for message in history.all("passed", what="message"):
        if any(0 <= message.at - healing < NEAR for healing in healings):
            continue  # let go because the last query had its outcome, and not by chance
        sender, receiver = message["flow"].split("->")
        near = [wait for wait in waits if wait["server"] == receiver and abs(message.at - wait.at) < NEAR]
        if not near:
            continue  # looking for its arrival takes long where there are many
        came = history.first("arrived", flow=message["flow"], conn=message["conn"], n=message["n"])
        for wait in near:
            was_held = came is not None and came.at < wait.at - NEAR
            if was_held:
                what = f"A message of {sender}, held back, reached {receiver} {_apart(message.at - wait.at)}"
                yield f"{what} a wait of {receiver} came to its end, at {wait.at:.3f} s{CHANCE}"


def _with_each_other(waits: list[Event]) -> Iterator[str]:
    for first, second in pairwise(waits):
        if first["server"] != second["server"] and second.at - first.at < NEAR:
            who = " and ".join(sorted((first["server"], second["server"])))
            yield f"Waits of {who} came to their ends within 1 ms, at {second.at:.3f} s{CHANCE}"


CHANCE = ": which of the two is first is chance; keep such times further apart"


def _apart(seconds: float) -> str:
    return "as" if abs(seconds) < NEAR / 10 else f"{abs(seconds) * 1e3:.1f} ms {'after' if seconds > 0 else 'before'}"
