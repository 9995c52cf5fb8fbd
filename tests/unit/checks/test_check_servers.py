"""The checks of what servers do: `fan_out`, `sessions_end`, `alive_at_end`, `nothing_left`, `faults_fired`."""

from collections.abc import Callable
from typing import Any

import pytest

from lab.evidence import PlannedClient, PlannedFault, PlannedQuery
from lab.faults.invent import Invent
from tests.unit.checks.check_stage import A, B, C, Stage, fault, judged, missing, silent, sound, the_one, told

KINDS = ("fan_out", "sessions_end", "alive_at_end", "nothing_left")


@pytest.mark.parametrize("kind", KINDS)
def test_a_sound_scenario_passes_and_says_so(kind: str) -> None:
    assert silent(sound(), kind)
    assert len(judged(sound(), kind)) == 1


# fan_out


def test_asking_one_server_after_the_other_breaks_c2() -> None:
    stage = Stage()
    stage.query("none.example", 1.0, missing("none.example"), 10, fan={"ts1": 1.001, "ts2": 6.001})
    assert told(stage, "fan_out") == ("failed", "C2", "ls")
    assert "ts2 5 s after ts1" in the_one(stage, "fan_out").sentence


@pytest.mark.parametrize("spread", [0.06, 0.2])
def test_asking_within_a_quarter_second_breaks_only_b16(spread: float) -> None:
    stage = Stage()
    stage.query("none.example", 1.0, missing("none.example"), 5, fan={"ts1": 1.001, "ts2": 1.001 + spread})
    assert told(stage, "fan_out") == ("failed", "B16", "ls")


def test_not_asking_a_server_because_another_answered_breaks_c2() -> None:
    stage = Stage()
    stage.query("a.example", 1.0, A, 0.003, fan=["ts1"], says=[("ts1", A, 0.002)])
    stage.stop(5.0)
    assert told(stage, "fan_out") == ("failed", "C2", "ls")


def test_why_a_server_was_not_asked_is_guessed_from_who_was_and_from_what_was_asked_before() -> None:
    first, cached, none = Stage(), Stage(), Stage()
    first.query("a.example", 1.0, A, 0.003, fan=["ts1"], says=[("ts1", A, 0.002)])
    cached.query("a.example", 0.5, A, 0.003, says=[("ts1", A, 0.002)])
    cached.query("a.example", 1.0, A, 0.003, fan=[])
    none.query("a.example", 1.0, A, 0.003, fan=[])
    for stage, words in (
        (first, "and not wait for one before it asks the next."),
        (cached, "LS must ask again, as it may keep no cache."),
        (none, "LS must leave none out."),
    ):
        stage.stop(5.0)
        assert the_one(stage, "fan_out").sentence.endswith(words)


def test_asking_the_second_just_after_the_reply_is_soon_enough() -> None:
    stage = Stage()
    stage.query("a.example", 1.0, A, 0.003, fan={"ts1": 1.001, "ts2": 1.01}, says=[("ts1", A, 0.002)])
    assert silent(stage, "fan_out")


def test_a_run_that_ends_at_once_does_not_prove_that_a_server_was_left_out() -> None:
    stage = Stage()
    stage.query("a.example", 1.0, A, 0.003, fan=["ts1"], says=[("ts1", A, 0.002)])
    stage.stop(1.01)
    assert silent(stage, "fan_out")


def test_a_cache_is_found_by_the_query_that_went_nowhere() -> None:
    stage = Stage()
    stage.query("a.example", 1.0, A, 0.003, says=[("ts1", A, 0.002)])
    stage.query("a.example", 2.0, A, 0.001, fan=False)
    stage.stop(5.0)
    found = the_one(stage, "fan_out")
    assert (found.clause, found.query) == ("C2", "ann.2")


@pytest.mark.parametrize(
    "harm",
    [fault(flows=("ls->ts2",)), fault(flows=("ls->*",)), fault(flows=("ls->ts2", "ts2->ls")), fault(harms=("ts2",))],
)
def test_a_server_that_a_fault_is_on_the_way_to_is_not_judged(harm: PlannedFault) -> None:
    stage = Stage(faults=[harm])
    stage.query("a.example", 1.0, A, 0.003, fan=["ts1"], says=[("ts1", A, 0.002)])
    stage.stop(5.0)
    assert silent(stage, "fan_out")


def test_a_server_whose_queries_a_fault_only_listens_to_is_judged() -> None:
    invent = Invent(flow="ts2->ls")
    stage = Stage(faults=[fault(flows=invent.flows, hears=invent.hears)])
    stage.query("a.example", 1.0, A, 0.003, fan=["ts1"], says=[("ts1", A, 0.002)])
    stage.stop(5.0)
    assert told(stage, "fan_out") == ("failed", "C2", "ls")


def test_a_server_whose_connection_was_cut_is_not_judged() -> None:
    stage = Stage(faults=[fault(flows=("ts2->ls",))])
    stage.ended("ts2->ls", 0.5, "rst", ("passed",))
    stage.query("a.example", 1.0, A, 0.003, fan=["ts1"], says=[("ts1", A, 0.002)])
    stage.stop(5.0)
    assert silent(stage, "fan_out")


def test_a_server_that_died_by_itself_is_not_ls_leaving_it_out() -> None:
    stage = Stage()
    stage.note(0.5, "exited", server="ts2", status=1, by="")
    stage.query("a.example", 1.0, A, 0.003, fan=["ts1"], says=[("ts1", A, 0.002)])
    stage.stop(5.0)
    assert silent(stage, "fan_out")


def test_connections_per_session_that_a_server_closes_after_ls_did_are_no_harm() -> None:
    stage = Stage()
    stage.query("a.example", 1.0, A, 0.003, says=[("ts1", A, 0.002)])
    for server in ("ts1", "ts2"):
        stage.ended(f"ls->{server}", 1.5)
        stage.ended(f"{server}->ls", 1.501)
        stage.again(f"ls->{server}")
    stage.query("b.example", 2.0, B, 0.003, fan=["ts2"], says=[("ts2", B, 0.002)])
    stage.stop(5.0)
    assert the_one(stage, "fan_out").query == "ann.2"


def test_the_same_name_asked_by_two_clients_at_once_needs_two_queries_to_each_server() -> None:
    stage = Stage(clients=("ann", "bob"))
    for client in ("ann", "bob"):
        stage.query("a.example", 1.0, A, 0.003, client, says=[("ts1", A, 0.002)])
    stage.stop(5.0)
    assert silent(stage, "fan_out")


def test_a_client_that_waits_for_another_is_ls_serving_one_at_a_time() -> None:
    stage = Stage(clients=("ann", "bob"))
    stage.query("none.example", 1.0, missing("none.example"), 5.001)
    stage.query("b.example", 2.0, B, 4.02, "bob", fan={"ts1": 6.01, "ts2": 6.01})
    assert told(stage, "fan_out") == ("failed", "B11", "ls")


# sessions_end


def test_a_session_that_ls_leaves_open_breaks_c8() -> None:
    stage = Stage()
    stage.query("a.example", 1.0, A, 0.003, says=[("ts1", A, 0.002)])
    stage.done(1.1, closed=False)
    stage.stop(9.0)
    assert told(stage, "sessions_end") == ("failed", "C8", "ls")


def test_a_session_that_ls_closes_late_has_an_excess() -> None:
    stage = Stage()
    stage.query("a.example", 1.0, A, 0.003, says=[("ts1", A, 0.002)])
    stage.done(1.1, closed=False)
    stage.ended("ls->ann", 3.1)
    assert the_one(stage, "sessions_end").excess == pytest.approx(1.0, abs=0.01)


def test_the_second_counts_from_the_last_reply_if_queries_were_open_at_done() -> None:
    stage = Stage()
    query = stage.ask("none.example", 1.0)
    stage.done(1.001, closed=False)
    stage.fan("none.example", 1.002)
    stage.reply(query, missing("none.example"), 6.001)
    stage.ended("ls->ann", 6.002)
    assert silent(stage, "sessions_end")


def test_the_clients_end_of_file_ends_the_session_too() -> None:
    stage = Stage()
    stage.query("a.example", 1.0, A, 0.003, says=[("ts1", A, 0.002)])
    stage.ended("ann->ls", 1.1)
    stage.stop(9.0)
    assert told(stage, "sessions_end") == ("failed", "C8", "ls")


def test_a_client_that_closed_by_itself_is_not_judged() -> None:
    stage = Stage(clients=(PlannedClient(name="ann", stays=False),))
    stage.query("a.example", 1.0, A, 0.003, says=[("ts1", A, 0.002)])
    stage.ended("ann->ls", 1.1)
    stage.stop(9.0)
    assert silent(stage, "sessions_end")


def test_what_the_lab_stops_soon_after_done_is_not_judged() -> None:
    stage = Stage()
    stage.query("a.example", 1.0, A, 0.003, says=[("ts1", A, 0.002)])
    stage.done(1.1, closed=False)
    stage.stop(1.3)
    assert silent(stage, "sessions_end")


# alive_at_end


def died(**told_to_stage: Any) -> Stage:
    stage = Stage(**told_to_stage)
    stage.query("a.example", 1.0, A, 0.003, says=[("ts1", A, 0.002)])
    stage.note(2.0, "exited", server="ls", status=1, by="")
    return stage


def test_ls_that_dies_breaks_c7() -> None:
    assert told(died(), "alive_at_end") == ("failed", "C7", "ls")


def test_ls_that_dies_when_a_client_leaves_breaks_b12() -> None:
    stage = died()
    stage.ended("ann->ls", 1.99)
    assert told(stage, "alive_at_end") == ("failed", "B12", "ls")


def test_ls_that_dies_when_a_server_died_breaks_b2() -> None:
    stage = died()
    stage.note(1.98, "exited", server="ts1", status=-9, by="f1")
    assert told(stage, "alive_at_end") == ("failed", "B2", "ls")


def test_ls_that_dies_of_an_odd_line_breaks_b5_or_b7() -> None:
    for flow, clause in (("ts1->ls", "B5"), ("ann->ls", "B7")):
        stage = died()
        stage.sent(flow, "\udcff\udcfe", 1.99)
        assert told(stage, "alive_at_end") == ("failed", clause, "ls")


def test_ls_that_never_listened_is_left_to_the_check_of_that() -> None:
    stage = Stage()
    stage.facts = [fact for fact in stage.facts if fact[2:] != ("listening", {"server": "ls", "port": 1})]
    stage.note(-0.005, "exited", server="ls", status=1, by="")
    assert silent(stage, "alive_at_end")


def test_ls_that_serves_one_client_may_go_when_it_has_left() -> None:
    stage = died(serves_many=False)
    stage.done(1.9)
    assert silent(stage, "alive_at_end")


def test_ls_that_a_fault_ended_is_not_blamed() -> None:
    stage = Stage(faults=[fault(harms=("ls",))])
    stage.note(2.0, "deaf", server="ls")
    stage.note(2.0, "exited", server="ls", status=-9, by="f1")
    assert silent(stage, "alive_at_end")


def test_ls_that_lives_on_deaf_breaks_b12() -> None:
    stage = Stage()
    stage.query("a.example", 1.0, A, 0.003, says=[("ts1", A, 0.002)])
    stage.done(1.5)
    stage.note(1.6, "deaf", server="ls")
    stage.stop(5.0)
    assert told(stage, "alive_at_end") == ("failed", "B12", "ls")


def test_what_ls_does_when_the_lab_stops_it_is_not_judged() -> None:
    stage = Stage()
    stage.note(5.0, "signalled", server="ls", signal="TERM", by="lab")
    stage.note(5.1, "deaf", server="ls")
    stage.note(5.2, "exited", server="ls", status=1, by="")
    assert silent(stage, "alive_at_end")


@pytest.mark.parametrize(("after", "good"), [(0.5, True), (1.5, False)])
def test_ls_started_again_listens_within_a_second(after: float, *, good: bool) -> None:
    stage = Stage(faults=[fault(harms=("ls",))])
    stage.note(2.0, "exited", server="ls", status=-9, by="f1")
    stage.note(2.5, "started", server="ls", pid=2, argv=[])
    stage.note(2.5 + after, "listening", server="ls", port=1)
    assert silent(stage, "alive_at_end") is good
    if not good:
        assert told(stage, "alive_at_end") == ("failed", "B15", "ls")


# nothing_left, steps_taken, faults_fired


def test_a_client_that_waited_in_vain_makes_the_run_inconclusive() -> None:
    stage = sound()
    stage.note(9.0, "stuck", client="ann", moment="200 ms after late released")
    assert told(stage, "steps_taken") == ("inconclusive", "", "")


def test_a_process_that_is_left_is_blamed_on_its_server() -> None:
    stage = sound()
    stage.note(9.0, "remained", server="ts1", pid=7, command="sleep 100")
    assert told(stage, "nothing_left") == ("failed", "", "ts1")


def test_a_fault_that_fired_passes() -> None:
    stage = Stage(faults=[fault(flows=("ts1->ls",))])
    stage.note(0.0, "injected", fault="f1")
    stage.note(1.0, "fired", fault="f1", did="held", flow="ts1->ls", n=1, name="a.example")
    assert silent(stage, "faults_fired")


def test_an_optional_fault_need_not_fire() -> None:
    assert judged(Stage(faults=[fault(flows=("ts1->ls",), optional=True)]), "faults_fired") == []


def test_a_fault_that_never_fired_makes_the_run_inconclusive_and_says_why() -> None:
    def why(*steps: Callable[[Stage], None]) -> str:
        stage = Stage(faults=[fault(flows=("ts1->ls",))])
        for step in steps:
            step(stage)
        assert told(stage, "faults_fired") == ("inconclusive", "", "")
        return the_one(stage, "faults_fired").sentence

    def begin(stage: Stage) -> None:
        stage.note(0.5, "injected", fault="f1")

    assert "time had not come" in why()
    assert "no message ever came on ts1->ls" in why(begin)
    listening = Stage(faults=[fault(flows=("ts1->ls",), hears=("ls->ts1", "ts1->ls"))])
    begin(listening)
    assert "no message ever came on ls->ts1 or ts1->ls" in the_one(listening, "faults_fired").sentence
    assert "while it was in force" in why(lambda stage: stage.says("ts1", C, 0.2), begin)
    assert "about c.example, but it touched none" in why(begin, lambda stage: stage.says("ts1", C, 0.6))


def test_a_clients_end_that_only_answers_ls_is_not_what_made_it_die() -> None:
    stage = died()
    stage.ended("ts1->ls", 1.97, kinds=("passed",))
    stage.ended("ls->ann", 1.98)
    stage.ended("ann->ls", 1.99)
    assert told(stage, "alive_at_end") == ("failed", "B2", "ls")


def test_a_program_that_asks_fewer_names_than_it_was_given_proves_nothing() -> None:
    stage = Stage(clients=(PlannedClient(name="ann", by="program"),))
    stage.ask("a.example", 1.0)
    assert silent(stage, "steps_taken")
    stage.queries.append(PlannedQuery(client="ann", id="ann.2", ask="b.example"))
    assert told(stage, "steps_taken") == ("inconclusive", "", "")


# listens


def test_what_a_server_printed_before_the_lab_heard_of_its_start_is_its_last_word() -> None:
    stage = Stage()
    stage.note(-3.0, "output", server="ls", stream="stderr", text="RuntimeError: no such option\n")
    stage.note(-2.0, "started", server="ls", pid=7, argv=["ls"])
    stage.note(-1.0, "exited", server="ls", status=1, by="")
    assert the_one(stage, "listens").sentence.endswith("the last it printed was: RuntimeError: no such option.")
