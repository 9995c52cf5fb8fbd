"""Rehearsals: ideal servers keep the contract, and doubts say what a scenario does not prove."""

from pathlib import Path

import pytest

from lab.runner.doubts import doubts
from lab.runner.rehearsal import Rehearsal, rehearse
from lab.scenario.load import load
from lab.scenario.model import Scenario
from lab.scenario.profile import load_profile
from tests.running import REFERENCE, scenario

PROFILE = load_profile(REFERENCE)
ANSWER = "known.example 1.1.1.1 A"


def scenario_of(folder: Path, text: str) -> Scenario:
    path = folder / "some.yaml"
    path.write_text(text, encoding="utf-8")
    (found,) = load(path)
    return found


def played(folder: Path, faults: str, queries: str, lag: float = 0.0) -> Rehearsal:
    return rehearse(scenario_of(folder, scenario(faults, queries)), PROFILE, lag)


def ends(rehearsal: Rehearsal) -> list[tuple[str, str | None, float | None]]:
    return [(query.outcome, query.reply, query.elapsed_s) for query in rehearsal.result.queries]


@pytest.mark.parametrize(
    ("faults", "end"),
    [
        ("", ("answered", ANSWER, 0.0)),
        ("[delay: {flow: ts1->ls, by: 3s}]", ("answered", ANSWER, 3.0)),
        ("[delay: {flow: ts1->ls, by: 6s}]", ("not_found", "known.example - Error:HOST NOT FOUND", 5.0)),
        ("[drop: {flow: ts1->ls}]", ("not_found", "known.example - Error:HOST NOT FOUND", 5.0)),
        ("[{refuse: {link: ls->ts1}, until: 700ms}]", ("answered", ANSWER, 1.0)),
        ("[{kill: {server: ts1, point: before_read}}]", ("not_found", "known.example - Error:HOST NOT FOUND", 5.0)),
        ("[{pause: ts1, until: 2s}]", ("answered", ANSWER, 2.0)),
        ("[{restart: {server: ts1, down: 900ms}}]", ("answered", ANSWER, 1.0)),
        ("[split: {flow: ts1->ls, at: 4, gap: 300ms}]", ("answered", ANSWER, 0.3)),
    ],
)
def test_ideal_servers_do_what_the_contract_says(
    faults: str, end: tuple[str, str | None, float | None], tmp_path: Path
) -> None:
    told = played(tmp_path, faults, "[{ask: known.example}]")
    assert (told.trouble, ends(told)) == ("", [end])
    assert told.result.verdict == "passed", told.result.findings


def test_a_lag_is_taken_for_each_deed_of_ls(tmp_path: Path) -> None:
    told = played(tmp_path, "", "[{ask: known.example}]", lag=0.02)
    assert ends(told) == [("answered", ANSWER, pytest.approx(0.04))]


def doubts_of(folder: Path, faults: str, queries: str) -> list[str]:
    return [doubt.what for doubt in doubts(scenario_of(folder, scenario(faults, queries)), PROFILE)]


def test_a_scenario_that_says_what_it_seems_to_is_not_doubted(tmp_path: Path) -> None:
    queries = "[{ask: known.example, expect: {answer: 1.1.1.1, at: 3s}}, {ask: none.example, expect: {not_found: 5s}}]"
    assert doubts_of(tmp_path, "[delay: {flow: ts1->ls, by: 3s}]", queries) == []


def test_a_fault_that_meets_no_query_is_doubted(tmp_path: Path) -> None:
    (doubt,) = doubts_of(tmp_path, "[drop: {flow: ts2->ls, message: 4}]", "[{ask: known.example}]")
    assert "The fault drop1 (message 4 of ts2->ls is lost) never took effect" in doubt


def test_an_expectation_that_cannot_hold_is_doubted(tmp_path: Path) -> None:
    (doubt,) = doubts_of(
        tmp_path, "[delay: {flow: ts1->ls, by: 3s}]", "[{ask: known.example, expect: {answer: 1.1.1.1, at: 1s}}]"
    )
    assert doubt == (
        "the contract says otherwise: with ideal servers after 3 s came 'known.example 1.1.1.1 A', "
        "where answer 1.1.1.1 at 1 s is expected"
    )


def test_an_answer_near_five_seconds_is_doubted_unless_both_ends_are_expected(tmp_path: Path) -> None:
    faults = "[delay: {flow: ts1->ls, by: 4.9s}]"
    (doubt,) = doubts_of(tmp_path, faults, "[{ask: known.example, expect: {answer: 1.1.1.1, at: 4.9s}}]")
    assert doubt.startswith("the answer comes after 4.9 s, where the contract allows it as well as not found")
    both = "{one_of: [{answer: 1.1.1.1, at: 4.9s}, {not_found: 5s}]}"
    assert doubts_of(tmp_path, faults, f"[{{ask: known.example, expect: {both}}}]") == []


def test_a_name_that_is_asked_again_with_its_answer_under_way_is_doubted(tmp_path: Path) -> None:
    (doubt,) = doubts_of(
        tmp_path, "[delay: {flow: ts1->ls, by: 6s, message: 1}]", "[{ask: known.example}, {ask: known.example}]"
    )
    assert doubt == "client.2 asks for known.example while an answer to the same name is under way from before"


def test_what_hangs_by_a_hair_is_doubted(tmp_path: Path) -> None:
    faults = "[{drop: {flow: ts1->ls}, until: {asked: client.1, plus: 10ms}, optional: true}]"
    (doubt, *_) = doubts_of(tmp_path, faults, "[{ask: known.example}]")
    assert "hangs by a hair" in doubt


def test_a_wait_that_never_ends_is_doubted(tmp_path: Path) -> None:
    found = doubts_of(tmp_path, "", "[{wait: {exited: ts1}}, {ask: known.example}]")
    assert any("exited" in doubt for doubt in found), found


def test_an_ideal_ls_gives_up_when_the_scenario_says(tmp_path: Path) -> None:
    text = scenario("", "[{ask: nowhere.example}]", options='{ls: {timeout: "2"}}', gives_up="2s")
    told = rehearse(scenario_of(tmp_path, text), PROFILE)
    assert ends(told) == [("not_found", "nowhere.example - Error:HOST NOT FOUND", 2.0)]
    assert told.result.verdict == "passed", told.result.findings


def test_an_answer_near_the_time_at_which_ls_gives_up_is_doubted(tmp_path: Path) -> None:
    asked = "[{ask: known.example, expect: 1.1.1.1}]"
    late = "[delay: {flow: ts1->ls, by: 1800ms}]"
    text = scenario(late, asked, options='{ls: {timeout: "2"}}', gives_up="2s")
    (doubt,) = doubts(scenario_of(tmp_path, text), PROFILE)
    assert "after 1.8 s" in doubt.what
    assert doubt.cure == "keep it 500 ms away from 2 s, or expect one_of both"


def test_an_ideal_server_that_is_to_refuse_what_it_is_started_with_does(tmp_path: Path) -> None:
    text = scenario(options="{ls: {timeout: soon}}", checks="[refuses: {server: ls, status: 3}]")
    found = scenario_of(tmp_path, text)
    assert rehearse(found, PROFILE).result.verdict == "passed"
    assert doubts(found, PROFILE) == []


def test_nobody_doubts_the_words_that_servers_print(tmp_path: Path) -> None:
    text = scenario("", "[{ask: known.example}]", checks="[logged: {server: ls, pattern: hello}]")
    assert doubts(scenario_of(tmp_path, text), PROFILE) == []
