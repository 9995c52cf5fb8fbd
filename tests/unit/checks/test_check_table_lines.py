"""The check `table_lines`: a TS sends what its table has, once, and keeps the connection."""

from collections.abc import Callable

import pytest

from lab.evidence import PlannedFault
from tests.unit.checks.check_cases import talkative
from tests.unit.checks.check_stage import A, B, Stage, fault, judged, missing, silent, sound, the_one, told

KIND = "table_lines"


def answered(**told_to_stage: object) -> Stage:
    """ts1 has answered one query of two servers."""
    stage = Stage(**told_to_stage)  # type: ignore[arg-type]
    stage.query("a.example", 1.0, A, 0.003, says=[("ts1", A, 0.002)])
    return stage


def stopped(stage: Stage) -> Stage:
    stage.stop(9.0)
    return stage


def test_servers_that_send_what_their_tables_have_pass_and_say_so() -> None:
    assert silent(sound(), KIND)
    assert judged(sound(), KIND)[0].sentence == "Every TS sent what it had to 6 queries, and nothing else."


def test_a_server_that_says_that_it_has_not_the_name_breaks_c6() -> None:
    assert told(talkative(), KIND) == ("failed", "C6", "ts2")
    assert "its table has no such name" in the_one(talkative(), KIND).sentence


def test_a_server_that_answers_twice_breaks_c6_even_after_the_reply() -> None:
    stage = answered()
    stage.says("ts1", A, 1.5)
    assert told(stopped(stage), KIND) == ("failed", "C6", "ts1")
    assert "no query was open" in the_one(stage, KIND).sentence


def test_a_server_that_sends_the_address_alone_breaks_c6() -> None:
    stage = Stage()
    stage.query("a.example", 1.0, missing("a.example"), 5.001, says=[("ts1", "1.1.1.1", 0.002)])
    assert told(stopped(stage), KIND) == ("failed", "C6", "ts1")


def test_a_name_that_is_asked_twice_is_answered_twice() -> None:
    stage = answered()
    stage.query("a.example", 2.0, A, 0.003, says=[("ts1", A, 0.002)])
    stage.query("A.EXAMPLE", 3.0, A, 0.003, says=[("ts1", A, 0.002)])
    assert silent(stopped(stage), KIND)


@pytest.mark.parametrize("what", ["fin", "rst"])
def test_a_server_that_ends_its_connection_breaks_c6(what: str) -> None:
    stage = answered()
    stage.ended("ts1->ls", 1.01, what)
    assert told(stopped(stage), KIND) == ("failed", "C6", "ts1")


def test_a_server_that_dies_breaks_c6_and_the_sentence_says_how() -> None:
    stage = answered()
    stage.ended("ts1->ls", 1.01)
    stage.note(1.02, "exited", server="ts1", status=1, by="")
    assert "it exited by itself with status 1" in the_one(stopped(stage), KIND).sentence


@pytest.mark.parametrize(
    "before",
    [
        lambda stage: stage.ended("ls->ts1", 1.1),
        lambda stage: stage.ended("ls->ts1", 1.1, "rst"),
        lambda stage: stage.sent("ls->ts1", "done", 1.1),
        lambda stage: stage.sent("ls->ts1", "x" * 5000, 1.1, what="bytes"),
        lambda stage: stage.sent("ls->ts1", "\udcff\x00", 1.1),
    ],
)
def test_a_server_may_end_a_connection_that_ls_ended_or_misused(before: Callable[[Stage], None]) -> None:
    stage = answered()
    before(stage)
    stage.ended("ts1->ls", 1.2)
    assert silent(stopped(stage), KIND)


@pytest.mark.parametrize(
    "harm", [fault(harms=("ts1",)), fault(flows=("ts1->ls",)), fault(flows=("ls->*",)), fault(flows=("*->ls",))]
)
def test_a_server_that_a_fault_harmed_or_whose_link_it_touched_is_not_judged(harm: PlannedFault) -> None:
    stage = answered(faults=[harm])
    stage.says("ts1", B, 1.2)
    stage.ended("ts1->ls", 1.3, "rst")
    stage.note(1.3, "exited", server="ts1", status=-9, by="f1")
    stage.note(1.5, "listening", server="ts1", port=1)
    assert silent(stopped(stage), KIND)


def test_the_other_server_is_judged_all_the_same() -> None:
    stage = answered(faults=[fault(harms=("ts1",))])
    stage.ended("ts2->ls", 1.3)
    assert told(stopped(stage), KIND) == ("failed", "C6", "ts2")


def test_two_servers_that_know_one_name_both_answer_it() -> None:
    stage = Stage(tables={"ts1": {"a.example": "1.1.1.1"}, "ts2": {"a.example": "1.1.1.1"}})
    stage.query("a.example", 1.0, A, 0.003, says=[("ts1", A, 0.002), ("ts2", A, 0.002)])
    assert silent(stopped(stage), KIND)


def test_what_ends_when_the_lab_stops_is_not_judged() -> None:
    stage = answered()
    stage.stop(2.0)
    stage.ended("ts1->ls", 2.0005)
    assert silent(stage, KIND)


def test_a_system_for_one_client_is_judged_by_the_first_connection_only() -> None:
    for dialled, clean in ((0, True), (1, False)):
        stage = answered(serves_many=False)
        stage.note(0.1, "dialled", link="ls->ts1", conn=stage.conn("ls->ts1") + dialled - 1)
        stage.ended("ts1->ls", 1.2)
        assert silent(stopped(stage), KIND) is clean
