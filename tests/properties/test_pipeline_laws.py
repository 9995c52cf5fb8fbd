"""Laws of the pipeline that hold for any bytes, chunking and faults."""

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from lab.faults.base import Fault
from lab.faults.coalesce import Coalesce
from lab.faults.delay import Delay
from lab.faults.drop import Drop
from lab.faults.hold import Hold
from lab.faults.slow_close import SlowClose
from lab.faults.split import Split
from lab.faults.swap import Swap
from lab.faults.throttle import Throttle
from lab.faults.trickle import Trickle
from lab.moment import Moment
from lab.protocols.lines import LineFramer
from tests.pipes import FLOW, Pipe

CHUNKS = st.lists(st.binary(max_size=12).map(lambda data: data.replace(b"x", b"\n")), max_size=12)
TIMES = st.floats(min_value=0, max_value=10, allow_nan=False)
LOSSLESS = st.one_of(
    TIMES.map(lambda by: Delay(flow=FLOW, by=by)),
    st.tuples(st.integers(1, 6), TIMES).map(lambda cut: Split(flow=FLOW, at=cut[0], gap=cut[1])),
    TIMES.map(lambda at: Hold(flow=FLOW, release=Moment(on="time", plus=at))),
    st.sampled_from(["1", "2..", "1..9+2"]).map(lambda which: Delay(flow=FLOW, by=1.0, message=which)),
    TIMES.map(lambda jitter: Delay(flow=FLOW, by=1.0, jitter=jitter, distribution="exponential")),
    st.floats(min_value=60, max_value=1000, allow_nan=False).map(lambda rate: Throttle(flow=FLOW, rate=rate)),
    st.tuples(st.integers(1, 6), TIMES).map(lambda cut: Trickle(flow=FLOW, bytes=cut[0], gap=cut[1])),
    st.tuples(st.integers(2, 4), TIMES).map(lambda batch: Coalesce(flow=FLOW, count=batch[0], within=batch[1])),
    TIMES.map(lambda by: SlowClose(flow=FLOW, by=by)),
)
ALSO_SWAPPING = st.one_of(LOSSLESS, TIMES.map(lambda within: Swap(flow=FLOW, within=within)))


@given(CHUNKS)
def test_no_fault_is_the_identity(chunks: list[bytes]) -> None:
    pipe = Pipe()
    for chunk in chunks:
        pipe.feed(chunk)
    assert [data for _, data in pipe.writes] == chunks


@given(st.binary(max_size=60).map(lambda data: data.replace(b"x", b"\n")), st.lists(st.integers(0, 60), max_size=6))
def test_any_chunking_gives_the_same_messages(data: bytes, cuts: list[int]) -> None:
    whole, pieces = LineFramer(), LineFramer()
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    messages = [message for a, b in pairwise(edges) for message in pieces.feed(data[a:b])]
    assert messages == whole.feed(data)
    assert pieces.rest() == whole.rest()


@given(st.lists(LOSSLESS, min_size=1, max_size=4), CHUNKS, st.lists(TIMES, max_size=12), TIMES)
def test_healed_anywhere_lossless_faults_lose_nothing(
    faults: list[Fault], chunks: list[bytes], gaps: list[float], healing: float
) -> None:
    pipe = _healed_on_the_way(faults, chunks, gaps, healing)
    assert pipe.out == b"".join(chunks)
    assert pipe.ends == ["fin"]
    assert not pipe.noted("lost")


@example([Swap(flow=FLOW), *(Throttle(flow=FLOW, rate=60.0) for _ in range(2))], [b"\n", b"abcd", b"\n"], [], 0.0)
@given(st.lists(ALSO_SWAPPING, min_size=1, max_size=4), CHUNKS, st.lists(TIMES, max_size=12), TIMES)
def test_swapping_changes_the_order_of_whole_lines_and_nothing_else(
    faults: list[Fault], chunks: list[bytes], gaps: list[float], healing: float
) -> None:
    pipe = _healed_on_the_way(faults, chunks, gaps, healing)
    *lines, rest = pipe.out.split(b"\n")
    *sent, unended = b"".join(chunks).split(b"\n")
    assert (sorted(lines), rest) == (sorted(sent), unended)
    assert pipe.ends == ["fin"]


def _healed_on_the_way(faults: list[Fault], chunks: list[bytes], gaps: list[float], healing: float) -> Pipe:
    """All chunks, so far apart, and the end; every fault is healed at that time, or so long after the end."""
    pipe = Pipe(*faults)
    at, healed = 0.0, False
    for chunk, gap in zip(chunks, [*gaps, *[0.0] * len(chunks)], strict=False):
        at += gap / 4
        if at > healing and not healed:
            healed = True
            pipe.run(until=healing)
            pipe.heal()
        pipe.feed(chunk, at=at)
    pipe.end()
    if not healed:
        pipe.run(until=at + healing)
        pipe.heal()
    pipe.run()
    return pipe


@given(st.lists(LOSSLESS, min_size=1, max_size=3), CHUNKS)
def test_every_fault_sees_and_passes_the_lane_in_order(faults: list[Fault], chunks: list[bytes]) -> None:
    pipe = Pipe(*faults)
    for chunk in chunks:
        pipe.feed(chunk)
    pipe.run()
    assert b"".join(chunks).startswith(pipe.out)


@given(st.integers(0, 2**32), st.lists(st.sampled_from([b"a", b"b", b"c"]), max_size=20))
def test_adding_a_fault_rolls_no_other_again(seed: int, names: list[bytes]) -> None:
    def dropped(*faults: Fault) -> list[str]:
        pipe = Pipe(*faults, seed=seed)
        for name in names:
            pipe.feed(name + b".example 1.1.1.1 A\n")
        return [note.piece.name for note in pipe.noted("fired") if note.fault == "f0" and note.piece]

    chance = Drop(flow=FLOW, chance=0.5)
    assert dropped(chance) == dropped(chance, Delay(flow=FLOW, by=1.0))
