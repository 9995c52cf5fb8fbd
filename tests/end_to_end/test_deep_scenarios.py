"""Deep scenarios under pytest: collected only if they are asked for, as `lab run` runs them."""

import subprocess
import sys

import pytest

from tests.repository.documents import ROOT
from tests.repository.pairs import KNOWERS, SUFFERINGS

PAIRS = ROOT / "scenarios" / "pairs"
ONE = PAIRS / "late_ts1_reset_ts2.yaml"
NUMBER = len(SUFFERINGS) ** 2 - 1


@pytest.mark.parametrize(
    ("arguments", "number"),
    [([str(PAIRS)], NUMBER), ([str(PAIRS), "-k", "deep"], NUMBER * (len(KNOWERS) - 1)), ([str(ONE)], len(KNOWERS))],
    ids=["folder", "folder_deep", "file"],
)
def test_pytest_collects_the_same(arguments: list[str], number: int) -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-n", "0", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=100)
    assert done.stdout.count("::") == number, done.stdout + done.stderr


@pytest.mark.parametrize("workers", ["0", "1"], ids=["alone", "xdist"])
def test_pytest_says_how_they_are_asked_for_where_nothing_else_is_selected(workers: str) -> None:
    name = "late_ts1_reset_ts2.nobody_knows"
    command = [sys.executable, "-m", "pytest", "-q", "-n", workers, "-p", "no:cacheprovider", str(PAIRS), "-k", name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=100)
    assert f"{name}; ask for them with -k 'deep and {name}', or name the file\n" in done.stdout
    assert done.returncode == pytest.ExitCode.NO_TESTS_COLLECTED
