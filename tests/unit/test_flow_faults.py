"""The faults of flows: what each does, and that it says so exactly if it did."""

import re

import pytest

from lab.actions import Message, Wake
from lab.faults.base import Fault
from lab.faults.coalesce import Coalesce
from lab.faults.cut import Cut
from lab.faults.delay import SPREADS, Delay
from lab.faults.drop import Drop
from lab.faults.duplicate import Duplicate
from lab.faults.invent import Invent
from lab.faults.slow_close import SlowClose
from lab.faults.split import Split
from lab.faults.swap import Swap
from lab.faults.throttle import Throttle
from lab.pipeline import Pipeline
from lab.protocols.line import Line
from lab.scenario.scalars import ID
from lab.slots import Slot
from lab.units import LONGEST
from tests.pipes import CONN, FLOW, LINK, QUERIES, Pipe

A, B, C = b"a.example 1.1.1.1 A\n", b"b.example 2.2.2.2 A\n", b"c.example 3.3.3.3 A\n"


class Zero(Line):
    """As `line`, but what it writes ends in a zero."""

    def encode(self, text: str) -> bytes:
        return super().encode(text).removesuffix(b"\n") + b"\0"


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


def test_copies_of_a_message_are_joined_and_parts_of_one_are_not() -> None:
    copies = Pipe(Duplicate(flow=FLOW, gap=0.2), Coalesce(flow=FLOW))
    parts = Pipe(Coalesce(flow=FLOW), Split(flow=FLOW, at=5, gap=0.2), Drop(flow=FLOW, name="b.*"))
    copies.feed(A)
    parts.feed(A)
    for pipe in (copies, parts):
        pipe.run()
    assert copies.writes == [(0.2, A + A)]
    assert ("f1", "2 joined") in fired(copies)
    assert [did for _, did in fired(parts)] == ["split after 5 of 20 bytes"]


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


MADE_UP = b"q.example 203.0.113.66 A\n"


@pytest.mark.parametrize("flow", ["ts1->ls", "ts1->*"])
def test_a_query_is_answered_with_a_line_that_nobody_sent(flow: str) -> None:
    pipe = Pipe(Invent(flow=flow))
    pipe.ask(b"q.example\n")
    pipe.run()
    assert pipe.out == MADE_UP
    assert fired(pipe) == [("f0", "invented")]


def test_on_the_way_of_all_who_dial_a_query_is_invented_as_one_gets_its_answer() -> None:
    pipe = Pipe(Invent(flow="*->ts1", line="extra.example"))
    pipe.feed(A)
    pipe.run()
    assert (pipe.out, [note.flow for note in pipe.noted("fired")]) == (A, [QUERIES])


@pytest.mark.parametrize("faults", [[], [SlowClose(flow=FLOW, by=2.0)]])
def test_after_the_sender_has_ended_nothing_can_be_invented(faults: list[Fault]) -> None:
    pipe = Pipe(*faults, Invent(flow=FLOW, after=1.0))
    pipe.ask(b"q.example\n")
    pipe.end()
    pipe.run()
    assert (pipe.out, pipe.ends) == (b"", ["fin"])
    assert ("f1" if faults else "f0", "invented") not in fired(pipe)


def test_every_invented_line_has_a_number_of_its_own_and_takes_none_from_what_was_sent() -> None:
    pipe = Pipe(Invent(flow=FLOW), Drop(flow=FLOW, message="2"))
    pipe.ask(b"q.example\n")
    pipe.ask(b"q.example\n")
    pipe.run()
    pipe.feed(A + B)
    assert pipe.out == MADE_UP + MADE_UP + A
    assert [note.piece and note.piece.n for note in pipe.noted("fired")] == [-1, -2, 2]


def test_an_invented_line_ends_as_the_protocol_says() -> None:
    pipe = Pipe(Invent(flow=FLOW))
    pipe.pipeline = Pipeline(pipe.slots, Zero(), lambda *_: 0.0)
    pipe.pipeline.dialled(CONN, LINK)
    pipe.ask(b"q.example\n")
    pipe.run()
    assert pipe.out == MADE_UP.replace(b"\n", b"\0")


def test_who_invents_answers_does_not_harm_the_queries() -> None:
    fault = Invent(flow=FLOW)
    assert fault.flows == (FLOW,)
    assert Slot("f0", fault).may_touch(QUERIES, dialler="ls")


@pytest.mark.parametrize("how", ["fin", "rst"])
def test_an_end_is_seen_later_whichever_it_is(how: str) -> None:
    pipe = Pipe(SlowClose(flow=FLOW, by=2.0))
    pipe.feed(A)
    pipe.end(how)
    pipe.run(until=1.9)
    assert (pipe.out, pipe.ends) == (A, [])
    pipe.run(until=2.0)
    assert pipe.ends == [how]
    assert len(fired(pipe)) == 1


def test_the_reset_that_answers_a_message_to_one_who_is_gone_does_not_overtake_its_late_end() -> None:
    pipe = Pipe(SlowClose(flow=FLOW, by=2.0))
    pipe.end("fin")
    pipe.run(until=0.5)
    pipe.end("rst")
    pipe.run(until=2.0)
    assert pipe.ends == ["fin"]
    pipe.run()
    assert (pipe.ends, pipe.now) == (["fin", "rst"], 2.5)
    assert fired(pipe) == [("f0", "end 2 s late"), ("f0", "reset 2 s late")]


def test_on_a_narrow_link_the_rest_of_a_line_takes_its_time_too() -> None:
    pipe = Pipe(Throttle(flow=FLOW, rate=20.0))
    pipe.feed(A + b"half")
    pipe.end()
    pipe.run()
    assert (pipe.out, pipe.ends) == (A + b"half", ["fin"])
    assert pipe.writes[-1] == (1.2, b"f")
    assert [did for _, did in fired(pipe)] == ["took 1 s", "took 1.2 s"]


def test_parts_of_a_message_that_was_not_chosen_are_not_throttled() -> None:
    pipe = Pipe(Split(flow=FLOW, at=5, gap=0.1), Throttle(flow=FLOW, rate=1.0, message="9"))
    pipe.feed(A)
    pipe.run()
    assert pipe.writes == [(0.0, A[:5]), (0.1, A[5:])]


def test_the_rest_of_a_split_line_is_no_message_to_the_next_fault() -> None:
    pipe = Pipe(Split(flow=FLOW, at=5, message="2"), Swap(flow=FLOW))
    pipe.feed(A + B)
    pipe.run()
    assert pipe.out == A + B
    assert fired(pipe) == [("f0", "split after 5 of 20 bytes")]


@pytest.mark.parametrize("distribution", SPREADS)
def test_no_delay_is_longer_than_an_hour_or_shorter_than_nothing(distribution: str) -> None:
    longest = Delay.model_validate(
        {"flow": FLOW, "by": LONGEST, "jitter": LONGEST, "distribution": distribution}, strict=True
    )
    for luck in (0.0, 0.5, 0.9999):
        wakes = [action.at for action in longest.on_message(message(luck)) if isinstance(action, Wake)]
        assert all(0 <= at <= LONGEST for at in wakes)
        assert wakes


def message(luck: float) -> Message:
    return Message(FLOW, CONN, 1, A, "a.example", 0.0, luck=luck)


def test_no_id_of_another_fault_shares_the_luck_of_a_delay() -> None:
    asked: list[str] = []

    def told(fault: str, *_: object) -> float:
        asked.append(fault)
        return 0.5

    slots = [Slot("delay1", Delay(flow=FLOW, by=1.0, jitter=1.0)), Slot("delay1.luck", Drop(flow=FLOW, chance=0.1))]
    pipeline = Pipeline(slots, Line(), told)
    pipeline.dialled(CONN, LINK)
    for slot in slots:
        list(pipeline.happened(slot.id, "when", 0.0))
    list(pipeline.arrived(CONN, FLOW, A, 0.0))
    list(pipeline.heal("delay1", 0.5))
    assert len(set(asked)) == 2
    assert not [fault for fault in asked if fault != "delay1.luck" and re.fullmatch(ID, fault)]


def test_a_cut_without_a_choice_of_messages_comes_at_its_time() -> None:
    pipe = Pipe(Cut(flow=FLOW))
    pipe.end()
    assert (pipe.ends, fired(pipe)) == ([], [("f0", "its end is kept back: the link is cut")])
    pipe.heal()
    assert pipe.ends == ["fin"]


def test_a_cut_that_has_not_begun_cuts_nothing() -> None:
    pipe = Pipe(Cut(flow=FLOW), active=False)
    pipe.feed(A)
    assert pipe.out == A


def test_a_cut_at_a_message_comes_with_it() -> None:
    pipe = Pipe(Cut(flow=FLOW, message="2"))
    pipe.feed(A)
    pipe.feed(B + C + b"half")
    pipe.end()
    assert (pipe.out, pipe.ends) == (A, [])


def test_a_cut_tells_every_message_that_is_lost_and_the_rest_of_a_line() -> None:
    pipe = Pipe(Cut(flow=FLOW))
    pipe.feed(A + B + b"half")
    pipe.end()
    pipe.heal()
    pipe.run()
    assert (pipe.out, pipe.ends) == (b"", ["fin"])
    assert [note.piece and note.piece.data for note in pipe.noted("lost")] == [A, B, b"half"]
    assert len(fired(pipe)) == 4


@pytest.mark.parametrize("by", [0.0, 1.0])
def test_a_reset_does_not_pass_a_cut_link_whatever_is_listed_before_it(by: float) -> None:
    pipe = Pipe(Delay(flow=FLOW, by=by), Cut(flow=FLOW))
    pipe.feed(A)
    pipe.end("rst")
    pipe.run()
    assert (pipe.out, pipe.ends) == (b"", [])
    pipe.heal()
    assert pipe.ends == ["rst"]
