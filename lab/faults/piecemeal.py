"""What the faults share that let a message out piece by piece: `throttle` and `trickle`."""

from collections.abc import Iterable, Iterator

from lab.actions import Action, Park, Wake


def piecemeal(data: bytes, token: str, size: int, times: Iterable[float]) -> Iterator[Action]:
    """The bytes in pieces of at most `size`, each at its time, in seconds from zero; `token` is theirs alone."""
    starts = range(0, len(data), size)
    for number, (start, at) in enumerate(zip(starts, times, strict=False)):
        piece = f"{token}.{number}"
        yield Park(data[start : start + size], piece)
        yield Wake(at, piece)
