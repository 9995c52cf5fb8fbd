"""The recipe for Gradescope, in a folder that is laid out as Gradescope does, and the first screen for graders."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.grading_runs import PROFILE, QUICK, submission
from tests.leftovers import assert_gone
from tests.repository.documents import ROOT, blocks

RECIPE = ROOT / "docs" / "gradescope"
WITHIN = 200.0


def with_lab(folder: Path) -> Path:
    """A folder of commands in which `python` is the interpreter that has the lab."""
    commands = folder / "bin"
    commands.mkdir()
    script = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'
    for name in ("python", "python3"):
        (commands / name).write_text(script, encoding="utf-8")
        (commands / name).chmod(0o755)
    return commands


def ran(command: list[str], folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    (folder / "tmp").mkdir(exist_ok=True)
    surroundings = {**os.environ, "TMPDIR": str(folder / "tmp"), **environment}
    return subprocess.run(
        command, cwd=folder, env=surroundings, capture_output=True, text=True, timeout=WITHIN, check=False
    )


@pytest.fixture
def autograder(tmp_path: Path) -> Path:
    """What Gradescope makes of the archive; the lab is there already, as no test loads anything from elsewhere."""
    place = tmp_path / "autograder"
    for name in ("source", "results"):
        (place / name).mkdir(parents=True)
    submission(place / "source", "example")
    (place / "source" / "profile.yaml").write_text(PROFILE, encoding="utf-8")
    (place / "source" / "rubric.yaml").write_text(QUICK, encoding="utf-8")
    for name in ("setup.sh", "run_autograder"):
        shutil.copy(RECIPE / name, place / "source" / name)
    shutil.copy(RECIPE / "run_autograder", place / "run_autograder")
    (place / "venv").mkdir()
    with_lab(place / "venv")
    return place


def test_a_submission_is_graded_and_its_results_are_where_gradescope_reads_them(autograder: Path) -> None:
    submission(autograder, "submission", "ls_gives_up_at_8s")
    here = {"AUTOGRADER": str(autograder)}
    done = ran(["bash", str(autograder / "source" / "setup.sh")], autograder, **here)
    assert done.returncode == 0, done.stderr
    done = ran([str(autograder / "run_autograder")], autograder, **here)
    assert done.returncode == 0, done.stderr
    results = json.loads((autograder / "results" / "results.json").read_text(encoding="utf-8"))
    assert (results["score"], results["max_score"]) == (60, 100)
    assert [(one["name"], one["score"], one["max_score"], one["visibility"]) for one in results["tests"]] == [
        ("Answers", 60, 60, "visible"),
        ("Secret", 0, 40, "hidden"),
    ]
    assert list((autograder / "tmp").glob("tmp.*")) == [], "what it wrote meanwhile is gone"
    assert_gone(autograder)


def test_where_nothing_can_be_graded_there_are_no_results_rather_than_no_points(autograder: Path) -> None:
    submission(autograder, "submission")
    (autograder / "source" / "profile.yaml").write_text("lab: profile/1\n", encoding="utf-8")
    done = ran([str(autograder / "run_autograder")], autograder, AUTOGRADER=str(autograder))
    assert done.returncode == 4
    assert not list((autograder / "results").iterdir())


def test_what_the_page_for_graders_begins_with_works_in_an_empty_folder(tmp_path: Path) -> None:
    page = ROOT / "docs" / "for_graders.md"
    first, *_ = blocks(page, "sh")
    said, *_ = blocks(page, "text")
    path = f"{with_lab(tmp_path)}:{os.environ['PATH']}"
    folder = tmp_path / "empty"
    folder.mkdir()
    done = ran(["bash", "-euc", first.text], folder, PATH=path)
    assert done.returncode == 0, done.stderr
    assert [line for line in said.text.splitlines() if line] == [
        line for line in done.stdout.splitlines() if " of 100 " in line
    ]
    table = page.read_text(encoding="utf-8").partition("and leaves in `grading/`")[2].partition("\n\nA student")[0]
    for row in table.splitlines():
        if row.startswith("| `"):
            name = row.split("`")[1].replace("NAME", "bob")
            assert (folder / "grading" / name).exists(), name
