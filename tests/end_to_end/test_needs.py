"""What a kind needs and a clock lacks: a scenario is skipped there with the reason, or runs on the clock with it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lab.needs import lacking
from tests.running import ROOT, scenario

NEEDY = """
from lab.faults.delay import Delay
Delay.needs = ("kernel timers",)
from lab.cli import main
main()
"""
WHY = "not on the jump clock: delay needs kernel timers: the kernel's own do not jump with the clock"
LATE = scenario("[delay: {flow: ts1->ls, by: 300ms}]", "[{ask: known.example, expect: {answer: 1.1.1.1, at: 300ms}}]")


def run(folder: Path, clock: str) -> dict[str, Any]:
    path = folder / "it.yaml"
    path.write_text(LATE, encoding="utf-8")
    words = ["run", str(path), "--clock", clock, "--json", "--out", str(folder / "out")]
    command = [sys.executable, "-c", NEEDY, *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True, timeout=60)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_on_a_clock_that_lacks_it_the_scenario_is_skipped_with_the_reason(tmp_path: Path) -> None:
    (result,) = run(tmp_path, "jump")["scenarios"]
    assert (result["verdict"], result["reason"]) == ("skipped", WHY)


def test_left_to_the_lab_it_runs_on_the_clock_that_has_it(tmp_path: Path) -> None:
    told = run(tmp_path, "auto")
    (result,) = told["scenarios"]
    assert (result["verdict"], result["clock"]) == ("passed", "real")
    assert WHY in told["note"]


def test_on_a_clock_that_has_all_nothing_is_lacking(tmp_path: Path) -> None:
    (result,) = run(tmp_path, "real")["scenarios"]
    assert result["verdict"] == "passed"


@pytest.mark.parametrize(
    ("lacks", "told"),
    [
        ({}, ""),
        ({"processor time": "it is free"}, "check needs processor time: it is free"),
        (
            {"kernel timers": "there are none", "processor time": "it is free"},
            "fault needs kernel timers: there are none",
        ),
    ],
)
def test_the_first_kind_that_lacks_something_is_told(lacks: dict[Any, str], told: str) -> None:
    needs: list[tuple[str, Any]] = [("other", ()), ("fault", ("kernel timers",)), ("check", ("processor time",))]
    assert lacking(needs, lacks) == told
