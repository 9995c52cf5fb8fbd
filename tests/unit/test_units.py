"""Units: what people write, and how it is spelled again."""

import pytest

from lab.units import format_shift, parse_shift


@pytest.mark.parametrize(
    ("text", "seconds", "spelled"),
    [
        ("+1h", 3600.0, "+1h"),
        ("-90s", -90.0, "-90s"),
        ("+1.5 min", 90.0, "+90s"),
        ("- 2min", -120.0, "-2min"),
        ("+250ms", 0.25, "+250ms"),
    ],
)
def test_a_shift_of_a_clock_has_a_sign_and_a_unit(text: str, seconds: float, spelled: str) -> None:
    assert parse_shift(text) == seconds
    assert format_shift(seconds) == spelled
    assert parse_shift(spelled) == seconds


@pytest.mark.parametrize("text", ["1", "1h", "+", "+-1s", "h", "", "+1d"])
def test_what_is_no_shift_is_refused_with_the_cure(text: str) -> None:
    with pytest.raises(ValueError, match=r"write a sign and a duration, such as \+1h or -90s"):
        parse_shift(text)


def test_a_shift_is_an_hour_at_most_and_moves_the_clock() -> None:
    with pytest.raises(ValueError, match="above one hour"):
        parse_shift("-61min")
    with pytest.raises(ValueError, match="moves no clock"):
        parse_shift("+0s")
