"""The history: what is recorded can be found, written and read back, and views of it hold until it grows."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from lab.history import History, once

TEXTS = some.text() | some.sampled_from(['}, {"seq": 1', '\\"}, {"seq": ', "\n", "\u2028", "\x1c", "\udcff", ""])
FIELDS = some.dictionaries(some.sampled_from(["flow", "conn", "text", "name"]), TEXTS | some.integers() | some.none())


@given(some.lists(FIELDS))
def test_what_is_written_is_read_back(records: list[dict[str, Any]]) -> None:
    history = History()
    for fields in records:
        history.record(0.5, "arrived", **fields)
    lines = history.to_lines()
    assert len(lines) == len(history)
    assert History.from_lines(lines) == history


def test_facts_are_found_by_their_kind_and_fields() -> None:
    history = History()
    first = history.record(0.1, "arrived", flow="ann->ls", conn=1)
    second = history.record(0.2, "arrived", flow="ann->ls", conn=2)
    history.record(0.3, "passed", flow="ann->ls", conn=2)
    assert history.all("arrived") == [first, second]
    assert history.all("arrived", flow="ann->ls", conn=2) == [second]
    assert history.first("arrived", conn=3) is None
    assert history.first("arrived", flow="bob->ls") is None


def test_a_view_is_worked_out_once_until_something_is_recorded() -> None:
    worked_out: list[str] = []

    @once
    def how_many(history: History, kind: str) -> int:
        worked_out.append(kind)
        return len(history.all(kind))

    history = History()
    assert (how_many(history, "zero"), how_many(history, "zero"), how_many(history, "asked")) == (0, 0, 0)
    assert worked_out == ["zero", "asked"]
    history.record(0.0, "zero")
    assert how_many(history, "zero") == 1
    history.shift(1.0)
    assert how_many(history, "zero") == 1
    assert worked_out == ["zero", "asked", "zero", "zero"]
