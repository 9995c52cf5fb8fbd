"""The broken servers: each applies, says what it is, and stands in the matrix of the documents."""

import ast
from pathlib import Path

import pytest

from lab.reporters.grid import GOOD
from lab.scenario.variant import Variant, read_variant
from tests.repository.documents import ROOT, name_of
from tests.running import catalogue

DIFFERENCES = sorted(ROOT.glob("servers/broken/*.diff"))
SCENARIOS = {scenario.name: scenario for scenario in catalogue()}
MATRIX = (ROOT / "docs" / "matrix.md").read_text(encoding="utf-8")
CURE = "run `python -m lab matrix scenarios`, and copy its matrix.md to docs/matrix.md"


@pytest.fixture
def variant(path: Path) -> Variant:
    """A broken server; where its difference no longer applies, this says so, and the cure."""
    return read_variant(path)


@pytest.mark.parametrize("path", DIFFERENCES, ids=name_of)
class TestEveryBrokenServer:
    def test_is_a_program(self, variant: Variant) -> None:
        ast.parse(variant.text)

    def test_says_in_a_sentence_what_is_wrong_with_it(self, variant: Variant) -> None:
        assert variant.about.endswith(".")
        assert variant.about[0].isupper()

    def test_names_a_scenario_that_there_is(self, variant: Variant) -> None:
        assert variant.caught_by in SCENARIOS

    def test_stands_in_the_matrix_of_the_documents(self, variant: Variant) -> None:
        line = f"| `{variant.name}` | {variant.about} | {variant.breaks} | `{variant.caught_by}` |"
        assert line in MATRIX, CURE


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_scenario_stands_in_the_matrix_of_the_documents(scenario: str) -> None:
    assert f"\n| `{scenario}` | " in MATRIX, CURE


def test_the_matrix_of_the_documents_is_of_what_there_is_and_all_in_it_is_as_it_should_be() -> None:
    assert f"\n{len(DIFFERENCES)} broken servers and {len(SCENARIOS)} scenarios. " in MATRIX, CURE
    assert GOOD.format(sound="reference").removesuffix(".") in MATRIX, f"see what its list says; then {CURE}"


def test_broken_servers_are_many() -> None:
    assert len(DIFFERENCES) >= 40
