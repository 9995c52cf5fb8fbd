"""The programs of `tests/fixtures/hinted` and others still bring out the hints of which the tapes are kept."""

import json
import runpy
from pathlib import Path

import pytest

from lab.checks.hints import hint_for
from tests.hints_shown import SHOWN
from tests.running import ROOT

RECORD = runpy.run_path(str(ROOT / "tests" / "golden" / "hints" / "record.py"))["record"]


@pytest.mark.parametrize("pattern", SHOWN)
def test_a_program_is_given_the_hint_that_it_is_kept_for(pattern: str, tmp_path: Path) -> None:
    folder = RECORD(pattern, SHOWN[pattern], tmp_path)
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    protocol = json.loads((folder / "plan.json").read_text(encoding="utf-8"))["protocol"]
    told = {finding["hint"] for finding in result["findings"] if finding["verdict"] == "failed"}
    right = [hint_for(one, protocol, result["gives_up"]) for one in (pattern, *SHOWN[pattern].besides)]
    assert right[0] in told
    assert told <= set(right)
