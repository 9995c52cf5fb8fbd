"""The checks of LS's lines on the wire: `one_reply`, `own_name`, `from_a_server`, `relayed`."""

import pytest

from lab.evidence import PlannedClient
from tests.unit.checks.check_stage import A, B, Stage, fault, judged, line, missing, silent, sound, the_one, told

CHECKS = ("one_reply", "own_name", "from_a_server", "relayed")


@pytest.mark.parametrize("kind", CHECKS)
def test_a_sound_scenario_passes_and_says_so(kind: str) -> None:
    assert silent(sound(), kind)
    assert len(judged(sound(), kind)) == 1


@pytest.mark.parametrize("kind", CHECKS)
def test_a_program_client_is_judged_by_the_wire(kind: str) -> None:
    stage = Stage(clients=(PlannedClient(name="ann", by="program"),))
    stage.query("a.example", 0.1, A, 0.003, says=[("ts1", A, 0.002)])
    stage.query("none.example", 0.2, missing("none.example"), 5.001)
    stage.done(5.5)
    stage.stop()
    assert silent(stage, kind)


@pytest.mark.parametrize("kind", CHECKS)
def test_a_client_that_resets_in_mid_query_is_owed_nothing(kind: str) -> None:
    stage = Stage(clients=(PlannedClient(name="ann", stays=False),))
    stage.query("a.example", 1.0, None, 0, says=[("ts1", A, 3.0)])
    stage.note(2.0, "left", client="ann", how="reset")
    stage.ended("ann->ls", 2.0, "rst")
    stage.stop(10.0)
    assert silent(stage, kind)


@pytest.mark.parametrize("kind", CHECKS)
def test_the_answer_in_pieces_is_put_together(kind: str) -> None:
    stage = Stage()
    query = stage.ask("a.example", 1.0)
    stage.fan("a.example", 1.001)
    stage.sent("ts1->ls", A, 1.002, ("arrived",))
    stage.sent("ts1->ls", A[:5], 1.002, ("passed",), what="bytes")
    stage.sent("ts1->ls", A[5:], 1.012, ("passed",))
    stage.reply(query, A, 1.013)
    stage.stop(9.0)
    assert silent(stage, kind)


def test_no_reply_although_nothing_was_in_the_way_breaks_c5() -> None:
    stage = Stage()
    stage.query("none.example", 1.0, None, 0)
    stage.stop(8.0)
    assert told(stage, "one_reply") == ("failed", "C5", "ls")


def test_a_run_that_ended_before_six_seconds_proves_nothing_of_a_missing_reply() -> None:
    stage = Stage()
    stage.query("none.example", 1.0, None, 0)
    stage.stop(4.0)
    assert silent(stage, "one_reply")


def test_ls_that_a_fault_harms_owes_no_reply() -> None:
    stage = Stage(faults=[fault(harms=("ls",))])
    stage.query("none.example", 1.0, None, 0)
    stage.stop(8.0)
    assert silent(stage, "one_reply")


def test_a_fault_on_the_clients_leg_excuses_a_missing_reply_also_if_it_names_all_clients() -> None:
    stage = Stage(faults=[fault(flows=("*->ls",))])
    stage.query("none.example", 1.0, None, 0)
    stage.stop(8.0)
    assert silent(stage, "one_reply")


def test_closing_the_session_instead_of_a_reply_is_told() -> None:
    stage = Stage()
    stage.query("none.example", 1.0, None, 0)
    stage.ended("ls->ann", 1.5)
    stage.stop(2.0)
    assert told(stage, "one_reply") == ("failed", "C5", "ls")


def test_closing_the_session_when_two_servers_answer_is_allowed() -> None:
    stage = Stage({"ts1": {"a.example": "1.1.1.1"}, "ts2": {"a.example": "2.2.2.2"}})
    stage.query("a.example", 1.0, None, 0, says=[("ts1", A, 0.002), ("ts2", line("a.example", "2.2.2.2"), 0.002)])
    stage.ended("ls->ann", 1.5)
    stage.stop(9.0)
    assert silent(stage, "one_reply")
    assert silent(stage, "relayed")


def test_relaying_both_answers_of_two_servers_breaks_b13() -> None:
    other = line("a.example", "2.2.2.2")
    stage = Stage({"ts1": {"a.example": "1.1.1.1"}, "ts2": {"a.example": "2.2.2.2"}})
    stage.query("a.example", 1.0, A, 0.003, says=[("ts1", A, 0.002), ("ts2", other, 0.004)])
    stage.sent("ls->ann", other, 1.005)
    assert told(stage, "one_reply") == ("failed", "B13", "ls")


def test_either_answer_of_two_servers_may_be_relayed() -> None:
    other = line("a.example", "2.2.2.2")
    stage = Stage({"ts1": {"a.example": "1.1.1.1"}, "ts2": {"a.example": "2.2.2.2"}})
    stage.query("a.example", 1.0, other, 0.005, says=[("ts1", A, 0.002), ("ts2", other, 0.004)])
    assert silent(stage, "relayed")
    assert silent(stage, "from_a_server")


def test_a_late_answer_sent_after_not_found_breaks_b1() -> None:
    stage = Stage(faults=[fault(flows=("ts1->ls",))])
    stage.query("a.example", 1.0, missing("a.example"), 5.001)
    stage.says("ts1", A, 1.002, handed_on=7.0)
    stage.sent("ls->ann", A, 7.001)
    assert told(stage, "one_reply") == ("failed", "B1", "ls")


def test_a_reply_written_twice_breaks_c3() -> None:
    stage = Stage()
    stage.query("a.example", 1.0, A, 0.003, says=[("ts1", A, 0.002)])
    stage.sent("ls->ann", A, 1.004)
    assert told(stage, "one_reply") == ("failed", "C3", "ls")


def test_the_answer_of_an_earlier_query_breaks_b1() -> None:
    stage = Stage()
    stage.query("a.example", 1.0, missing("a.example"), 5.001)
    stage.says("ts1", A, 7.0)
    stage.query("b.example", 7.1, A, 0.002)
    assert told(stage, "own_name") == ("failed", "B1", "ls")


def test_a_late_answer_to_the_same_name_is_a_right_answer() -> None:
    stage = Stage()
    stage.query("a.example", 1.0, missing("a.example"), 5.001)
    stage.says("ts1", A, 7.0)
    stage.query("A.example", 7.1, A, 0.002)
    stage.stop(9.0)
    assert [kind for kind in CHECKS if not silent(stage, kind)] == []


def test_a_line_about_a_name_nobody_asked_breaks_b5() -> None:
    stage = Stage()
    odd = line("odd.example", "9.9.9.9")
    stage.query("a.example", 1.0, odd, 0.003, says=[("ts1", odd, 0.002)])
    assert told(stage, "own_name") == ("failed", "B5", "ls")


def test_a_line_that_no_server_sent_breaks_c3() -> None:
    stage = Stage()
    stage.query("a.example", 1.0, A, 0.003)
    assert told(stage, "from_a_server") == ("failed", "C3", "ls")


def test_a_line_that_a_server_sent_but_a_fault_kept_breaks_c3_all_the_same() -> None:
    stage = Stage()
    query = stage.ask("a.example", 1.0)
    stage.says("ts1", A, 1.001, lost=True)
    stage.reply(query, A, 1.003)
    assert told(stage, "from_a_server") == ("failed", "C3", "ls")


def test_a_line_in_another_case_breaks_c4() -> None:
    stage = Stage()
    stage.query("A.example", 1.0, line("A.example", "1.1.1.1"), 0.003, says=[("ts1", A, 0.002)])
    assert told(stage, "from_a_server") == ("failed", "C4", "ls")


def test_not_found_in_another_spelling_breaks_c5() -> None:
    stage = Stage()
    stage.query("None.example", 1.0, missing("none.example"), 5.001)
    assert told(stage, "from_a_server") == ("failed", "C5", "ls")


@pytest.mark.parametrize(("held", "clause"), [(0.051, "B16"), (0.2, "B16"), (0.3, "C3")])
def test_an_answer_held_too_long_is_told_by_how_long(held: float, clause: str) -> None:
    stage = Stage()
    stage.query("a.example", 1.0, A, 0.0021 + held, says=[("ts1", A, 0.002)])
    assert told(stage, "relayed") == ("failed", clause, "ls")


def test_an_answer_held_because_another_server_is_dead_breaks_b2() -> None:
    stage = Stage(faults=[fault(harms=("ts2",))])
    stage.note(0.5, "exited", server="ts2", status=-9, by="f1")
    stage.query("a.example", 1.0, A, 1.0, fan=["ts1"], says=[("ts1", A, 0.002)])
    assert told(stage, "relayed") == ("failed", "B2", "ls")


def test_an_answer_that_came_in_time_and_was_never_relayed_breaks_c3() -> None:
    stage = Stage()
    stage.query("a.example", 1.0, missing("a.example"), 5.001, says=[("ts1", A, 4.4)])
    assert told(stage, "relayed") == ("failed", "C3", "ls")
    assert the_one(stage, "relayed").excess == pytest.approx(0.6, abs=0.01)


@pytest.mark.parametrize("at", [4.6, 5.4])
def test_an_answer_near_five_seconds_may_be_left_out(at: float) -> None:
    stage = Stage()
    stage.query("a.example", 1.0, missing("a.example"), 5.5, says=[("ts1", A, at)])
    assert silent(stage, "relayed")


def test_a_pipelined_answer_waits_for_the_query_before_it() -> None:
    stage = Stage()
    first = stage.ask("none.example", 1.0)
    second = stage.ask("b.example", 1.00001)
    stage.fan("none.example", 1.001)
    stage.fan("b.example", 1.001)
    stage.says("ts2", B, 1.002)
    stage.reply(first, missing("none.example"), 6.001)
    stage.reply(second, B, 6.002)
    stage.stop(9.0)
    assert [kind for kind in CHECKS if not silent(stage, kind)] == []


def test_an_answer_that_is_not_the_tables_need_not_be_relayed() -> None:
    stage = Stage(faults=[fault(flows=("ts1->ls",))])
    query = stage.ask("a.example", 1.0)
    stage.fan("a.example", 1.001)
    stage.sent("ts1->ls", "a.example garbage", 1.002, ("passed",))
    stage.reply(query, missing("a.example"), 6.001)
    assert silent(stage, "relayed")


def test_a_blank_line_and_what_follows_done_are_no_queries() -> None:
    stage = Stage()
    stage.sent("ann->ls", "   ", 1.0)
    stage.done(1.1)
    stage.sent("ann->ls", "a.example", 1.2)
    stage.stop(9.0)
    assert judged(stage, "one_reply") == []


def test_one_that_ls_left_hanging_excuses_the_ones_behind_it() -> None:
    stage = Stage()
    stage.ask("none.example", 1.0)
    stage.ask("nobody.example", 1.1)
    stage.stop(20.0)
    assert the_one(stage, "one_reply").query == "ann.1"


def test_closing_instead_of_taking_the_next_query_breaks_c7() -> None:
    stage = Stage()
    stage.query("a.example", 1.0, A, 0.003, says=[("ts1", A, 0.002)])
    stage.ask("b.example", 2.0)
    stage.ended("ls->ann", 2.01)
    stage.stop(9.0)
    assert told(stage, "one_reply") == ("failed", "C7", "ls")


def test_an_end_that_answers_the_one_of_ls_is_not_what_ls_ended_a_session_for() -> None:
    stage = Stage()
    stage.query("none.example", 1.0, None, 0.0)
    stage.ended("ts1->ls", 1.5)
    stage.ended("ls->ann", 1.6)
    stage.ended("ann->ls", 1.6)
    stage.stop(9.0)
    assert told(stage, "one_reply") == ("failed", "B2", "ls")
