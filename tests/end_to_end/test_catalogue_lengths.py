"""The catalogue stays short: read from the latest run of it, if there is one; nothing is run here."""

import json
from typing import Any

import pytest

from tests.running import ROOT, catalogue

LATEST = ROOT / "reports" / "latest" / "report.json"
LONGEST = 13.0
AT_MOST_ALONE = 2


@pytest.fixture(scope="module")
def ran() -> list[dict[str, Any]]:
    """The scenarios of the catalogue that passed in the latest run."""
    if not LATEST.exists():
        pytest.skip("there is no latest run; python -m lab run scenarios makes one")
    run = json.loads(LATEST.read_text(encoding="utf-8"))
    own = {scenario.name for scenario in catalogue()}
    passed = [one for one in run["scenarios"] if one["verdict"] == "passed" and one["name"] in own]
    return passed or pytest.skip("the latest run had no scenario of the catalogue that passed")


def test_no_scenario_is_longer_than_thirteen_seconds(ran: list[dict[str, Any]]) -> None:
    long = {one["name"]: one["virtual_s"] for one in ran if one["virtual_s"] > LONGEST}
    assert not long


def test_hardly_any_scenario_must_run_alone() -> None:
    assert len([scenario.name for scenario in catalogue() if scenario.alone]) <= AT_MOST_ALONE
