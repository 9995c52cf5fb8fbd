"""What agrees with a failure, where a busy machine might explain it."""

from lab.result import Finding, ScenarioResult, verdict_of
from lab.runner.confirming import agree
from lab.verdict import Verdict


def late(verdict: Verdict, clause: str = "C3", query: str = "ann.1", *, by: float = 0.06) -> Finding:
    return Finding(check="expected", clause=clause, verdict=verdict, sentence="It was late.", query=query, excess=by)


def result(*findings: Finding, clock: str = "real") -> ScenarioResult:
    return ScenarioResult(name="it", path="", verdict=verdict_of(findings), findings=findings, clock=clock)


FAILED, OPEN = result(late(Verdict.FAILED), clock="jump"), result(late(Verdict.INCONCLUSIVE))


def test_two_runs_in_which_the_same_query_was_late_agree_with_a_failure() -> None:
    assert agree(FAILED, [OPEN, OPEN])


def test_by_which_clause_it_is_late_does_not_matter() -> None:
    assert agree(FAILED, [OPEN, result(late(Verdict.INCONCLUSIVE, clause=""))])


def test_a_run_in_which_it_was_in_time_does_not_agree() -> None:
    assert not agree(FAILED, [OPEN, result()])


def test_lateness_of_another_query_does_not_agree() -> None:
    assert not agree(FAILED, [OPEN, result(late(Verdict.INCONCLUSIVE, query="ann.2"))])


def test_what_is_inconclusive_for_another_reason_than_lateness_does_not_agree() -> None:
    assert not agree(FAILED, [OPEN, result(late(Verdict.INCONCLUSIVE, by=0.0))])


def test_a_failure_that_was_no_lateness_needs_one_that_is_plain() -> None:
    assert not agree(result(late(Verdict.FAILED, by=0.0), clock="jump"), [OPEN, OPEN])


def test_a_failure_on_the_real_clock_may_itself_be_noise() -> None:
    assert not agree(result(late(Verdict.FAILED)), [OPEN, OPEN])
