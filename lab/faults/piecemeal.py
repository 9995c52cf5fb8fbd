"""What the faults share that let a message out piece by piece: `throttle` and `trickle`."""

from collections.abc import Iterable, Iterator

from lab.actions import Action, Message, Park, Wake
from lab.faults.base import token_of


def piecemeal(message: Message, size: int, times: Iterable[float]) -> Iterator[Action]:
    """The message in pieces of at most `size` bytes, each at its time, in seconds from zero."""
    starts = range(0, len(message.data), size)
    for number, (start, at) in enumerate(zip(starts, times, strict=False)):
        token = f"{token_of(message)}.{number}"
        yield Park(message.data[start : start + size], token)
        yield Wake(at, token)
