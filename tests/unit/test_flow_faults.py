"""The faults of flows: what each does, and that it says so exactly if it did."""

from lab.faults.coalesce import Coalesce
from lab.faults.delay import Delay
from lab.faults.drop import Drop
from tests.pipes import FLOW, Pipe

A, B, C = b"a.example 1.1.1.1 A\n", b"b.example 2.2.2.2 A\n", b"c.example 3.3.3.3 A\n"


def fired(pipe: Pipe) -> list[tuple[str, str]]:
    return [(note.fault, note.did) for note in pipe.noted("fired")]


def test_messages_that_arrive_in_one_write_were_joined() -> None:
    pipe = Pipe(Coalesce(flow=FLOW, count=2))
    pipe.feed(A)
    pipe.feed(B, at=0.5)
    pipe.run()
    assert pipe.writes == [(0.5, A + B)]
    assert fired(pipe) == [("f0", "2 joined")]
    assert [note.piece and note.piece.n for note in pipe.noted("fired")] == [2]


def test_messages_that_a_reset_discards_were_not_joined() -> None:
    pipe = Pipe(Coalesce(flow=FLOW, count=3))
    pipe.feed(A + B)
    pipe.end("rst")
    pipe.run()
    assert (pipe.out, fired(pipe), len(pipe.noted("lost"))) == (b"", [], 2)


def test_messages_that_a_later_fault_keeps_apart_were_not_joined() -> None:
    pipe = Pipe(Coalesce(flow=FLOW, count=2), Delay(flow=FLOW, by=0.5, message="2"))
    pipe.feed(A + B)
    pipe.run()
    assert [data for _, data in pipe.writes] == [A, B]
    assert fired(pipe) == [("f1", "delayed by 500 ms")]


def test_a_message_whose_partner_a_later_fault_drops_was_not_joined() -> None:
    pipe = Pipe(Coalesce(flow=FLOW, count=2), Drop(flow=FLOW, message="2"))
    pipe.feed(A + B)
    pipe.run()
    assert pipe.out == A
    assert fired(pipe) == [("f1", "dropped")]


def test_no_more_messages_are_joined_than_were_to_be() -> None:
    pipe = Pipe(Coalesce(flow=FLOW, count=2))
    pipe.feed(A + B + C)
    pipe.run()
    assert [data for _, data in pipe.writes] == [A + B, C]
    assert fired(pipe) == [("f0", "2 joined")]
