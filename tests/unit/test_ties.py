import pytest

from lab.history import History
from lab.ties import near_ties

WAIT = {"server": "ls", "lasted": 5.0}


def history(released: float, ended: float, *, arrived: float = 0.1, lasted: float = 5.0) -> History:
    """An answer came to the lab, was held back, and reached LS about when a wait of LS came to its end."""
    told = History()
    message = {
        "flow": "ts1->ls",
        "conn": 1,
        "what": "message",
        "n": 1,
        "text": "a.example 1.1.1.1",
        "name": "a.example",
    }
    told.record(arrived, "arrived", **message)
    facts = [(released, "passed", message), (ended, "expired", {"server": "ls", "lasted": lasted})]
    for at, kind, data in sorted(facts, key=lambda fact: fact[0]):
        told.record(at, kind, **data)
    return told


def test_a_message_released_as_a_wait_ends_is_a_tie() -> None:
    (told,) = near_ties(history(5.0, 5.0))
    assert told.startswith("A message of ts1, held back, reached ls as a wait of ls came to its end, at 5.000 s: which")


@pytest.mark.parametrize(("released", "words"), [(4.9995, "0.5 ms before"), (5.0007, "0.7 ms after")])
def test_a_tie_says_which_came_first_and_by_how_much(released: float, words: str) -> None:
    (told,) = near_ties(history(released, 5.0))
    assert words in told


@pytest.mark.parametrize("released", [4.9989, 5.0011])
def test_a_millisecond_apart_is_no_tie(released: float) -> None:
    assert near_ties(history(released, 5.0)) == ()


def test_what_reached_a_server_at_once_is_no_tie() -> None:
    assert near_ties(history(5.0003, 5.0, arrived=5.0002)) == ()


def test_what_healing_let_go_is_no_tie() -> None:
    told = history(5.0003, 5.0)
    told.record(5.0003, "healed", fault="delay1")
    assert near_ties(told) == ()


def test_a_short_wait_is_nobodys_news() -> None:
    assert near_ties(history(5.0, 5.0, lasted=0.05)) == ()


def test_waits_of_two_servers_that_end_together_are_a_tie() -> None:
    told = History()
    told.record(5.0, "expired", server="ts1", lasted=5.0)
    told.record(5.0004, "expired", **WAIT)
    (said,) = near_ties(told)
    assert said.startswith("Waits of ls and ts1 came to their ends within 1 ms, at 5.000 s: which of the two is first")


def test_waits_of_one_server_that_end_together_are_none() -> None:
    told = History()
    told.record(5.0, "expired", **WAIT)
    told.record(5.0, "expired", **WAIT)
    assert near_ties(told) == ()


def test_many_ties_are_counted_rather_than_told() -> None:
    told = History()
    for second in range(1, 8):
        told.record(second, "expired", server="ts1", lasted=1.0)
        told.record(second + 0.0001, "expired", server="ls", lasted=1.0)
    assert near_ties(told)[-1] == "4 more such ties"
