"""Judging: which checks are made, which finding is heard, what counts, and what noise excuses."""

from collections.abc import Iterator
from typing import Any

import pytest

from lab.checks.alive import Alive
from lab.checks.base import Check, Evidence
from lab.checks.faults_fired import FaultsFired
from lab.evidence import PlannedClient
from lab.judging import judge, query_results
from lab.receipts import receipts
from lab.result import Finding, Place
from lab.verdict import Verdict
from tests.unit.checks.check_stage import A, B, Stage, answer, fault, missing, not_found, sound, spoken

PLACE = Place(file="a.yaml", line=3, column=5)


class Breaks(Check):
    """A check with a mistake in it."""

    def judge(self, evidence: Evidence) -> Iterator[Finding]:
        raise ZeroDivisionError(len(evidence.history))


def held(excess: float = 0.3) -> Stage:
    stage = Stage()
    stage.query("a.example", 1.0, A, 0.2521 + excess, expect=answer("1.1.1.1", 0.0), says=[("ts1", A, 0.002)])
    stage.done(3.0)
    stage.stop()
    return stage


def test_a_sound_run_is_passed_by_every_check() -> None:
    found = judge(sound().evidence())
    assert {finding.verdict for finding in found} == {Verdict.PASSED}
    assert len({finding.check for finding in found}) >= 9


def test_a_listed_check_takes_its_place_and_a_listed_default_is_not_made_twice() -> None:
    found = judge(sound().evidence(), [Alive(servers=("ls",)), FaultsFired()], [PLACE])
    assert [finding.place for finding in found if finding.check == "alive"] == [PLACE]
    assert len([finding for finding in found if finding.check == "nothing_left"]) == 1


def test_a_check_that_breaks_is_the_labs_own_trouble() -> None:
    found = judge(sound().evidence(), [Breaks()])
    error = next(finding for finding in found if finding.verdict is Verdict.ERROR)
    assert (error.blames, error.counts) == ("", True)
    assert "the lab's own check" in error.sentence.lower()


def test_of_the_checks_of_one_reply_only_the_first_speaks() -> None:
    assert spoken(held()) == [("expected", "failed", "C3", "ls")]


def test_where_the_scenario_expects_nothing_the_contract_does() -> None:
    stage = Stage()
    stage.query("a.example", 1.0, A, 0.6, says=[("ts1", A, 0.002)])
    stage.done(3.0)
    stage.stop()
    assert spoken(stage) == [("expected", "failed", "C3", "ls")]


def test_a_stale_answer_is_told_once() -> None:
    stage = Stage(faults=[fault(flows=("ts1->ls",), optional=True)])
    stage.query("a.example", 1.0, missing("a.example"), 5.001)
    stage.says("ts1", A, 1.002, handed_on=7.0)
    stage.query("b.example", 7.1, A, 0.002, says=[("ts2", B, 0.003)])
    stage.done(8.0)
    stage.stop()
    assert spoken(stage) == [("expected", "failed", "B1", "ls")]


def test_a_query_that_was_never_sent_is_told_once_and_two_troubles_are_told_both() -> None:
    stage = Stage()
    stage.query("a.example", 1.0, missing("a.example"), 5.001, fan=["ts2"], expect=answer("1.1.1.1", 0.0))
    stage.stop()
    assert spoken(stage) == [("expected", "failed", "C2", "ls")]
    stage = Stage()
    stage.query("a.example", 1.0, missing("a.example"), 6.5, fan=["ts1"], expect=not_found())
    stage.stop()
    assert [(check, clause) for check, _, clause, _ in spoken(stage)] == [("expected", "C5"), ("fan_out", "C2")]


def test_at_the_contract_level_only_its_own_clauses_count() -> None:
    stage = held(0.3)
    assert [finding.counts for finding in judge(stage.evidence(), level="contract") if finding.clause == "C3"] == [
        True
    ] * 4
    stage = held(-0.1)
    b16 = [finding for finding in judge(stage.evidence(), level="contract") if finding.clause == "B16"]
    assert [(finding.verdict, finding.counts) for finding in b16] == [(Verdict.FAILED, False)]
    assert [finding.counts for finding in judge(stage.evidence()) if finding.clause == "B16"] == [True]


def test_a_narrow_scenario_counts_wrong_replies_and_its_own_clauses_alone() -> None:
    for clauses, counts in ((("C5",), [True, False]), (("C2",), [True, True])):
        stage = Stage(is_narrow=True, clauses=clauses)
        stage.query("a.example", 1.0, missing("a.example"), 6.5, fan=["ts1"], expect=not_found())
        stage.stop()
        broken = [finding for finding in judge(stage.evidence()) if finding.verdict is Verdict.FAILED]
        assert [(finding.clause, finding.counts) for finding in broken] == list(zip(["C5", "C2"], counts, strict=True))


def test_a_fault_that_never_fired_counts_at_every_level() -> None:
    stage = Stage(faults=[fault(flows=("ts1->ls",))])
    found = [finding for finding in judge(stage.evidence(), level="contract") if finding.check == "faults_fired"]
    assert [(finding.verdict, finding.counts) for finding in found] == [(Verdict.INCONCLUSIVE, True)]


# Noise


def noisy(stage: Stage, waited: float = 0.0, lag: float = 0.0, party: str = "ls") -> Stage:
    """Samples around a window: the party waits within it, and not before."""
    for at, total in ((0.9, 5.0), (1.9, 5.0 + waited)):
        stage.note(at, "sampled", waits={party: total, "lab": 1.0})
    stage.note(1.2, "lagged", lag=lag)
    return stage


@pytest.mark.parametrize("noise", [{"waited": 0.31}, {"waited": 0.31, "party": "ts1"}, {"lag": 0.31}])
def test_noise_that_could_explain_it_makes_a_late_finding_inconclusive(noise: dict[str, Any]) -> None:
    assert spoken(noisy(held(0.3), **noise)) == [("expected", "inconclusive", "C3", "ls")]


@pytest.mark.parametrize("noise", [{"waited": 0.25}, {"waited": 9.0, "party": "ts2"}, {"lag": 0.25}])
def test_less_noise_or_noise_elsewhere_excuses_nothing(noise: dict[str, Any]) -> None:
    assert spoken(noisy(held(0.3), **noise)) == [("expected", "failed", "C3", "ls")]


def test_what_noise_was_seen_is_said() -> None:
    (finding,) = [one for one in judge(noisy(held(0.3), lag=0.4).evidence()) if one.verdict is Verdict.INCONCLUSIVE]
    assert "a sleeper of the lab woke 400 ms late" in finding.sentence


def test_noise_outside_the_window_excuses_nothing() -> None:
    stage = held(0.3)
    stage.note(0.2, "lagged", lag=0.1)
    stage.note(5.0, "lagged", lag=1.0)
    assert spoken(stage)[0][1] == "failed"


def test_early_and_wrong_are_never_excused() -> None:
    for text, after in ((missing("none.example"), 4.0), ("none.example 9.9.9.9 A", 0.5)):
        stage = Stage()
        stage.query("none.example", 1.0, text, after, expect=not_found())
        stage.note(1.2, "lagged", lag=9.0)
        assert spoken(stage)[0][:2] == ("expected", "failed")


# Results of queries, receipts


def test_queries_are_reported_with_where_their_answers_came_from() -> None:
    first, _, third = query_results(sound().evidence())
    assert (first.outcome, first.reply, first.came_from) == ("answered", A, "ts1")
    assert (first.expected, first.window) == ("answer 1.1.1.1 at 0 s", (0.0, 0.25))
    assert (third.outcome, third.came_from) == ("not_found", "")
    assert third.elapsed_s == pytest.approx(5.002, abs=0.001)


def test_a_programs_queries_are_reported_by_the_wire() -> None:
    stage = Stage(clients=(PlannedClient(name="ann", by="program"),))
    stage.query("a.example", 1.0, A, 0.003, says=[("ts1", A, 0.002)])
    stage.query("none.example", 2.0, missing("none.example"), 5.001)
    stage.query("b.example", 8.0, None, 0)
    assert [result.outcome for result in query_results(stage.evidence())] == ["answered", "not_found", "no_reply"]


def test_a_query_that_was_never_asked_is_reported_so() -> None:
    stage = Stage()
    stage.ask("a.example", 1.0)
    stage.facts = []
    (result,) = query_results(stage.evidence())
    assert (result.outcome, result.asked_at, result.elapsed_s) == ("left", None, None)


def test_a_receipt_tells_a_message_that_was_sent_from_one_that_was_invented() -> None:
    stage = Stage(faults=[fault(flows=("ts1->ls",))])
    for n in (2, -1):
        stage.note(1.0, "fired", fault="f1", did="did", flow="ts1->ls", n=n, name="a.example")
    (receipt,) = receipts(stage.evidence())
    assert receipt.touched == (
        "message 2 of ts1->ls, a.example: did",
        "invented message 1 of ts1->ls, a.example: did",
    )


def test_a_receipt_says_what_was_done_to_which_messages() -> None:
    stage = Stage(faults=[fault(flows=("ts1->ls",)), fault("f2", harms=("ts1",), optional=True)])
    stage.note(0.1, "injected", fault="f1")
    for n in range(1, 26):
        stage.note(1.0, "fired", fault="f1", did="held for 3 s", flow="ts1->ls", n=n, name="a.example")
    stage.note(1.1, "lost", fault="f1", flow="ts1->ls", n=1, name="a.example")
    stage.note(2.0, "healed", fault="f1")
    first, second = receipts(stage.evidence())
    assert (first.fired, first.lost, first.injected, first.healed, first.why_not) == (25, 1, 0.1, 2.0, "")
    assert first.touched[0] == "message 1 of ts1->ls, a.example: held for 3 s"
    assert len(first.touched) == 20
    assert (second.fired, second.optional) == (0, True)
    assert "time had not come" in second.why_not
