"""`lab matrix` on real servers: each falls as it should, or is told not to."""

import json
import subprocess
import sys
from pathlib import Path

from tests.running import ROOT


def matrix(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lab", "matrix", "scenarios", "--out", str(folder / "out"), *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_a_broken_server_falls_by_its_scenario_and_the_sound_one_by_none(tmp_path: Path) -> None:
    done = matrix(tmp_path, "-k", "known_by", "--only", "ls_gives_up_at_4s", "--clock", "jump")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("2 servers, 1 of them broken, and 3 scenarios\n")
    assert "caught by one scenario only: ls_gives_up_at_4s, by known_by_nobody" in done.stdout
    saved = json.loads((tmp_path / "out" / "matrix.json").read_text(encoding="utf-8"))
    assert [row["name"] for row in saved["rows"]] == ["reference", "ls_gives_up_at_4s"]
    assert "ls_gives_up_at_4s (C5)" in (tmp_path / "out" / "matrix.html").read_text(encoding="utf-8")


def test_one_that_its_scenario_does_not_catch_fails_the_matrix(tmp_path: Path) -> None:
    done = matrix(tmp_path, "-k", "known_by_ts1", "--only", "ls_gives_up_at_4s", "--clock", "jump")
    assert done.returncode == 1
    assert "known_by_nobody, which must catch it, was not run" in done.stdout


def test_no_match_is_nothing_to_run(tmp_path: Path) -> None:
    assert matrix(tmp_path, "--only", "no_such_server").returncode == 5
