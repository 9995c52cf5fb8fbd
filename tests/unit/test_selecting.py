"""Which scenarios are run of those that are there."""

from itertools import product

import pytest

from lab.errors import NothingToRun
from lab.runner.selecting import read, why_nothing
from lab.scenario.model import Scenario
from lab.scenario.profile import load_profile
from tests.repository.documents import ROOT
from tests.repository.pairs import KNOWERS, SUFFERINGS
from tests.running import REFERENCE

PROFILE = load_profile(REFERENCE)
PAIRS = ROOT / "scenarios" / "pairs"
ONE = PAIRS / "late_ts1_reset_ts2.yaml"
NUMBER = len(SUFFERINGS) ** 2 - 1


def chosen(path: object, expression: str = "") -> list[Scenario]:
    return read([str(path)], PROFILE, expression)


@pytest.mark.parametrize(
    ("expression", "number"),
    [
        ("", NUMBER),
        ("pairs", NUMBER),
        ("deep", NUMBER * (len(KNOWERS) - 1)),
        ("pairs or deep", NUMBER * len(KNOWERS)),
        ("pairs and not deep", NUMBER),
        ("deeper or wide", NUMBER),
    ],
)
def test_deep_scenarios_of_a_folder_are_run_only_if_they_are_asked_for(expression: str, number: int) -> None:
    assert len(chosen(PAIRS, expression)) == number


def test_deep_scenarios_of_a_file_that_is_named_are_run() -> None:
    assert len(chosen(ONE)) == len(KNOWERS)
    assert [one.name for one in chosen(ONE, "nobody_knows")] == ["late_ts1_reset_ts2.nobody_knows"]


def test_who_selects_deep_scenarios_only_is_told_which_and_how_they_are_asked_for() -> None:
    with pytest.raises(NothingToRun) as caught:
        chosen(PAIRS, "late_ts1_reset_ts2.nobody_knows")
    assert str(caught.value) == (
        "-k 'late_ts1_reset_ts2.nobody_knows' matches only scenarios with the tag deep, which run when asked for: "
        "late_ts1_reset_ts2.nobody_knows; ask for them with -k 'deep and late_ts1_reset_ts2.nobody_knows', "
        "or name the file"
    )
    assert [one.name for one in chosen(PAIRS, "deep and late_ts1_reset_ts2.nobody_knows")] == [
        "late_ts1_reset_ts2.nobody_knows"
    ]


def test_of_many_deep_scenarios_a_few_are_named_and_the_cure_keeps_the_expression_together() -> None:
    deep = [one for one in chosen(PAIRS, "deep") if "late_ts1" in one.name or "slow_ts1" in one.name]
    told = why_nothing(deep, "late_ts1 or slow_ts1")
    assert f" and {len(deep) - 3} more; ask for them with -k 'deep and (late_ts1 or slow_ts1)'" in told
    assert why_nothing(deep, "").startswith("there are only scenarios with the tag deep")
    assert why_nothing(deep, "").endswith("ask for them with -k deep, or name the file")


def test_who_selects_nothing_is_told_so() -> None:
    with pytest.raises(NothingToRun, match=r"^no scenario matches -k 'nonsense'$"):
        chosen(PAIRS, "nonsense")


def test_the_others_have_every_suffering_of_a_server_with_every_one_of_the_other_and_with_all_who_know() -> None:
    words = [(one.split("_ts1_")[0], one.split("_ts1_")[1].split("_ts2.")[0], one.split(".")[1]) for one in _wide()]
    names = [suffering.name for suffering in SUFFERINGS]
    assert {word[:2] for word in words} == set(product(names, names)) - {("sound", "sound")}
    for place in (0, 1):
        assert {(word[place], word[2]) for word in words} == set(product(names, KNOWERS))


def _wide() -> list[str]:
    return [one.name for one in chosen(PAIRS)]
