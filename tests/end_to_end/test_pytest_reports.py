"""What pytest shows of scenarios: outcomes, texts, durations, folders."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.pytest_project import BROKEN, CASES, FAILS, PASSES, PROVES_NOTHING, Project

FOLDER = r"reports/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-pytest"


class Whole:
    """One run of scenarios with all kinds of ends."""

    def __init__(self, folder: Path) -> None:
        self.project = Project(folder)
        self.project.write(cased=CASES, fails=FAILS, hollow=PROVES_NOTHING, passes=PASSES)
        self.code, self.output = self.project.run("-ra", "--junitxml=junit.xml")
        self.cases = {case.get("name", ""): case for case in ET.parse(folder / "junit.xml").iter("testcase")}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    return Whole(tmp_path_factory.mktemp("whole"))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_every_case_of_every_scenario_is_an_item(whole: Whole) -> None:
    assert set(whole.cases) == {"cased.upper", "cased.lower-2", "fails", "hollow", "passes"}
    assert whole.project.ran == sorted(whole.cases)


def test_failed_is_a_failure_and_inconclusive_an_error_in_set_up(whole: Whole) -> None:
    assert whole.code == 1
    ends = {name: [part.tag for part in case if part.tag in {"failure", "error"}] for name, case in whole.cases.items()}
    assert ends == {"cased.upper": [], "cased.lower-2": [], "passes": [], "fails": ["failure"], "hollow": ["error"]}
    assert "ERROR at setup of hollow" in whole.output


def test_a_failure_shows_story_finding_line_and_timeline(whole: Whole) -> None:
    block = whole.output.partition("___ fails ___")[2].partition("short test summary")[0]
    assert "LS is to end, and does not." in block
    assert re.search(r"^failed  .*LS was to exit, but it never exited\.$", block, re.MULTILINE)
    assert re.search(r"scenarios/fails\.yaml:8:\d+\n +\| +- exited: \{server: ls\}$", block, re.MULTILINE)
    assert "what happened (seconds from zero" in block
    assert "python -m lab run scenarios/fails.yaml" in block


def test_no_frame_of_python_is_shown(whole: Whole) -> None:
    assert "Traceback" not in whole.output
    assert not re.search(r"\.py:\d+", whole.output)


def test_the_summary_says_the_first_finding_in_its_line(whole: Whole) -> None:
    assert re.search(r"^FAILED scenarios/fails\.yaml::fails - .*LS was to exit", whole.output, re.MULTILINE)
    assert re.search(r"^ERROR scenarios/hollow\.yaml::hollow - .*drop", whole.output, re.MULTILINE)


def test_durations_and_properties_are_those_of_the_scenario(whole: Whole) -> None:
    for name, case in whole.cases.items():
        wall = whole.project.result(name)["wall_s"]
        assert isinstance(wall, float)
        assert wall > 0
        assert float(case.get("time", "")) == pytest.approx(wall, abs=0.0011)
        properties = {part.get("name"): part.get("value") for part in case.iter("property")}
        assert properties["wall_s"] == str(wall)
        assert properties["verdict"] == whole.project.result(name)["verdict"]


def test_the_folder_of_the_reports_is_named_and_is_the_latest(whole: Whole) -> None:
    found = re.search(rf"^-+ scenarios: ({FOLDER}) -+$", whole.output, re.MULTILINE)
    assert found
    assert (whole.project.folder / found[1]).samefile(whole.project.reports)
    assert (whole.project.reports / "report.html").exists()
    assert (whole.project.reports / "command.txt").read_text().startswith("python -m pytest -p lab.pytest_plugin")


def test_nothing_is_left_of_a_whole_run(whole: Whole) -> None:
    assert whole.project.leftovers() == []


def test_k_scenario_and_m_scenario_select_all_and_only_scenarios(project: Project) -> None:
    project.write(cased=CASES, passes=PASSES)
    (project.folder / "test_other.py").write_text("def test_this(): pass\n")
    (project.folder / "scenarios" / "other.yaml").write_text("services: {}\n")
    for words in (["-k", "scenario"], ["-m", "scenario"]):
        code, output = project.run("--collect-only", "-q", "--strict-markers", *words)
        ids = re.findall(r"^\S+::\S+$", output, re.MULTILINE)
        assert code == 0
        assert [each.partition("::")[2] for each in ids] == ["cased.upper", "cased.lower-2", "passes"]


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_only_what_is_selected_is_started_and_each_once(project: Project, workers: list[str]) -> None:
    project.write(cased=CASES, hollow=PROVES_NOTHING, passes=PASSES)
    code, output = project.run("-k", "cased or passes", *workers)
    assert code == 0, output
    assert "3 passed" in output
    assert project.ran == ["cased.lower-2", "cased.upper", "passes"]
    assert [project.starts_of_ls(name) for name in project.ran] == [1, 1, 1]


def test_a_broken_file_is_an_error_of_collection_that_names_its_place(project: Project) -> None:
    project.write(broken=BROKEN, passes=PASSES)
    code, output = project.run()
    assert code == 2
    assert re.search(r"^scenarios/broken\.yaml:\d+:\d+: faults\[0\]\.delay\.by: 4 has no unit", output, re.MULTILINE)
    assert not re.search(r"\.py:\d+", output)
    assert not (project.folder / "reports").exists(), "nothing is started when collecting fails"


def test_two_files_of_one_name_are_an_error_of_collection(project: Project) -> None:
    project.write(passes=PASSES)
    (project.folder / "scenarios" / "more").mkdir()
    project.write(**{"more/passes": PASSES})
    code, output = project.run("--collect-only")
    assert code == 2
    assert "the name passes is also that of scenarios/" in output


@pytest.mark.parametrize("workers", [[], ["-n", "1"]], ids=["alone", "xdist"])
def test_a_second_run_of_an_item_runs_the_scenario_anew(project: Project, workers: list[str]) -> None:
    project.write(passes=PASSES)
    (project.folder / "conftest.py").write_text(TWICE)
    code, output = project.run(*workers)
    assert code == 0, output
    assert "2 passed" in output
    assert project.ran == ["passes", "passes.run2"]


TWICE = """
from _pytest.runner import runtestprotocol


def pytest_runtest_protocol(item, nextitem):
    for _ in range(2):
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        runtestprotocol(item, nextitem=nextitem)
    return True
"""


def test_a_skipped_scenario_is_a_skip_with_its_reason(project: Project) -> None:
    project.write(passes=PASSES)
    (project.folder / "conftest.py").write_text(SKIPPED)
    code, output = project.run("-rs")
    assert code == 0, output
    assert re.search(r"^SKIPPED \[1\] scenarios/passes\.yaml:1: no door stays silent here$", output, re.MULTILINE)


SKIPPED = """
from dataclasses import replace
from lab.pytest_plugin.bench import Bench

true = Bench.result_of


def result_of(self, *words):
    ended = true(self, *words)
    skipped = {"verdict": "skipped", "reason": "no door stays silent here"}
    return replace(ended, result=ended.result.model_validate(ended.result.model_dump() | skipped))


Bench.result_of = result_of
"""
