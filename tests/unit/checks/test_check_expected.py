"""The check `expected`, on histories by hand: whom it blames, for what, and when it is silent."""

from collections.abc import Callable
from typing import Any

import pytest

from lab.evidence import PlannedFault
from lab.expectation import Expectation
from lab.judging import judge
from lab.verdict import Verdict
from tests.unit.checks.check_cases import jumped
from tests.unit.checks.check_stage import (
    HOP,
    A,
    B,
    C,
    Stage,
    answer,
    broken,
    fault,
    judged,
    line,
    missing,
    not_found,
    one_of,
    silent,
    sound,
    the_one,
    told,
)

SOON = answer("1.1.1.1", 0.0)


def test_what_is_as_expected_passes() -> None:
    assert silent(sound(), "expected")


def test_an_answer_that_came_with_the_one_before_it_is_not_early_when_the_saved_history_is_judged() -> None:
    stage = Stage()
    for name, text in (("a.example", A), ("b.example", B)):
        query = stage.ask(name, 1.0, expect=Expectation(kind="answer", answer=text, at=0.0))
        stage.fan(name, 1.001)
        stage.says("ts1" if text == A else "ts2", text, 1.002)
        stage.sent("ls->ann", text, 1.003)
        stage.note(1.0034567, "replied", client="ann", query=query, text=text, after=1.00345669999)
        stage.outcome(query, "answered", 1.0034567, text)
    assert silent(stage, "expected")


def asked_a(expect: Expectation = SOON, **told_to_stage: Any) -> tuple[Stage, str]:
    stage = Stage(**told_to_stage)
    return stage, stage.ask("a.example", 1.0, expect=expect)


def test_an_answer_that_ls_held_is_ls_breaking_c3() -> None:
    stage, query = asked_a()
    stage.fan("a.example", 1.001)
    stage.says("ts1", A, 1.002)
    stage.reply(query, A, 1.402)
    assert told(stage, "expected") == ("failed", "C3", "ls")
    assert "LS held the answer of ts1 for 400 ms" in the_one(stage, "expected").sentence


def test_an_answer_held_a_little_breaks_only_b16() -> None:
    stage, query = asked_a()
    stage.fan("a.example", 1.001)
    stage.says("ts1", A, 1.002)
    stage.reply(query, A, 1.102)
    assert told(stage, "expected") == ("failed", "B16", "ls")


def test_an_answer_that_ts_gave_late_without_a_fault_is_blamed_on_ts() -> None:
    stage, query = asked_a()
    stage.fan("a.example", 1.001)
    stage.says("ts1", A, 1.902)
    stage.reply(query, A, 1.903)
    assert told(stage, "expected") == ("failed", "C6", "ts1")


def test_an_answer_that_came_for_another_clients_query_of_that_name_was_not_held_by_ls() -> None:
    stage = Stage(clients=("ann", "bob"))
    stage.ask("a.example", 0.5, "ann")
    stage.note(0.8, "left", client="ann", how="close")
    query = stage.ask("a.example", 1.0, "bob", expect=SOON)
    stage.fan("a.example", 1.001)
    bobs = dict(stage.conns)
    stage.again("ts1->ls")
    stage.says("ts1", A, 1.002)
    stage.conns = bobs
    stage.says("ts1", A, 1.902)
    stage.reply(query, A, 1.903)
    assert told(stage, "expected") == ("failed", "C6", "ts1")


def test_an_answer_that_a_fault_held_is_blamed_on_nobody() -> None:
    stage, query = asked_a(faults=[fault(flows=("ts1->ls",))])
    stage.fan("a.example", 1.001)
    stage.says("ts1", A, 1.002, handed_on=4.0)
    stage.reply(query, A, 4.001)
    assert told(stage, "expected") == ("inconclusive", "", "")


def test_a_query_that_ls_sent_on_late_breaks_c2() -> None:
    stage, query = asked_a()
    stage.fan("a.example", 1.0, {"ts2": 1.001, "ts1": 3.001})
    stage.says("ts1", A, 3.002)
    stage.reply(query, A, 3.003)
    assert told(stage, "expected") == ("failed", "C2", "ls")


def test_not_found_where_ls_had_the_answer_breaks_c3() -> None:
    stage, query = asked_a()
    stage.fan("a.example", 1.001)
    stage.says("ts1", A, 1.002)
    stage.reply(query, missing("a.example"), 6.002)
    assert told(stage, "expected") == ("failed", "C3", "ls")


def test_not_found_for_a_name_in_another_case_breaks_c4_by_ls() -> None:
    stage = Stage()
    query = stage.ask("A.Example", 1.0, expect=SOON)
    stage.fan("A.Example", 1.001)
    stage.says("ts1", A, 1.002)
    stage.reply(query, missing("A.Example"), 6.002)
    assert told(stage, "expected") == ("failed", "C4", "ls")


def test_a_server_that_is_silent_about_a_name_in_another_case_breaks_c4() -> None:
    stage = Stage()
    query = stage.ask("A.Example", 1.0, expect=SOON)
    stage.fan("A.Example", 1.001)
    stage.reply(query, missing("A.Example"), 6.002)
    assert told(stage, "expected") == ("failed", "C4", "ts1")


def test_a_server_that_is_silent_about_its_own_name_breaks_c6() -> None:
    stage, query = asked_a()
    stage.fan("a.example", 1.001)
    stage.reply(query, missing("a.example"), 6.002)
    assert told(stage, "expected") == ("failed", "C6", "ts1")


def test_a_server_that_was_never_asked_is_ls_breaking_c2() -> None:
    stage, query = asked_a()
    stage.fan("a.example", 1.001, ["ts2"])
    stage.reply(query, missing("a.example"), 6.002)
    assert told(stage, "expected") == ("failed", "C2", "ls")


def test_a_server_that_died_by_itself_is_blamed_and_not_ls() -> None:
    stage, query = asked_a()
    stage.note(0.5, "exited", server="ts1", status=1, by="")
    stage.fan("a.example", 1.001, ["ts2"])
    stage.reply(query, missing("a.example"), 6.002)
    assert told(stage, "expected") == ("failed", "C6", "ts1")


def test_giving_up_early_breaks_c5() -> None:
    stage, query = asked_a(answer("1.1.1.1", 3.0), faults=[fault(flows=("ts1->ls",))])
    stage.fan("a.example", 1.001)
    stage.says("ts1", A, 1.002, handed_on=4.0)
    stage.reply(query, missing("a.example"), 3.0)
    assert told(stage, "expected") == ("failed", "C5", "ls")
    assert "gave up after 2 s" in the_one(stage, "expected").sentence


def test_not_found_a_hair_early_passes_by_the_longest_reading() -> None:
    stage = Stage()
    stage.query("none.example", 1.0, missing("none.example"), 4.981, expect=not_found())
    assert silent(stage, "expected")


def test_not_found_early_late_and_unpunctual_are_told_apart() -> None:
    for after, clause in ((4.9, "C5"), (5.3, "B16"), (6.1, "C5")):
        stage = Stage()
        stage.query("none.example", 1.0, missing("none.example"), after, expect=not_found())
        assert told(stage, "expected") == ("failed", clause, "ls"), after


def test_early_not_found_while_a_server_is_dead_breaks_b2() -> None:
    stage = Stage(faults=[fault(harms=("ts1",))])
    stage.note(0.5, "exited", server="ts1", status=-9, by="f1")
    stage.query("none.example", 1.0, missing("none.example"), 0.01, expect=not_found(), fan=["ts2"])
    assert told(stage, "expected") == ("failed", "B2", "ls")


def test_a_late_answer_given_to_another_query_breaks_b1() -> None:
    stage = Stage(faults=[fault(flows=("ts1->ls",))])
    stage.query("a.example", 0.1, missing("a.example"), 5.001, expect=not_found())
    stage.says("ts1", A, 0.102, handed_on=6.0)
    stage.query("none.example", 6.2, A, 0.002, expect=not_found())
    found = the_one(stage, "expected")
    assert (found.query, found.clause, found.blames) == ("ann.2", "B1", "ls")
    assert found.sentence.endswith(
        "It is the answer of ts1 to ann.1 (a.example), which came 899 ms after LS had given up on that, and lay unread "
        "in LS's connection to ts1. LS took it for the answer to this query: it must compare the name of a line with "
        "the one it asks."
    )


def test_a_late_answer_to_the_same_name_asked_again_is_no_trouble_of_ls() -> None:
    stage = Stage(faults=[fault(flows=("ts1->ls",))])
    stage.query("a.example", 0.1, missing("a.example"), 5.001, expect=not_found())
    stage.says("ts1", A, 0.102, handed_on=6.3)
    stage.query("a.example", 6.2, A, 0.102, expect=one_of(not_found(), answer("1.1.1.1")))
    assert silent(stage, "expected")


def test_an_answer_where_none_was_expected_but_ls_was_given_it_is_blamed_on_nobody() -> None:
    stage = Stage(faults=[fault(flows=("ts1->ls",))])
    stage.query("a.example", 0.1, A, 0.003, expect=not_found(), says=[("ts1", A, 0.002)])
    assert told(stage, "expected") == ("inconclusive", "", "")


def test_an_answer_after_six_seconds_where_ls_had_to_give_up_breaks_c5() -> None:
    stage = Stage(faults=[fault(flows=("ts1->ls",))])
    stage.query("a.example", 0.1, A, 7.002, expect=not_found(), says=[("ts1", A, 7.0)])
    assert told(stage, "expected") == ("failed", "C5", "ls")


def test_between_four_and_a_half_and_five_and_a_half_either_is_right() -> None:
    for at, text, after in ((4.9, missing("a.example"), 5.001), (5.2, A, 5.201)):
        for expect in (not_found(), answer("1.1.1.1", 4.9)):
            stage = Stage(faults=[fault(flows=("ts1->ls",))])
            query = stage.ask("a.example", 0.1, expect=expect)
            stage.fan("a.example", 0.101)
            stage.says("ts1", A, 0.102, handed_on=0.1 + at)
            stage.reply(query, text, 0.1 + after)
            assert silent(stage, "expected"), (at, text, expect)


def test_the_answer_of_a_second_server_given_to_another_query_breaks_b13() -> None:
    stage = Stage(tables={"ts1": {"a.example": "1.1.1.1"}, "ts2": {"a.example": "9.9.9.9", "b.example": "2.2.2.2"}})
    second = line("a.example", "9.9.9.9")
    stage.query("a.example", 1.0, A, 0.003, says=[("ts1", A, 0.002), ("ts2", second, 0.002)])
    query = stage.ask("b.example", 1.1, expect=answer("2.2.2.2", 0.0))
    stage.fan("b.example", 1.101)
    stage.reply(query, second, 1.102)
    assert told(stage, "expected") == ("failed", "B13", "ls")


def test_an_answer_of_another_address_that_the_server_sent_is_blamed_on_the_server() -> None:
    stage, query = asked_a()
    stage.fan("a.example", 1.001)
    stage.says("ts1", line("a.example", "9.9.9.9"), 1.002)
    stage.reply(query, line("a.example", "9.9.9.9"), 1.003)
    assert told(stage, "expected") == ("failed", "C6", "ts1")


def test_an_answer_that_ls_changed_is_blamed_on_ls() -> None:
    stage, query = asked_a()
    stage.fan("a.example", 1.001)
    stage.says("ts1", A, 1.002)
    stage.reply(query, line("a.example", "9.9.9.9"), 1.003)
    assert told(stage, "expected") == ("failed", "C3", "ls")


def test_an_answer_whose_case_ls_changed_breaks_c4() -> None:
    stage = Stage()
    query = stage.ask("A.Example", 1.0, expect=SOON)
    stage.fan("A.Example", 1.001)
    stage.says("ts1", A, 1.002)
    stage.reply(query, line("A.Example", "1.1.1.1"), 1.003)
    assert told(stage, "expected") == ("failed", "C4", "ls")


def test_not_found_in_other_words_breaks_c5() -> None:
    stage = Stage()
    stage.query("none.example", 1.0, "none.example - TIMED OUT", 5.001, expect=not_found())
    assert told(stage, "expected") == ("failed", "C5", "ls")


def test_a_cache_breaks_c2() -> None:
    stage = Stage(faults=[fault(flows=("ts1->ls",))])
    stage.query("a.example", 0.1, A, 0.003, says=[("ts1", A, 0.002)])
    stage.query("a.example", 1.0, A, 0.001, fan=False, expect=answer("1.1.1.1", 3.0))
    assert told(stage, "expected") == ("failed", "C2", "ls")


def test_ls_that_hangs_breaks_c5() -> None:
    stage = Stage()
    query = stage.query("none.example", 1.0, None, 0, expect=not_found())
    stage.outcome(query, "no_reply", 16.0)
    assert told(stage, "expected") == ("failed", "C5", "ls")
    assert "LS hung" in the_one(stage, "expected").sentence


def test_ls_that_dies_says_so_in_the_sentence() -> None:
    stage = Stage()
    query = stage.query("none.example", 1.0, None, 0, expect=not_found())
    stage.note(2.0, "exited", server="ls", status=1, by="")
    stage.ended("ls->ann", 2.0)
    stage.outcome(query, "closed", 2.1)
    assert told(stage, "expected") == ("failed", "C7", "ls")
    assert "exited by itself with status 1" in the_one(stage, "expected").sentence


def test_ls_that_closed_before_the_next_query_breaks_c7() -> None:
    stage = Stage()
    stage.query("a.example", 0.1, A, 0.003, says=[("ts1", A, 0.002)])
    query = stage.ask("b.example", 1.0, expect=answer("2.2.2.2", 0.0))
    stage.facts = [fact for fact in stage.facts if not (fact[0] > 1.00005 and fact[2] in ("arrived", "passed"))]
    stage.outcome(query, "reset", 1.001)
    assert told(stage, "expected") == ("failed", "C7", "ls")


def test_a_query_that_waited_for_another_clients_breaks_b11() -> None:
    stage = Stage(clients=("ann", "bob"))
    stage.query("none.example", 1.0, missing("none.example"), 5.001)
    query = stage.ask("b.example", 2.0, "bob", answer("2.2.2.2", 0.0))
    stage.fan("b.example", 6.01)
    stage.says("ts2", B, 6.011)
    stage.reply(query, B, 6.012)
    assert told(stage, "expected") == ("failed", "B11", "ls")


def test_the_five_seconds_of_a_pipelined_query_run_from_the_reply_before_it() -> None:
    stage = Stage()
    first = stage.ask("none.example", 1.0, expect=not_found())
    second = stage.ask("nobody.example", 1.00001, expect=not_found())
    stage.fan("none.example", 1.001)
    stage.reply(first, missing("none.example"), 6.001)
    stage.fan("nobody.example", 6.002)
    stage.reply(second, missing("nobody.example"), 11.002)
    assert silent(stage, "expected")


@pytest.mark.parametrize(("after", "verdict"), [(5.001, None), (4.9, ("failed", "B4", "ls"))])
def test_a_lab_that_was_slow_with_one_reply_does_not_find_the_next_one_early(
    after: float, verdict: tuple[str, str, str] | None
) -> None:
    stage = Stage()
    first = stage.ask("none.example", 1.0, expect=not_found())
    second = stage.ask("nobody.example", 1.00001, expect=not_found())
    stage.fan("none.example", 1.001)
    stage.sent("ls->ann", missing("none.example"), 6.001, handed_on=6.7)
    stage.seen(first, missing("none.example"), 6.7)
    stage.fan("nobody.example", 6.002)
    stage.reply(second, missing("nobody.example"), 6.001 + after)
    if verdict is None:
        assert "the lab was slow" in judged(stage, "expected")[-1].sentence
        assert not broken(judged(stage, "expected"))
    else:
        assert told(stage, "expected") == verdict


def test_a_server_that_is_back_for_two_seconds_and_not_used_again_breaks_b3() -> None:
    stage = Stage(faults=[fault(harms=("ts1",))])
    stage.note(0.1, "exited", server="ts1", status=-9, by="f1")
    stage.note(0.6, "started", server="ts1", pid=2, argv=[])
    stage.note(0.7, "listening", server="ts1", port=1)
    stage.query("a.example", 3.0, missing("a.example"), 5.001, expect=SOON, fan=["ts2"])
    assert told(stage, "expected") == ("failed", "B3", "ls")


def test_a_server_that_is_only_just_back_is_blamed_on_nobody() -> None:
    stage = Stage(faults=[fault(harms=("ts1",))])
    stage.note(0.1, "exited", server="ts1", status=-9, by="f1")
    stage.note(2.0, "listening", server="ts1", port=1)
    stage.query("a.example", 3.0, missing("a.example"), 5.001, expect=SOON, fan=["ts2"])
    assert told(stage, "expected") == ("inconclusive", "", "")


def cut_off(*faults: PlannedFault, gap: float = 2.5) -> Stage:
    """The connection of ts1 ended while it listened on, and LS asks only ts2 so long after."""
    stage = Stage(faults=faults)
    stage.ended("ts1->ls", 0.5, "rst")
    stage.query("a.example", 0.5 + gap, missing("a.example"), 5.001, expect=SOON, fan=["ts2"])
    return stage


def test_ls_that_does_not_dial_a_server_again_whose_connection_had_ended_breaks_b3() -> None:
    assert told(cut_off(fault(flows=("ts1->ls",))), "expected") == ("failed", "B3", "ls")
    assert (
        "connected to again 2.5 s before the query" in the_one(cut_off(fault(flows=("ts1->ls",))), "expected").sentence
    )


def test_a_connection_that_ended_only_just_is_blamed_on_nobody_or_on_the_server_that_ended_it() -> None:
    assert told(cut_off(fault(flows=("ts1->ls",)), gap=1.5), "expected") == ("inconclusive", "", "")
    assert told(cut_off(gap=1.5), "expected") == ("failed", "C6", "ts1")


def test_ls_that_dialled_again_in_vain_is_not_to_blame() -> None:
    for at in (0.6, 3.5):
        stage = cut_off(fault(flows=("ls->ts1", "ts1->ls")))
        stage.note(at, "dialled", link="ls->ts1", conn=9)
        assert told(stage, "expected") == ("inconclusive", "", "")


def test_ls_need_not_dial_a_server_again_that_nobody_can_reach() -> None:
    for kind, told_ in (("deaf", {"server": "ts1"}), ("door", {"link": "ls->ts1", "state": "silent"})):
        stage = cut_off(fault(harms=("ts1",), flows=("ls->ts1", "ts1->ls")))
        stage.note(0.6, kind, **told_)
        assert told(stage, "expected") == ("inconclusive", "", "")


def test_a_connection_that_ls_itself_had_ended_is_not_one_it_lost() -> None:
    stage = Stage()
    stage.ended("ls->ts1", 0.4)
    stage.ended("ts1->ls", 0.5)
    stage.query("a.example", 3.0, missing("a.example"), 5.001, expect=SOON, fan=["ts2"])
    assert told(stage, "expected") == ("failed", "C2", "ls")


def test_a_query_written_to_a_dead_connection_breaks_b3_and_one_that_a_fault_dropped_does_not() -> None:
    for again, blamed in ((False, ("failed", "B3", "ls")), (True, ("inconclusive", "", ""))):
        stage = Stage(faults=[fault(flows=("ls->ts1", "ts1->ls"))])
        stage.ended("ts1->ls", 0.5)
        if again:
            stage.again("ls->ts1")
        query = stage.ask("a.example", 3.0, expect=SOON)
        stage.sent("ls->ts1", "a.example", 3.001, ("arrived",))
        stage.reply(query, missing("a.example"), 8.001)
        assert told(stage, "expected") == blamed


def test_a_reply_that_a_fault_of_the_clients_leg_changed_is_blamed_on_nobody() -> None:
    stage, query = asked_a(faults=[fault(flows=("ls->ann",))])
    stage.fan("a.example", 1.001)
    stage.says("ts1", A, 1.002)
    stage.sent("ls->ann", A, 1.003, handed_on=3.0)
    stage.seen(query, A, 3.0 + HOP)
    assert told(stage, "expected") == ("inconclusive", "", "")


def test_a_query_whose_client_left_is_not_judged() -> None:
    stage, query = asked_a()
    stage.outcome(query, "left", 1.5)
    assert silent(stage, "expected")


def test_an_answer_that_belongs_to_another_client_breaks_b11() -> None:
    stage = Stage(clients=("ann", "bob"))
    stage.ask("a.example", 1.0)
    query = stage.ask("b.example", 1.00001, "bob", answer("2.2.2.2", 0.0))
    stage.fan("a.example", 1.001)
    stage.fan("b.example", 1.001)
    stage.says("ts1", A, 1.002)
    stage.reply(query, A, 1.003)
    assert told(stage, "expected") == ("failed", "B11", "ls")


def test_a_server_that_answers_a_name_that_is_in_no_table_is_blamed() -> None:
    stage = Stage()
    odd = line("none.example", "9.9.9.9")
    stage.query("none.example", 1.0, odd, 0.003, expect=not_found(), says=[("ts1", odd, 0.002)])
    assert told(stage, "expected") == ("failed", "C6", "ts1")


def test_replies_in_the_wrong_order_break_b4() -> None:
    stage = Stage()
    first = stage.ask("a.example", 1.0, expect=SOON)
    stage.ask("c.example", 1.00001, expect=answer("3.3.3.3"))
    stage.fan("a.example", 1.001)
    stage.fan("c.example", 1.001)
    stage.says("ts1", C, 1.002)
    stage.reply(first, C, 1.003)
    found = the_one(stage, "expected")
    assert (found.clause, found.blames) == ("B4", "ls")


def test_a_server_that_had_no_time_to_answer_is_not_blamed() -> None:
    stage, query = asked_a()
    stage.fan("a.example", 1.001)
    stage.ended("ls->ann", 1.01)
    stage.outcome(query, "closed", 1.02)
    assert told(stage, "expected") == ("failed", "C5", "ls")


def test_ls_that_died_a_moment_after_its_connections_ended_had_died() -> None:
    stage, query = asked_a()
    stage.fan("a.example", 1.001)
    stage.ended("ls->ann", 1.01)
    stage.outcome(query, "closed", 1.011)
    stage.note(1.03, "exited", server="ls", status=1, by="")
    assert "LS exited by itself" in the_one(stage, "expected").sentence


def test_a_part_of_an_answer_that_came_in_pieces_breaks_b4() -> None:
    stage, query = asked_a(faults=[fault(flows=("ts1->ls",))])
    stage.fan("a.example", 1.001)
    stage.sent("ts1->ls", A, 1.002, ("arrived",))
    stage.sent("ts1->ls", A[:12], 1.002, ("passed",), what="bytes")
    stage.reply(query, A[:12], 1.003)
    stage.sent("ts1->ls", A[12:], 1.2, ("passed",))
    assert told(stage, "expected") == ("failed", "B4", "ls")


def test_a_part_of_an_answer_that_never_came_to_its_end_breaks_b2() -> None:
    stage, query = asked_a(faults=[fault(flows=("ts1->ls",))])
    stage.fan("a.example", 1.001)
    stage.sent("ts1->ls", A[:5], 1.002, ("passed",), what="bytes")
    stage.reply(query, A[:5], 1.003)
    assert told(stage, "expected") == ("failed", "B2", "ls")


def stalled(text: str | None, at: float) -> Stage:
    """Three seconds after the query five bytes of an answer come, and nothing more."""
    stage = Stage(faults=[fault(flows=("ts1->ls",))])
    query = stage.ask("a.example", 1.0, expect=not_found())
    stage.fan("a.example", 1.001)
    stage.sent("ts1->ls", A, 1.002, ("arrived",))
    stage.sent("ts1->ls", A[:5], 4.0, ("passed",), what="bytes")
    if text is None:
        stage.outcome(query, "no_reply", at)
    else:
        stage.reply(query, text, at)
    return stage


def test_five_seconds_that_the_first_bytes_of_a_line_began_anew_break_b6() -> None:
    assert told(stalled(missing("a.example"), 9.0), "expected") == ("failed", "B6", "ls")


def test_at_the_contract_level_a_stalled_answer_that_delays_not_found_is_only_shown() -> None:
    found = broken(judge(stalled(missing("a.example"), 9.0).evidence(), level="contract"))
    failed = [(finding.clause, finding.counts) for finding in found if finding.verdict is Verdict.FAILED]
    assert failed == [("B6", False)]


def test_ls_that_hangs_on_a_line_that_does_not_end_breaks_b2() -> None:
    assert told(stalled(None, 16.0), "expected") == ("failed", "B2", "ls")


def test_bytes_of_a_line_that_came_before_the_query_are_no_excuse_for_being_late() -> None:
    stage = Stage()
    stage.sent("ts1->ls", A[:5], 0.5, what="bytes")
    stage.query("none.example", 1.0, missing("none.example"), 8.0, expect=not_found())
    assert told(stage, "expected") == ("failed", "C5", "ls")


def test_a_long_entry_that_ls_cuts_or_drops_breaks_c10() -> None:
    name = "x" * 150 + ".example"
    for text in (line(name, "1.1.1.1")[:100], missing(name)):
        stage = Stage({"ts1": {name: "1.1.1.1"}})
        query = stage.ask(name, 1.0, expect=answer("1.1.1.1", 0.0))
        stage.fan(name, 1.001)
        stage.says("ts1", line(name, "1.1.1.1"), 1.002)
        stage.reply(query, text, 1.003 if text != missing(name) else 6.002)
        assert told(stage, "expected") == ("failed", "C10", "ls")


def test_many_small_delays_are_blamed_on_the_machine_and_not_on_ls() -> None:
    stage, query = asked_a()
    stage.fan("a.example", 1.04)
    stage.says("ts1", A, 1.08, handed_on=1.12)
    stage.reply(query, A, 1.16)
    assert told(stage, "expected") == ("inconclusive", "", "")


def test_a_session_that_ended_before_the_next_query_was_taken_breaks_c7_or_b4() -> None:
    for later, clause in ((2.0, "C7"), (1.00001, "B4")):
        stage = Stage()
        stage.query("a.example", 1.0, A, 0.003, says=[("ts1", A, 0.002)])
        query = stage.ask("b.example", later, expect=answer("2.2.2.2"))
        stage.ended("ls->ann", later + 0.01)
        stage.outcome(query, "closed", later + 0.02)
        assert told(stage, "expected") == ("failed", clause, "ls")


def test_garbage_about_the_right_name_by_a_fault_is_blamed_on_nobody_and_on_a_server_without() -> None:
    for faults, blamed in (([fault(flows=("ts1->ls",))], ("inconclusive", "", "")), ([], ("failed", "C6", "ts1"))):
        stage, query = asked_a(faults=faults)
        stage.fan("a.example", 1.001)
        stage.says("ts1", "a.example garbage", 1.002)
        stage.reply(query, missing("a.example"), 6.002)
        assert told(stage, "expected") == blamed


@pytest.mark.parametrize("odd", ["a.example nowhere A", "a.example 7.7.7.7", f"a.example 7.7.7.7 A{' ' * 4096}"])
def test_ls_that_relays_what_is_no_answer_breaks_b5_also_where_a_fault_made_it(odd: str) -> None:
    stage, query = asked_a(faults=[fault(flows=("ts1->ls",))])
    stage.fan("a.example", 1.001)
    stage.says("ts1", odd, 1.002)
    stage.reply(query, odd, 1.003)
    assert told(stage, "expected") == ("failed", "B5", "ls")


def test_ls_that_relays_an_answer_with_an_address_that_a_fault_made_is_not_to_blame() -> None:
    stage, query = asked_a(faults=[fault(flows=("ts1->ls",))])
    stage.fan("a.example", 1.001)
    stage.says("ts1", line("a.example", "7.7.7.7"), 1.002)
    stage.reply(query, line("a.example", "7.7.7.7"), 1.003)
    assert told(stage, "expected") == ("inconclusive", "", "")


def test_ls_that_asks_one_after_the_other_is_not_told_to_serve_more_clients() -> None:
    stage = Stage(clients=("ann", "bob"))
    stage.query(
        "none.example", 1.0, missing("none.example"), 10.0, fan={"ts1": 1.001, "ts2": 6.001}, expect=not_found()
    )
    stage.query("nobody.example", 1.5, missing("nobody.example"), 10.0, "bob", fan={"ts1": 1.501, "ts2": 6.501})
    assert [(found.query, found.clause, found.blames) for found in broken(judged(stage, "expected"))] == [
        ("ann.1", "C5", "ls"),
        ("bob.1", "C5", "ls"),
    ]


def test_an_address_that_no_table_has_fails_although_nobody_is_to_blame() -> None:
    for faults in ([], [fault(flows=("ts1->ls",))]):
        stage = Stage(faults=faults)
        stage.query("a.example", 1.0, A, 0.003, says=[("ts1", A, 0.002)], expect=answer("9.9.9.9", 0.0))
        assert told(stage, "expected") == ("failed", "", "")


def test_a_time_out_that_moves_with_the_wall_clock_breaks_b9() -> None:
    assert told(jumped(), "expected") == ("failed", "B9", "ls")
    assert the_one(jumped(), "expected").sentence.endswith("by a monotonic clock, not by the date.")


def test_no_reply_at_all_after_the_wall_clock_jumped_breaks_b9() -> None:
    stage = Stage()
    query = stage.query("none.example", 1.0, None, 0, expect=not_found())
    stage.note(3.0, "clock_set", server="ls", seconds=-3600.0, by="f1")
    stage.outcome(query, "no_reply", 16.0)
    stage.stop(17.0)
    assert told(stage, "expected") == ("failed", "B9", "ls")


def test_a_wall_clock_that_jumped_before_the_query_or_was_another_servers_is_no_hardship() -> None:
    for at, server in ((0.5, "ls"), (2.0, "ts1")):
        stage = Stage()
        stage.note(at, "clock_set", server=server, seconds=3600.0, by="f1")
        stage.query("none.example", 1.0, missing("none.example"), 2.001, expect=not_found())
        assert told(stage, "expected") == ("failed", "C5", "ls")


def ended(stage: Stage) -> None:
    stage.ended("ts1->ls", 0.5)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda stage: stage.note(0.5, "exited", server="ts1", status=-9, by="f1"), "ts1 was not running."),
        (lambda stage: stage.note(0.5, "deaf", server="ts1"), "ts1 did not listen."),
        (lambda stage: stage.note(0.5, "signalled", server="ts1", signal="STOP", by="f1"), "ts1 was stopped."),
        (lambda stage: stage.note(0.5, "door", link="ls->ts1", state="silent"), "ts1 could not be connected to."),
        (ended, "ts1 had ended its connection."),
        (lambda stage: stage.note(2.0, "listening", server="ts1", port=1), "ts1 was not there all the time."),
    ],
    ids=["dead", "deaf", "stopped", "silent door", "ended", "only just there"],
)
def test_the_trouble_a_server_was_in_is_said(harm: Callable[[Stage], None], words: str) -> None:
    stage = Stage(faults=[fault(harms=("ts1",))])
    harm(stage)
    stage.query("none.example", 1.0, missing("none.example"), 4.0, expect=not_found())
    found = the_one(stage, "expected")
    assert (found.clause, found.blames) == ("B2", "ls")
    assert found.sentence.endswith(words)


def test_a_long_name_is_cut_in_a_sentence() -> None:
    stage = Stage()
    stage.query("a" * 70 + ".example", 1.0, missing("a" * 70 + ".example"), 4.0, expect=not_found())
    assert the_one(stage, "expected").sentence.startswith(f"ann asked {'a' * 61}...; expected was")


def test_lines_that_came_in_one_read_are_told_of_where_one_of_them_was_not_relayed() -> None:
    stage = Stage()
    says = [("ts1", A, 0.002), ("ts1", A, 0.002)]
    stage.query("a.example", 1.0, missing("a.example"), 5.0, says=says, expect=answer("1.1.1.1"))
    found = the_one(stage, "expected")
    assert (found.clause, found.blames) == ("C3", "ls")
    assert found.sentence.endswith("one read may return several lines, and each must be looked at.")


@pytest.mark.parametrize(
    ("reply", "how"),
    [
        (A, "It is a second answer of ts1 to ann.1 (a.example), which came as one too many, and lay unread"),
        ("hello", "It is the answer of ts1 to ann.1 (a.example), to which LS had replied 'hello', and lay unread"),
    ],
    ids=["answered", "greeted"],
)
def test_how_a_query_had_ended_whose_answer_another_got_is_said(reply: str, how: str) -> None:
    stage = Stage()
    stage.query("a.example", 1.0, reply, 0.004, says=[("ts1", A, 0.002), ("ts1", A, 0.003)])
    stage.query("none.example", 2.0, A, 0.002, expect=not_found())
    assert how in broken(judged(stage, "expected"))[-1].sentence


def unanswered(stage: Stage, at: float) -> None:
    """Bob asks over connections of his own, and nobody answers on them."""
    stage.again("ls->ts1")
    stage.again("ls->ts2")
    stage.query("a.example", at, missing("a.example"), 5.0, client="bob", expect=answer("1.1.1.1"))


def test_the_answer_to_another_clients_query_that_came_meanwhile_is_not_said_to_have_been_kept_from_this_one() -> None:
    stage = Stage(clients=("ann", "bob"))
    unanswered(stage, 1.0)
    stage.again("ls->ts1")
    stage.query("a.example", 2.0, A, 0.003, fan=["ts1"], says=[("ts1", A, 0.002)])
    assert told(stage, "expected")[1:] == ("C6", "ts1")


def test_an_answer_that_came_too_late_for_a_client_that_left_is_not_said_to_have_been_kept_from_another() -> None:
    stage = Stage(clients=("ann", "bob"), faults=[fault(flows=("ts1->ls",))])
    stage.query("a.example", 1.0, None, 0.0)
    stage.says("ts1", A, 1.002, handed_on=1.8)
    stage.ended("ann->ls", 1.2, "rst")
    unanswered(stage, 1.1)
    assert told(stage, "expected") == ("inconclusive", "", "")


def test_a_server_that_answers_on_an_older_connection_only_breaks_b11() -> None:
    stage = Stage(clients=("ann", "bob"))
    stage.query("a.example", 1.0, A, 0.003, says=[("ts1", A, 0.002)])
    unanswered(stage, 2.0)
    assert told(stage, "expected") == ("failed", "B11", "ts1")
