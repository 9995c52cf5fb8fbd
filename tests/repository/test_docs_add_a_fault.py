"""CONTRIBUTING's first page works as it stands: its fault is saved, explained and run."""

import subprocess  # noqa: TID251 - the lab is started as a user starts it
import sys
from pathlib import Path

import pytest

from tests.repository.documents import ROOT, blocks

PAGE = ROOT / "CONTRIBUTING.md"
LAB = """
import sys
import lab.faults
lab.faults.__path__.append(sys.argv.pop(1))
from lab.cli import main
main(sys.argv[1:])
"""
"""The lab, with a second folder of faults."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (python,) = blocks(PAGE, "python")
    (yaml,) = blocks(PAGE, "yaml")
    (tmp_path / "shout.py").write_text(python.text, encoding="utf-8")
    (tmp_path / "loud_ts1.yaml").write_text(yaml.text, encoding="utf-8")
    return tmp_path


def lab(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", LAB, str(folder), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_the_fault_of_the_worked_example_is_explained_from_its_docstring(folder: Path) -> None:
    told = lab(folder, "kinds", "shout")
    assert "A message arrives in capitals." in told.stdout, told.stderr


def test_the_scenario_of_the_worked_example_passes(folder: Path) -> None:
    ran = lab(folder, "run", str(folder / "loud_ts1.yaml"), "--out", str(folder / "run"))
    assert ran.returncode == 0, ran.stdout + ran.stderr
