"""What agrees with a failure, where a busy machine might explain it."""

from lab.result import Finding, ScenarioResult, verdict_of
from lab.runner.confirming import convicted
from lab.verdict import Verdict


def late(verdict: Verdict, clause: str = "C3", query: str = "ann.1", *, by: float = 0.06) -> Finding:
    return Finding(check="expected", clause=clause, verdict=verdict, sentence="It was late.", query=query, excess=by)


def result(*findings: Finding) -> ScenarioResult:
    return ScenarioResult(name="it", path="", verdict=verdict_of(findings), findings=findings)


FAILED, OPEN = result(late(Verdict.FAILED)), result(late(Verdict.INCONCLUSIVE))


def test_two_runs_in_which_the_same_answer_was_late_agree_with_a_failure() -> None:
    found = convicted(OPEN, FAILED, OPEN)
    assert found is not None
    assert (found.verdict, [one.verdict for one in found.findings]) == (Verdict.FAILED, [Verdict.FAILED])
    assert len(found.warnings) == 1


def test_a_run_in_which_it_was_in_time_agrees_with_none() -> None:
    assert convicted(OPEN, FAILED, result()) is None


def test_lateness_of_another_query_or_by_another_clause_agrees_with_none() -> None:
    assert convicted(OPEN, FAILED, result(late(Verdict.INCONCLUSIVE, query="ann.2"))) is None
    assert convicted(OPEN, FAILED, result(late(Verdict.INCONCLUSIVE, clause="C5"))) is None


def test_what_is_inconclusive_for_another_reason_than_lateness_stays_so() -> None:
    unfired = result(late(Verdict.INCONCLUSIVE, by=0.0))
    assert convicted(unfired, FAILED, unfired) is None


def test_only_what_all_agree_on_has_failed() -> None:
    both = result(late(Verdict.INCONCLUSIVE), late(Verdict.INCONCLUSIVE, query="ann.2"))
    found = convicted(both, FAILED, OPEN)
    assert found is not None
    assert [one.verdict for one in found.findings] == [Verdict.FAILED, Verdict.INCONCLUSIVE]
