"""What an installed lab finds: the scenarios and the rubric that come with it."""

import tomllib
from pathlib import Path

import pytest

from lab.scenario import catalogue as places
from lab.scenario.catalogue import RUBRIC, catalogue, default_rubric
from lab.scenario.rubric import load_rubric
from lab.scenario.variant import variants_in
from tests.repository.documents import ROOT

MOST = 40
NOT_OF_THE_COURSEWORK = {"ls_dies_of_wrong_arguments", "ls_listens_elsewhere"}
"""They break C1 by what they do with arguments that the coursework does not have."""
BY_ANOTHER = {"ts_exits_with_ls": "same_name_ls"}
"""Who must be caught by a scenario beyond the coursework is caught by one of it as well."""


def test_a_package_has_the_scenarios_where_the_lab_looks_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packed = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert packed == {"scenarios": f"lab/{places.PACKED.name}"}
    monkeypatch.setattr(places, "PACKED", tmp_path)
    assert catalogue() == tmp_path


def test_a_checkout_has_them_in_its_own_folder() -> None:
    assert catalogue() == ROOT / "scenarios"
    assert default_rubric() == ROOT / "scenarios" / RUBRIC


def test_the_rubric_that_comes_with_the_lab_has_100_points_for_what_the_coursework_demands() -> None:
    rubric = load_rubric(default_rubric())
    assert sum(part.points for part in rubric.parts) == 100
    assert len(rubric.scenarios) <= MOST
    assert {scenario.level for scenario in rubric.scenarios} == {"contract"}
    assert {clause for scenario in rubric.scenarios for clause in scenario.clauses} == {f"C{n}" for n in range(1, 11)}


def test_whoever_breaks_the_coursework_s_demands_falls_by_a_scenario_of_the_rubric() -> None:
    graded = {scenario.name for scenario in load_rubric(default_rubric()).scenarios}
    broken = [one for one in variants_in(ROOT / "servers" / "broken") if one.breaks.startswith("C")]
    spared = {one.name for one in broken if BY_ANOTHER.get(one.name, one.caught_by) not in graded}
    assert spared == NOT_OF_THE_COURSEWORK
