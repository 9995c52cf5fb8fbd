"""The check `keeps_sessions`: LS ends no session that its client has not ended."""

from collections.abc import Callable

import pytest

from lab.evidence import PlannedClient, PlannedFault
from tests.unit.checks.check_cases import died, hung_up
from tests.unit.checks.check_stage import A, B, Stage, fault, judged, silent, sound, the_one, told

KIND = "keeps_sessions"


def answered(**told_to_stage: object) -> Stage:
    """Ann has her answer, and stays."""
    stage = Stage(**told_to_stage)  # type: ignore[arg-type]
    stage.query("a.example", 1.0, A, 0.003, says=[("ts1", A, 0.002)])
    return stage


def cut(stage: Stage, at: float) -> Stage:
    """LS ends the session at that time, long before the lab stops."""
    stage.ended("ls->ann", at)
    stage.stop(20.0)
    return stage


def test_a_session_that_the_client_ended_passes_and_says_so() -> None:
    assert silent(sound(), KIND)
    assert judged(sound(), KIND)[0].sentence == "LS kept 1 session open for its client."


def test_a_session_that_ls_ends_after_a_reply_breaks_c7() -> None:
    assert told(hung_up(), KIND) == ("failed", "C7", "ls")
    assert told(cut(answered(), 1.01), KIND) == ("failed", "C7", "ls")
    assert "7 ms after its reply to a.example" in the_one(cut(answered(), 1.01), KIND).sentence


def test_a_silent_session_that_ls_ends_breaks_b14() -> None:
    assert told(cut(answered(), 11.0), KIND) == ("failed", "B14", "ls")


def test_a_session_that_ls_ends_as_a_server_dies_breaks_b2() -> None:
    stage = answered(faults=[fault(harms=("ts2",))])
    stage.note(2.0, "exited", server="ts2", status=-9, by="f1")
    assert told(cut(stage, 2.01), KIND) == ("failed", "B2", "ls")


def test_a_session_that_ls_ends_when_a_fault_cut_a_servers_connection_breaks_b2() -> None:
    stage = answered(faults=[fault(flows=("ts1->ls",))])
    stage.ended("ts1->ls", 1.5, "rst", ("passed",))
    assert told(cut(stage, 1.51), KIND) == ("failed", "B2", "ls")


def test_a_session_that_ls_ends_while_a_server_is_dead_breaks_b2() -> None:
    stage = Stage(faults=[fault(harms=("ts2",))])
    stage.note(0.2, "exited", server="ts2", status=-9, by="f1")
    stage.query("a.example", 1.0, A, 0.003, fan=["ts1"], says=[("ts1", A, 0.002)])
    assert told(cut(stage, 1.01), KIND) == ("failed", "B2", "ls")


def test_a_session_that_ls_ends_at_a_line_that_no_query_called_for_breaks_b5() -> None:
    stage = answered(faults=[fault(flows=("ts1->ls",))])
    stage.sent("ts1->ls", A, 2.0, ("passed",))
    assert told(cut(stage, 2.01), KIND) == ("failed", "B5", "ls")


@pytest.mark.parametrize(
    "end",
    [
        lambda stage: stage.sent("ann->ls", "done", 1.1),
        lambda stage: stage.ended("ann->ls", 1.1),
        lambda stage: stage.ended("ann->ls", 1.1, "rst"),
        lambda stage: stage.note(1.1, "left", client="ann", how="half_close"),
        lambda stage: stage.note(1.1, "left", client="ann", how="close"),
    ],
)
def test_a_session_that_the_client_ended_first_in_any_way_is_no_breach(end: Callable[[Stage], None]) -> None:
    stage = answered()
    end(stage)
    assert silent(cut(stage, 1.2), KIND)


@pytest.mark.parametrize(
    "harm", [fault(harms=("ls",)), fault(flows=("ann->ls",)), fault(flows=("ls->*",)), fault(flows=("*->ls",))]
)
def test_a_fault_on_ls_or_on_the_clients_link_may_have_ended_the_session(harm: PlannedFault) -> None:
    assert silent(cut(answered(faults=[harm]), 1.01), KIND)


def test_a_client_that_a_fault_cut_off_and_that_dials_again_proves_nothing() -> None:
    stage = answered(faults=[fault(flows=("ls->ann",))])
    stage.ended("ls->ann", 1.01, "rst")
    stage.again("ann->ls")
    stage.query("b.example", 2.0, B, 0.003, says=[("ts2", B, 0.002)])
    assert silent(cut(stage, 2.5), KIND)


def test_each_connection_of_a_client_is_a_session() -> None:
    stage = answered()
    stage.ended("ls->ann", 1.01)
    stage.again("ann->ls")
    stage.query("b.example", 2.0, B, 0.003, says=[("ts2", B, 0.002)])
    stage.done(3.0)
    stage.stop(9.0)
    assert the_one(stage, KIND).query == "ann.1"
    assert len(judged(stage, KIND)) == 2


@pytest.mark.parametrize("later", [1.0025, 1.3])
def test_two_servers_that_answer_one_query_may_end_the_session(later: float) -> None:
    stage = Stage(tables={"ts1": {"a.example": "1.1.1.1"}, "ts2": {"a.example": "1.1.1.1"}})
    stage.query("a.example", 1.0, A, 0.003, says=[("ts1", A, 0.002)])
    stage.says("ts2", A, later)
    assert silent(cut(stage, 1.4), KIND)


@pytest.mark.parametrize(("text", "what"), [("two words", "message"), ("x" * 5000, "bytes"), ("\x00\x01", "message")])
def test_a_client_that_sends_no_names_may_be_sent_away(text: str, what: str) -> None:
    stage = answered()
    stage.sent("ann->ls", text, 1.1, what=what)
    assert silent(cut(stage, 1.2), KIND)


def test_what_others_say_is_left_to_them() -> None:
    assert judged(died(), KIND) == []
    stage = Stage()
    stage.query("none.example", 1.0, None, 0)
    assert judged(cut(stage, 1.2), KIND) == []


def test_a_session_that_ends_as_the_lab_stops_ls_is_no_breach() -> None:
    stage = answered()
    stage.stop(2.0)
    stage.ended("ls->ann", 2.0005)
    assert silent(stage, KIND)


def test_ls_that_serves_one_client_may_end_with_it() -> None:
    stage = answered(serves_many=False, clients=(PlannedClient(name="ann", by="program"),))
    stage.ended("ann->ls", 1.1)
    stage.ended("ls->ann", 1.11)
    stage.note(1.2, "exited", server="ls", status=0, by="")
    assert silent(stage, KIND)
