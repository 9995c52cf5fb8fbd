"""Classes graded as a user does it: points, reports, and what is there when it was broken off."""

import csv
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.grading_runs import QUICK, Graded, ended, furnish, graded, start, submission
from tests.leftovers import assert_gone, relatives
from tests.running import ROOT

HIDDEN = ("known_by_nobody", "lost_answer_ts1")
PATIENCE = 60.0
ONE_MISTAKE = """\
lab: rubric/1
parts:
  - {title: Relays, points: 50, scenarios: known_by_ts1, clauses: [C3]}
  - {title: At once, points: 50, scenarios: slow_ts1_ts2}
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("class")


@pytest.fixture(scope="module")
def run(place: Path) -> Graded:
    """A class of four: one without fault, one too late, one that relays half of each answer, and one empty."""
    options = furnish(place)
    them = place / "submissions"
    submission(them, "ann")
    submission(them, "late", "ls_gives_up_at_8s")
    submission(them, "short <b>&", "ls_relays_address_only")
    (them / "empty").mkdir()
    folders = sorted(str(path) for path in them.iterdir())
    return graded(place, *folders, *options, "--out", "out")


def grades(folder: Path) -> dict[str, dict[str, Any]]:
    book = json.loads((folder / "out" / "grades.json").read_text(encoding="utf-8"))
    return {grade["student"]: grade for grade in book["grades"]}


def outcomes(grade: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["scenario"]: one for part in grade["parts"] for one in part["outcomes"]}


def sheet(folder: Path) -> list[dict[str, str]]:
    with (folder / "out" / "grades.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class TestAClass:
    def test_is_graded_whatever_the_points(self, run: Graded, place: Path) -> None:
        assert run.code == 0, run.err
        points = {student: (grade["points"], grade["out_of"]) for student, grade in grades(place).items()}
        assert points["ann"] == (100, 100)
        assert points["late"] == (60, 100)
        assert points["empty"] == (0, 100)
        assert points["short <b>&"][0] < 60
        assert sorted(line.split("  ")[0] for line in run.out.splitlines()[:4]) == sorted(points)

    @pytest.mark.usefixtures("run")
    def test_has_a_line_for_each_student_in_the_sheet(self, place: Path) -> None:
        rows = {row["student"]: row for row in sheet(place)}
        assert list(rows["ann"]) == ["student", "points", "out of", "Answers (60)", "Secret (40)", "notes"]
        assert [rows["late"][key] for key in ("points", "out of", "Answers (60)", "Secret (40)")] == [
            "60",
            "100",
            "60",
            "0",
        ]

    @pytest.mark.usefixtures("run")
    def test_has_grades_that_keep_their_schema(self, place: Path) -> None:
        schema = json.loads((ROOT / "lab" / "schema" / "grades.json").read_text(encoding="utf-8"))
        jsonschema.validate(json.loads((place / "out" / "grades.json").read_text(encoding="utf-8")), schema)

    @pytest.mark.usefixtures("run")
    def test_has_a_page_that_leads_to_that_of_each_student(self, place: Path) -> None:
        page = (place / "out" / "class.html").read_text(encoding="utf-8")
        for link in ("students/ann/report.html", "students/short%20%3Cb%3E%26/report.html"):
            assert f'href="{link}"' in page
        assert "short <b>&" not in page, "names are strangers' text"
        assert (place / "out" / "students" / "short <b>&" / "report.html").is_file()

    @pytest.mark.usefixtures("run")
    def test_a_program_that_is_not_there_fails_by_c1_and_is_no_trouble_of_the_lab(self, place: Path) -> None:
        for outcome in outcomes(grades(place)["empty"]).values():
            assert outcome["standing"] == "failed"
            assert {told["clause"] for told in outcome["told"]} == {"C1"}

    @pytest.mark.usefixtures("run")
    def test_a_fault_is_not_blamed_for_what_fails_without_one(self, place: Path) -> None:
        found = outcomes(grades(place)["late"])
        assert found["lost_answer_ts1"]["note"].startswith("it fails already without any fault: known_by_nobody: ")
        assert found["known_by_nobody"]["note"] == ""

    @pytest.mark.usefixtures("run")
    def test_a_student_sees_what_was_asked_what_came_and_what_should_have(self, place: Path) -> None:
        results = json.loads((place / "out" / "students" / "short <b>&" / "results.json").read_text(encoding="utf-8"))
        test = results["tests"][0]
        assert (test["name"], test["max_score"], test["status"], test["visibility"]) == (
            "Answers",
            60,
            "failed",
            "visible",
        )
        for word in ("asked     www.example.", "came      ", "expected  answer ", "why       C"):
            assert word in test["output"]
        assert results["score"] == pytest.approx(sum(one["score"] for one in results["tests"]), abs=0.02)

    @pytest.mark.usefixtures("run")
    def test_of_a_hidden_part_students_see_title_and_points_only(self, place: Path) -> None:
        for path in (place / "out" / "students" / "late").iterdir():
            text = path.read_text(encoding="utf-8")
            assert "Secret" in text or path.suffix == ".xml", path
            assert not [name for name in HIDDEN if name in text], path
            assert "nobody.example" not in text, path
        results = json.loads((place / "out" / "students" / "late" / "results.json").read_text(encoding="utf-8"))
        assert [(one["name"], one["visibility"], one["score"]) for one in results["tests"]] == [
            ("Answers", "visible", 60),
            ("Secret", "hidden", 0),
        ]

    @pytest.mark.usefixtures("run")
    def test_every_failure_that_cost_points_was_found_with_programs_executed_on_the_real_clock(
        self, place: Path
    ) -> None:
        paths = (place / "out" / "evidence").glob("*/*/result.json")
        failed = [one for one in map(_read, paths) if one["verdict"] == "failed"]
        assert failed
        assert {(one["clock"], one["launch"]) for one in failed} == {("real", "exec")}

    @pytest.mark.usefixtures("run")
    def test_nothing_is_left(self, place: Path) -> None:
        assert_gone(place)


def _read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def settled(folder: Path) -> Iterator[tuple[str, str]]:
    """A line each of the journal: the student and the scenario."""
    path = folder / "out" / "journal.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()[1:] if path.exists() else []
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        yield entry["student"], entry["turn"]["scenario"]


def begun(folder: Path, lines: int) -> "subprocess.Popen[str]":
    """A grading of six, of which so much is settled."""
    options = furnish(folder)
    them = [submission(folder, "s0")]
    them += [submission(folder, f"s{number}", "ls_gives_up_at_8s") for number in range(1, 6)]
    process = start(folder, *map(str, them), *options, "--out", "out")
    deadline = time.monotonic() + PATIENCE
    while len(list(settled(folder))) < lines:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, "nothing is settled"
        time.sleep(0.02)
    return process


def test_one_mistake_costs_the_points_of_what_is_about_it_alone(tmp_path: Path) -> None:
    """An LS that asks its TSes one after another breaks C2 in whatever scenario there is."""
    options = furnish(tmp_path, ONE_MISTAKE)
    one = submission(tmp_path / "submissions", "one", "ls_asks_one_after_another")
    assert graded(tmp_path, str(one), *options, "--out", "out").code == 0
    parts = {part["title"]: part["points"] for part in grades(tmp_path)["one"]["parts"]}
    assert parts == {"Relays": 50, "At once": 0}


def test_after_a_kill_what_was_settled_is_there_nothing_is_left_and_resume_does_the_rest_only(tmp_path: Path) -> None:
    process = begun(tmp_path, 5)
    process.kill()
    process.communicate()
    deadline = time.monotonic() + PATIENCE
    while relatives(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert relatives(tmp_path) == {}
    before = list(settled(tmp_path))
    assert len(before) >= 5
    again = graded(tmp_path, "--resume", "out")
    assert again.code == 0, again.err
    after = list(settled(tmp_path))
    assert after[: len(before)] == before
    assert len(after) == len(set(after)) == 6 * 5, "nothing is run twice, and nothing is left out"
    assert {student: grade["points"] for student, grade in grades(tmp_path).items()} == {
        "s0": 100,
        **{f"s{number}": 60 for number in range(1, 6)},
    }


def test_when_interrupted_it_says_what_was_not_graded_and_that_is_not_zero(tmp_path: Path) -> None:
    process = begun(tmp_path, 3)
    os.killpg(process.pid, signal.SIGINT)
    told = ended(process)
    assert told.code == 2, told.err
    assert "not brought to its end: interrupted; go on with --resume out" in told.out
    rows = sheet(tmp_path)
    assert len(rows) == 6
    assert any(row["out of"] != "100" and "not graded" in row["notes"] for row in rows)
    assert_gone(tmp_path)
    assert graded(tmp_path, "--resume", "out").code == 0
    assert all(row["out of"] == "100" for row in sheet(tmp_path))


def test_the_end_of_the_budget_ends_it_in_good_order(tmp_path: Path) -> None:
    options = furnish(tmp_path, QUICK.replace("parts:", "budget: 2s\nparts:", 1))
    told = graded(tmp_path, str(submission(tmp_path, "ann")), *options, "--clock", "real", "--out", "out")
    assert told.code == 2, told.err
    grade = grades(tmp_path)["ann"]
    assert grade["points"] == grade["out_of"] < 100
    assert outcomes(grade)["known_by_nobody"]["note"] == "the time for grading was up"
    assert_gone(tmp_path)


def test_a_rubric_that_was_changed_since_is_not_resumed(tmp_path: Path) -> None:
    options = furnish(tmp_path, "lab: rubric/1\nparts: [{title: One, points: 1, scenarios: known_by_ts1}]\n")
    assert graded(tmp_path, str(submission(tmp_path, "ann")), *options, "--out", "out").code == 0
    with (tmp_path / "rubric.yaml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    told = graded(tmp_path, "--resume", "out")
    assert told.code == 4
    assert "was changed since this grading was begun; begin a new one" in told.err


def test_each_may_bring_its_own_profile_and_who_has_none_is_not_graded(tmp_path: Path) -> None:
    part = "{title: One, points: 1, scenarios: [known_by_ts1, program_client]}"
    options = furnish(tmp_path, f"lab: rubric/1\nrepeat: 2\nrequire: 1\nparts: [{part}]\n")[2:]
    text = (tmp_path / "profile.yaml").read_text(encoding="utf-8").replace("copy_of: example", "copy_of: .")
    own = {"ann": text, "bob": text[: text.index("client:")], "carl": "nothing of ours\n"}
    for student, profile in own.items():
        (submission(tmp_path, student) / "system.yaml").write_text(profile, encoding="utf-8")
    told = graded(tmp_path, *own, *options, "--out", "out")
    assert told.code == 0, told.err
    found = grades(tmp_path)
    assert {student: (grade["points"], grade["out_of"]) for student, grade in found.items()} == {
        "ann": (1, 1),
        "bob": (1, 1),
        "carl": (0, 0),
    }
    assert outcomes(found["ann"])["known_by_ts1"]["runs"] == 2
    assert outcomes(found["bob"])["program_client"]["standing"] == "left_out"
    assert "has no client" in outcomes(found["bob"])["program_client"]["note"]
    assert found["carl"]["note"].startswith("not graded: ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name the folders of the submissions"),
        (("nowhere", "--profile", "profile.yaml"), "there is no such folder"),
        (("example",), "no submission has a profile that works"),
        (("example", "--profile", "profile.yaml", "--rubric", "profile.yaml"), "write lab: rubric/1"),
        (("--resume", "example"), "no grading can be resumed from this folder"),
        (("example", "--resume", "out"), "leave all other arguments out"),
    ],
)
def test_bad_input_is_said_with_its_cure(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    furnish(tmp_path)
    told = graded(tmp_path, *words)
    assert told.code == 4
    assert said in told.err
    assert "Traceback" not in told.err
