"""What holds for every kind of check: it is documented, it passes and fails where it should, and it is pure."""

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from lab.checks.base import CHECKS, Evidence
from lab.history import History
from lab.judging import judge
from lab.result import Finding
from lab.verdict import Verdict
from tests.unit.checks.check_cases import CASES, STAGES
from tests.unit.checks.check_stage import Stage, broken

KINDS = CHECKS.names()
CONTRACT = {f"C{n}" for n in range(1, 11)} | {f"B{n}" for n in range(1, 17)} | {""}
FOLDER = Path(__file__).parents[2] / "lab" / "checks"


def found(kind: str, *, good: bool) -> list[Finding]:
    case = CASES[kind]
    return list(CHECKS[kind](**case.fields).judge((case.good if good else case.bad)().evidence()))


def test_every_kind_has_a_case_here_and_every_case_is_a_kind() -> None:
    assert sorted(CASES) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_one_file_of_its_name_that_nothing_but_its_package_imports(kind: str) -> None:
    assert CHECKS[kind].__module__ == f"lab.checks.{kind}"
    pattern = re.compile(rf"from lab\.checks\.{kind} import")
    others = [path for path in FOLDER.glob("*.py") if pattern.search(path.read_text())]
    assert others == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_explains_itself_and_its_fields(kind: str) -> None:
    check = CHECKS[kind]
    assert len((check.__doc__ or "").split()) >= 8
    assert all(field.description for field in check.model_fields.values())
    assert check.short == "" or check.short in check.model_fields
    assert not check.always or all(not field.is_required() for field in check.model_fields.values())


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_passes_where_all_is_well_and_says_so(kind: str) -> None:
    verdicts = [finding.verdict for finding in found(kind, good=True)]
    assert verdicts
    assert set(verdicts) == {Verdict.PASSED}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_finds_what_is_broken(kind: str) -> None:
    assert broken(found(kind, good=False))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("good", [True, False])
def test_findings_are_complete(kind: str, *, good: bool) -> None:
    for finding in found(kind, good=good):
        assert finding.check == kind
        assert finding.clause in CONTRACT
        assert re.match(r".+[.]$", finding.sentence, re.DOTALL), finding.sentence
        assert finding.verdict is not Verdict.FAILED or finding.blames
        assert finding.verdict is not Verdict.INCONCLUSIVE or not finding.blames
        assert finding.excess >= 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stage", STAGES)
def test_a_kind_is_pure(kind: str, stage: Callable[[], Stage]) -> None:
    evidence = stage().evidence()
    before = copy.deepcopy(list(evidence.history)), evidence.plan.model_dump_json()
    check = CHECKS[kind](**CASES[kind].fields)
    assert list(check.judge(evidence)) == list(check.judge(evidence))
    assert (list(evidence.history), evidence.plan.model_dump_json()) == before


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stage", STAGES)
def test_a_saved_history_is_judged_as_the_first_time(kind: str, stage: Callable[[], Stage]) -> None:
    evidence = stage().evidence()
    saved = History.from_lines(json.loads(json.dumps(list(evidence.history.to_lines()))))
    check = CHECKS[kind](**CASES[kind].fields)
    assert list(check.judge(Evidence(evidence.plan, saved))) == list(check.judge(evidence))


@pytest.mark.parametrize("stage", STAGES)
def test_no_check_breaks_on_a_history_that_ends_anywhere(stage: Callable[[], Stage]) -> None:
    evidence = stage().evidence()
    listed = [CHECKS[kind](**CASES[kind].fields) for kind in KINDS if not CHECKS[kind].always]
    for length in range(len(evidence.history)):
        cut = Evidence(evidence.plan, History(list(evidence.history)[:length]))
        verdicts = {finding.verdict for finding in judge(cut, listed)}
        assert Verdict.ERROR not in verdicts
