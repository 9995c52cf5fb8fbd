"""From how scenarios ended to points."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.grade import Outcome, PartGrade, Standing, Told, Turn, Weighed, spelled
from lab.points import grade_of, outcome_of, part_grade, turn_of, with_baseline
from lab.result import Finding, QueryResult, ScenarioResult
from lab.verdict import Verdict

STANDINGS: tuple[Standing, ...] = ("passed", "failed", "left_out", "not_graded")
SIGNS: dict[str, Standing] = {"p": "passed", "f": "failed", "l": "left_out", "n": "not_graded"}
VERDICTS = {
    "p": Verdict.PASSED,
    "f": Verdict.FAILED,
    "s": Verdict.SKIPPED,
    "i": Verdict.INCONCLUSIVE,
    "e": Verdict.ERROR,
}
standings = st.lists(st.sampled_from(STANDINGS), max_size=8)
points = st.integers(0, 100).map(float)


def outcomes(given_: Sequence[Standing]) -> list[Outcome]:
    return [Outcome(scenario=f"s{number}", standing=one, note="a reason") for number, one in enumerate(given_)]


def part(given_: Sequence[Standing], worth: float = 20.0, credit: str = "each", *, hidden: bool = False) -> PartGrade:
    names = tuple(f"s{number}" for number in range(len(given_)))
    weighed = Weighed.model_validate(
        {"title": "It", "points": worth, "scenarios": names, "credit": credit, "hidden": hidden}
    )
    return part_grade(weighed, outcomes(given_))


@pytest.mark.parametrize(
    ("signs", "credit", "won", "out_of"),
    [
        ("pppp", "each", 20, 20),
        ("pppf", "each", 15, 20),
        ("ppf", "each", 13.33, 20),
        ("ppl", "each", 20, 20),
        ("pfl", "each", 10, 20),
        ("ppfn", "each", 10, 15),
        ("nn", "each", 0, 0),
        ("ll", "each", 0, 0),
        ("ln", "each", 0, 0),
        ("ppp", "all", 20, 20),
        ("ppf", "all", 0, 20),
        ("ppl", "all", 20, 20),
        ("ppn", "all", 0, 0),
        ("pfn", "all", 0, 20),
        ("ll", "all", 0, 0),
    ],
)
def test_what_was_not_graded_counts_neither_way_and_what_was_left_out_gives_its_share_to_the_others(
    signs: str, credit: str, won: float, out_of: float
) -> None:
    graded = part([SIGNS[sign] for sign in signs], credit=credit)
    assert (graded.points, graded.out_of, graded.worth) == (won, out_of, 20)
    assert ("not graded" in graded.note) == ("n" in signs)
    assert ("left out" in graded.note) == ("l" in signs)


@given(standings, points, st.sampled_from(["each", "all"]))
def test_no_points_are_won_that_were_not_graded_and_none_graded_that_are_not_there(
    those: list[Standing], worth: float, credit: str
) -> None:
    graded = part(those, worth, credit)
    assert 0 <= graded.points <= graded.out_of <= graded.worth
    if those and set(those) == {"passed"}:
        assert graded.points == graded.out_of == graded.worth


@given(standings, points, st.data())
def test_to_pass_one_scenario_more_never_costs_points(those: list[Standing], worth: float, data: st.DataObject) -> None:
    failed = [number for number, one in enumerate(those) if one == "failed"]
    if not failed:
        return
    better = list(those)
    better[data.draw(st.sampled_from(failed))] = "passed"
    assert part(better, worth).points >= part(those, worth).points
    assert part(better, worth).out_of == part(those, worth).out_of


@given(standings, points)
def test_a_scenario_that_was_not_graded_never_costs_points_beside_those_that_were(
    those: list[Standing], worth: float
) -> None:
    before, after = part(those, worth), part([*those, "not_graded"], worth)
    share = before.points / before.out_of if before.out_of else 0.0
    assert after.points == pytest.approx(share * after.out_of, abs=0.02), "both are rounded to hundredths"


@given(st.lists(standings, max_size=4))
def test_a_grade_is_the_sum_of_its_parts(parts: list[list[Standing]]) -> None:
    weighed, there = [], {}
    for number, those in enumerate(parts):
        names = tuple(f"{number}.{index}" for index in range(len(those)))
        weighed.append(Weighed(title=str(number), points=10, scenarios=names))
        there |= {name: Outcome(scenario=name, standing=one) for name, one in zip(names, those, strict=True)}
    grade = grade_of("ann", "submissions/ann", weighed, there, ())
    assert grade.points == pytest.approx(sum(one.points for one in grade.parts), abs=0.02)
    assert grade.worth == 10 * len(parts)


@pytest.mark.parametrize(
    ("signs", "repeat", "require", "standing"),
    [
        ("p", 1, 1, "passed"),
        ("f", 1, 1, "failed"),
        ("s", 1, 1, "left_out"),
        ("i", 1, 1, "not_graded"),
        ("e", 1, 1, "not_graded"),
        ("", 1, 1, "not_graded"),
        ("pfp", 3, 2, "passed"),
        ("pff", 3, 2, "failed"),
        ("pfi", 3, 2, "not_graded"),
        ("ppi", 3, 2, "passed"),
        ("ffe", 3, 2, "failed"),
        ("ppf", 3, 3, "failed"),
        ("pf", 3, 2, "not_graded"),
        ("sss", 3, 2, "left_out"),
        ("f", 3, 1, "not_graded"),
    ],
)
def test_so_many_of_the_runs_must_pass(signs: str, repeat: int, require: int, standing: str) -> None:
    turns = [Turn(scenario="it", number=n, verdict=VERDICTS[sign], reason="why") for n, sign in enumerate(signs, 1)]
    outcome = outcome_of("it", turns, repeat, require, "the time was up")
    assert (outcome.standing, outcome.runs, outcome.passes) == (standing, len(signs), signs.count("p"))
    if standing == "not_graded":
        assert outcome.note == ("why" if {"i", "e"} & set(signs) else "the time was up")


def test_what_passed_only_when_it_was_run_again_says_so() -> None:
    outcome = outcome_of("it", [Turn(scenario="it", verdict=Verdict.PASSED, is_second_thought=True)], 1, 1)
    assert outcome.standing == "passed"
    assert outcome.note == "it failed at first, and passed when it was run again"


def test_a_failed_fault_scenario_says_what_fails_without_any_fault() -> None:
    base = Outcome(scenario="plain", standing="failed", told=(Told(sentence="LS says nothing."),))
    harmed = Outcome(scenario="harmed", standing="failed", has_faults=True)
    assert with_baseline(harmed, [base]).note == "it fails already without any fault: plain: LS says nothing."
    assert with_baseline(harmed.model_copy(update={"has_faults": False}), [base]).note == ""
    assert with_baseline(harmed.model_copy(update={"standing": "passed"}), [base]).note == ""
    assert with_baseline(harmed, [base.model_copy(update={"standing": "passed"})]).note == ""


def test_of_a_hidden_part_no_name_and_no_reason_is_noted() -> None:
    graded = part(["not_graded", "left_out", "passed"], hidden=True)
    assert "s0" not in graded.note
    assert "a reason" not in graded.note
    assert "not graded: 1 of 3" in graded.note


def finding(**fields: object) -> Finding:
    return Finding.model_validate({"check": "expected", "verdict": "failed", "sentence": "It is wrong.", **fields})


def result(*findings: Finding) -> ScenarioResult:
    query = QueryResult(
        client="ann", id="ann.1", ask="x.example", outcome="not_found", elapsed_s=8.0, expected="not found at 5 s"
    )
    return ScenarioResult(
        name="it",
        path="",
        verdict=Verdict.FAILED,
        findings=findings,
        queries=(query,),
        outputs={"ls": "one\ntwo"},
    )


def test_of_a_run_is_kept_what_was_asked_what_came_what_should_have_and_why() -> None:
    turn = turn_of(result(finding(clause="C5", query="ann.1")), "it", 1)
    (told,) = turn.told
    assert (told.clause, told.asked, told.came) == ("C5", "x.example", "not found after 8.00 s")
    assert (told.expected, told.sentence) == ("not found at 5 s", "It is wrong.")


def test_what_does_not_count_is_kept_apart() -> None:
    turn = turn_of(result(finding(clause="B1", counts=False), finding(clause="C3")), "it", 1)
    assert [told.clause for told in turn.told] == ["C3"]
    assert turn.beyond == ("B1: It is wrong.",)


def test_of_a_program_that_does_not_start_nothing_else_is_told() -> None:
    starts = finding(check="listens", clause="C1", blames="ls")
    (told,) = turn_of(result(finding(clause="C3"), starts, finding(clause="C6")), "it", 1).told
    assert (told.clause, told.printed) == ("C1", "one\ntwo")


@pytest.mark.parametrize(("number", "text"), [(0.0, "0"), (13.33, "13.33"), (20.0, "20"), (100.0, "100"), (2.5, "2.5")])
def test_points_are_written_as_people_write_them(number: float, text: str) -> None:
    assert spelled(number) == text
