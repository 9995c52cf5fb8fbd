"""The first screens of the pages for students and for engineers say what the lab says."""

import subprocess  # noqa: TID251 - the lab is started as a user starts it
import sys
from pathlib import Path

import pytest

from tests.repository.documents import ROOT, blocks

STUDENTS, ENGINEERS = ROOT / "docs" / "for_students.md", ROOT / "docs" / "for_engineers.md"


def lab(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lab", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)


def test_the_program_of_the_students_page_is_told_what_the_page_shows(tmp_path: Path) -> None:
    (program,) = blocks(STUDENTS, "python")
    (told,) = blocks(STUDENTS, "text")
    path = tmp_path / "my_ls.py"
    path.write_text(program.text, encoding="utf-8")
    scenario = "scenarios/healthy/known_by_nobody.yaml"
    done = lab("run", scenario, "--ls", f"python3 {path}", "--out", str(tmp_path / "out"))
    assert done.returncode == 1, done.stderr
    assert told.text in done.stdout


def test_the_first_system_of_the_engineers_page_passes_as_the_page_shows(tmp_path: Path) -> None:
    (told,) = blocks(ENGINEERS, "text")
    folder = tmp_path / "my_system"
    assert lab("init", str(folder)).returncode == 0
    system = str(folder / "system.yaml")
    done = lab("run", str(folder / "scenarios"), "--system", system, "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stdout
    assert set(told.text.splitlines()) <= set(done.stdout.splitlines())


@pytest.mark.parametrize("page", [STUDENTS, ENGINEERS], ids=lambda page: page.stem)
def test_the_front_page_leads_to(page: Path) -> None:
    assert f"(docs/{page.name})" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_scenario_of_the_engineers_page_is_passed_by_the_reference(tmp_path: Path) -> None:
    scenario = next(block for block in blocks(ENGINEERS, "yaml") if "scenario/1" in block.text)
    path = tmp_path / "upstream_dies.yaml"
    path.write_text(scenario.text, encoding="utf-8")
    done = lab("run", str(path), "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stdout
