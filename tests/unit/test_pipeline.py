"""The order of faults, stated once in `lab.pipeline`, case by case."""

from lab.effects import Write
from lab.faults.close import Close
from lab.faults.delay import Delay
from lab.faults.drop import Drop
from lab.faults.duplicate import Duplicate
from lab.faults.hold import Hold
from lab.faults.reset import Reset
from lab.faults.split import Split
from lab.faults.truncate import Truncate
from lab.moment import Moment
from lab.slots import Slot
from tests.pipes import CONN, FLOW, Pipe

A, B, C = b"a.example 1.1.1.1 A\n", b"b.example 2.2.2.2 A\n", b"c.example 3.3.3.3 A\n"
LATER = Moment(on="time", plus=9)


def test_without_faults_every_chunk_passes_at_once_as_it_came() -> None:
    pipe = Pipe()
    for chunk in (b"a.exa", b"mple 1.1.1.1 A\nb.", b"\xff\x00"):
        pipe.feed(chunk)
    assert [data for _, data in pipe.writes] == [b"a.exa", b"mple 1.1.1.1 A\nb.", b"\xff\x00"]


def test_a_part_of_a_line_is_told_as_it_passes_and_is_no_message() -> None:
    pipe = Pipe()
    effects = [*pipe.pipeline.arrived(CONN, FLOW, A + b"b.ex", 0.0)]
    effects += pipe.pipeline.arrived(CONN, FLOW, b"am", 1.0)
    effects += pipe.pipeline.arrived(CONN, FLOW, b"ple 2.2.2.2 A\n", 2.0)
    writes = [effect for effect in effects if isinstance(effect, Write)]
    assert [write.part for write in writes] == [b"b.ex", b"am", b""]
    assert [[piece.n for piece in write.pieces] for write in writes] == [[1], [], [2]]


def test_with_a_fault_a_part_waits_for_its_line_and_is_told() -> None:
    pipe = Pipe(Drop(flow=FLOW, message="9"))
    pipe.feed(A[:7])
    assert (pipe.out, [note.piece and note.piece.data for note in pipe.noted("part")]) == (b"", [A[:7]])
    pipe.feed(A[7:])
    assert (pipe.out, len(pipe.noted("part"))) == (A, 1)


def test_a_delay_counts_from_arrival_so_two_messages_keep_their_distance() -> None:
    pipe = Pipe(Delay(flow=FLOW, by=3.0))
    pipe.feed(A, at=0.0)
    pipe.feed(B, at=1.0)
    pipe.run()
    assert pipe.writes == [(3.0, A), (4.0, B)]


def test_two_delays_add_up() -> None:
    pipe = Pipe(Delay(flow=FLOW, by=1.0), Delay(flow=FLOW, by=2.0))
    pipe.feed(A)
    pipe.run()
    assert pipe.writes == [(3.0, A)]


def test_a_later_message_never_overtakes_a_delayed_one() -> None:
    pipe = Pipe(Delay(flow=FLOW, message="1", by=3.0))
    pipe.feed(A + B)
    pipe.run()
    assert pipe.writes == [(3.0, A), (3.0, B)]


def test_a_third_message_waits_with_the_second_behind_a_delayed_first() -> None:
    pipe = Pipe(Delay(flow=FLOW, message="1", by=3.0))
    for line in (A, B, C):
        pipe.feed(line)
    pipe.run()
    assert pipe.out == A + B + C


def test_a_fin_waits_behind_parked_bytes() -> None:
    pipe = Pipe(Delay(flow=FLOW, by=3.0))
    pipe.feed(A)
    pipe.end()
    assert pipe.ends == []
    pipe.run()
    assert (pipe.out, pipe.ends) == (A, ["fin"])


def test_a_reset_overtakes_and_discards_and_the_receipt_says_lost() -> None:
    pipe = Pipe(Delay(flow=FLOW, by=3.0))
    pipe.feed(A)
    pipe.end("rst")
    pipe.run()
    assert (pipe.out, pipe.ends) == (b"", ["rst"])
    assert [note.fault for note in pipe.noted("lost")] == ["f0"]


def test_a_released_message_resumes_at_the_next_fault() -> None:
    pipe = Pipe(Hold(flow=FLOW, release=LATER), Delay(flow=FLOW, by=1.0))
    pipe.feed(A)
    pipe.run(until=9.0)
    pipe._take(pipe.pipeline.happened("f0", "release", 9.0))
    pipe.run()
    assert pipe.writes == [(10.0, A)]


def test_a_fault_sees_what_the_one_before_it_passed() -> None:
    pipe = Pipe(Duplicate(flow=FLOW, times=3), Drop(flow=FLOW))
    pipe.feed(A)
    pipe.run()
    assert pipe.out == b""
    assert len(pipe.noted("fired")) == 4


def test_a_dropped_message_is_not_seen_by_the_next_fault() -> None:
    pipe = Pipe(Drop(flow=FLOW, name="a.*"), Delay(flow=FLOW, by=1.0))
    pipe.feed(A + B)
    pipe.run()
    assert pipe.out == B
    assert [note.fault for note in pipe.noted("fired")] == ["f0", "f1"]


def test_messages_are_counted_on_the_flow() -> None:
    pipe = Pipe(Drop(flow=FLOW, message="2"))
    pipe.feed(A + B + C)
    assert pipe.out == A + C


def test_a_range_with_a_step_touches_every_second_message() -> None:
    pipe = Pipe(Drop(flow=FLOW, message="1..5+2"))
    pipe.feed(A + B + A + B + C + C)
    assert pipe.out == B + B + C


def test_a_close_before_a_message_discards_it_and_all_after_it() -> None:
    pipe = Pipe(Close(flow=FLOW, message="2"))
    pipe.feed(A + B + C)
    assert (pipe.out, pipe.ends) == (A, ["fin"])


def test_a_reset_at_a_message_discards_what_is_parked_before_it() -> None:
    pipe = Pipe(Delay(flow=FLOW, name="a.*", by=1.0), Reset(flow=FLOW, name="b.*"))
    pipe.feed(A + B)
    pipe.run()
    assert pipe.ends == ["rst"]
    assert pipe.out in (b"", A)


def test_after_truncation_into_silence_nothing_passes_and_nothing_closes() -> None:
    pipe = Pipe(Truncate(flow=FLOW, bytes=4, then="silence"))
    pipe.feed(A)
    pipe.feed(B)
    pipe.end()
    pipe.run()
    assert (pipe.out, pipe.ends) == (A[:4], [])


def test_the_rest_of_a_split_message_stays_before_the_next_message() -> None:
    pipe = Pipe(Split(flow=FLOW, message="1", at=5, gap=1.0))
    pipe.feed(A + B)
    pipe.run()
    assert [data for _, data in pipe.writes] == [A[:5], A[5:], B]


def test_copies_with_a_gap_each_keep_their_own_delay() -> None:
    pipe = Pipe(Duplicate(flow=FLOW, times=2, gap=0.5), Delay(flow=FLOW, by=1.0))
    pipe.feed(A)
    pipe.run()
    assert [at for at, _ in pipe.writes] == [1.0, 1.5]


def test_healing_releases_what_is_parked_in_order_and_later_messages_pass() -> None:
    pipe = Pipe(Hold(flow=FLOW, release=LATER))
    pipe.feed(A + B)
    pipe.heal()
    pipe.feed(C)
    assert pipe.out == A + B + C


def test_a_fault_that_has_not_begun_touches_nothing() -> None:
    pipe = Pipe(Drop(flow=FLOW), active=False)
    pipe.feed(A)
    assert pipe.out == A
    assert pipe.noted("fired") == []


def test_the_last_line_without_its_end_goes_out_before_the_fin() -> None:
    pipe = Pipe(Delay(flow=FLOW, by=1.0))
    pipe.feed(A + b"b.exam")
    pipe.end()
    pipe.run()
    assert (pipe.out, pipe.ends) == (A + b"b.exam", ["fin"])


def test_a_chance_is_the_same_for_the_same_seed_and_differs_between_seeds() -> None:
    def survivors(seed: int) -> bytes:
        pipe = Pipe(Drop(flow=FLOW, chance=0.5), seed=seed)
        for number in range(40):
            pipe.feed(b"h%d.example 1.1.1.1 A\n" % number)
        return pipe.out

    assert survivors(1) == survivors(1)
    assert survivors(1) != survivors(2)
    assert 8 < survivors(1).count(b"\n") < 32


def test_a_star_is_whoever_dials_and_never_a_server_that_replies() -> None:
    queries, replies = Slot("queries", Delay(flow="*->ls", by=1.0)), Slot("replies", Delay(flow="ls->*", by=1.0))
    assert queries.may_touch("ann->ls", dialler="ann")
    assert not queries.may_touch("ts1->ls", dialler="ls")
    assert replies.may_touch("ls->ann", dialler="ann")
    assert not replies.may_touch("ls->ts1", dialler="ls")
