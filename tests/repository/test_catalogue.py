"""The scenarios: each says what it is about, all load, and together they cover the contract."""

import re
from pathlib import Path

import pytest

from lab.runner.doubts import doubts
from lab.scenario.load import find, load
from lab.scenario.model import Scenario
from lab.scenario.profile import load_profile
from lab.scenario.references import check_against
from tests.repository.documents import ROOT
from tests.repository.pairs import pairs

FOLDER = ROOT / "scenarios"
LEAST = 35
CONTRACT = [f"C{number}" for number in range(1, 11)]
BEYOND = ["B1", "B2", "B3", "B4", "B8", "B9", "B10", "B11", "B12", "B13", "B14", "B15", "B16"]
FILES = find([FOLDER])
ON_PURPOSE = ("late_same_name_ts1",)
"""Scenarios that are about what `lab validate` warns of."""
NAME = re.compile(r"[a-z0-9_]+\Z")


@pytest.fixture(scope="module")
def catalogue() -> list[Scenario]:
    return [scenario for path in FILES for scenario in load(path)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(FOLDER).as_posix())
class TestEveryScenario:
    def test_says_what_goes_wrong_and_which_clauses_are_at_stake(self, path: str) -> None:
        for scenario in load(path):
            assert scenario.story.rstrip().endswith("."), f"{path}: the story is a sentence; end it with a full stop"
            assert scenario.clauses, f"{path}: name the clauses it is about, as clauses: [C5]"

    def test_fits_the_reference_system(self, path: str) -> None:
        profile = load_profile(ROOT / "servers" / "reference.yaml")
        for scenario in load(path):
            assert not check_against(scenario, profile)

    def test_is_named_for_what_is_wrong_and_where(self, path: str) -> None:
        for scenario in load(path):
            stem = scenario.name.partition(".")[0]
            assert NAME.match(stem), f"{path}: write the name in small letters, <what is wrong>_<where>"

    def test_that_is_of_the_contract_level_is_about_nothing_beyond_it(self, path: str) -> None:
        for scenario in load(path):
            beyond = [clause for clause in scenario.clauses if clause.startswith("B")]
            assert scenario.level == "beyond" or not beyond, f"{path}: {beyond} make it level: beyond"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_says_no_less_than_it_seems_to(path: Path) -> None:
    profile = load_profile(ROOT / "servers" / "reference.yaml")
    found = [str(doubt) for scenario in load(path) for doubt in doubts(scenario, profile)]
    assert path.stem in ON_PURPOSE or not found, "\n".join(found)


def test_the_pairs_are_those_that_are_generated() -> None:
    assert sorted(path.stem for path in (FOLDER / "pairs").iterdir()) == sorted(stem for stem, _ in pairs())


def test_there_are_enough_scenarios(catalogue: list[Scenario]) -> None:
    assert len(catalogue) >= LEAST


def test_no_two_scenarios_share_a_name(catalogue: list[Scenario]) -> None:
    names = [scenario.name for scenario in catalogue]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("clause", [*CONTRACT, *BEYOND])
def test_every_clause_has_a_scenario(clause: str, catalogue: list[Scenario]) -> None:
    about = [scenario.name for scenario in catalogue if clause in scenario.clauses]
    assert about, f"no scenario is about {clause}: write one, with clauses: [{clause}]"


@pytest.mark.parametrize("clause", CONTRACT)
def test_every_clause_of_the_coursework_has_a_scenario_of_that_level(clause: str, catalogue: list[Scenario]) -> None:
    about = [scenario.name for scenario in catalogue if clause in scenario.clauses and scenario.level == "contract"]
    assert about, f"only scenarios beyond the coursework are about {clause}: write one of level: contract"
