"""Reports are pure: the same run gives the same bytes, which stand in `tests/golden/reporters/`."""

import pytest
from report_goldens import GOLDENS, texts

DRAWN = texts()


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_the_report_is_the_golden_one_byte_for_byte(name: str) -> None:
    golden = (GOLDENS / name).read_bytes()
    assert DRAWN[name].encode() == golden, "if the change is meant: python tests/unit/reporters/report_goldens.py"


def test_no_golden_is_left_over() -> None:
    assert {path.name for path in GOLDENS.iterdir()} == set(DRAWN)


def test_the_same_bundle_gives_the_same_bytes() -> None:
    assert texts() == DRAWN


@pytest.mark.parametrize("name", [name for name in DRAWN if name.endswith(".failure.txt")])
def test_a_failure_is_at_most_a_hundred_columns_wide_and_shows_no_frames_of_the_lab(name: str) -> None:
    told, _, command = DRAWN[name].partition("repeat it with")
    assert max(map(len, told.splitlines())) <= 100
    assert 'File "lab' not in told
    assert "\x1b" not in told + command
