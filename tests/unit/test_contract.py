"""The model: what LS may say to a query, given what reached it and when."""

import pytest

from lab.contract import Came, is_answer, may_say
from lab.expectation import Expectation

LINE = "www.example.com 192.0.2.1 A"
NOT_FOUND = Expectation(kind="not_found", at=5.0)


def answer(at: float, line: str = LINE) -> Expectation:
    return Expectation(kind="answer", answer=line, at=at)


def either(*options: Expectation) -> Expectation:
    return Expectation(kind="one_of", options=options)


def test_without_any_answer_it_is_not_found_at_five_seconds() -> None:
    assert may_say("www.example.com", []) == NOT_FOUND


@pytest.mark.parametrize("at", [0.0, 3.0, 4.49])
def test_an_answer_in_time_is_the_only_reply(at: float) -> None:
    assert may_say("WWW.example.com", [Came(at, LINE)]) == answer(at)


@pytest.mark.parametrize("at", [4.5, 4.999, 5.001, 5.5])
def test_an_answer_near_five_seconds_may_be_relayed_or_not(at: float) -> None:
    assert may_say("www.example.com", [Came(at, LINE)]) == either(answer(at), NOT_FOUND)


def test_an_answer_long_after_five_seconds_is_none() -> None:
    assert may_say("www.example.com", [Came(5.6, LINE)]) == NOT_FOUND


def test_of_two_answers_at_one_time_either_may_be_relayed_and_of_two_apart_the_first() -> None:
    other = "www.example.com 198.51.100.1 A"
    assert may_say("www.example.com", [Came(1.0, LINE), Came(1.2, other)]) == either(answer(1.0), answer(1.2, other))
    assert may_say("www.example.com", [Came(1.0, LINE), Came(2.0, other)]) == answer(1.0)


def test_a_line_that_is_no_answer_may_be_taken_for_one_or_ignored() -> None:
    odd = "www.example.com garbage"
    assert may_say("www.example.com", [Came(1.0, odd)]) == either(answer(1.0, odd), NOT_FOUND)


def test_an_answer_that_was_not_meant_for_the_query_may_be_taken_or_not() -> None:
    assert may_say("www.example.com", [Came(1.0, LINE, is_meant=False)]) == either(answer(1.0), NOT_FOUND)


def test_a_line_left_over_from_before_is_a_right_answer_at_once() -> None:
    assert may_say("www.example.com", [Came(2.0, LINE)], {LINE}) == either(answer(2.0), answer(0.0))


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        (LINE, True),
        ("WWW.EXAMPLE.COM\t192.0.2.1\tA", True),
        ("other.example 192.0.2.1 A", False),
        ("www.example.com 192.0.2 A", False),
        ("www.example.com 192.0.2.1", False),
        ("www.example.com 192.0.2.1 A more", False),
        ("www.example.com 192.0.2.1 A\x00", False),
        ("www.example.com" + " " * 4096 + "192.0.2.1 A", False),
        ("", False),
    ],
)
def test_an_answer_is_name_address_and_a(line: str, *, holds: bool) -> None:
    assert is_answer(line, "www.example.com") is holds


def test_an_ls_that_gives_up_at_another_time_is_held_to_that() -> None:
    early = Expectation(kind="not_found", at=2.0)
    assert may_say("www.example.com", [], gives_up=2.0) == early
    assert may_say("www.example.com", [Came(1.4, LINE)], gives_up=2.0) == answer(1.4)
    assert may_say("www.example.com", [Came(1.6, LINE)], gives_up=2.0) == either(answer(1.6), early)
    assert may_say("www.example.com", [Came(3.0, LINE)], gives_up=2.0) == early
    assert may_say("www.example.com", [Came(6.0, LINE)], gives_up=7.5) == answer(6.0)
