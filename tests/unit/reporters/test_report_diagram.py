"""The diagram: true to time, and never written over itself."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_cases import ALL
from report_tape import Tape
from report_values import scenario

from lab.history import History
from lab.reporters.diagram import diagram
from lab.reporters.lanes import lanes
from lab.reporters.messages import messages
from lab.reporters.rows import rows
from lab.reporters.scale import ROW_PX, scale

TIMES = st.lists(st.floats(0, 300, allow_nan=False), min_size=1, max_size=60).map(sorted)


def drawn(name: str) -> str:
    result, history = ALL[name]()
    assert history is not None
    return diagram(result, history)


@given(TIMES)
def test_time_never_runs_backwards_and_every_row_has_room(times: list[float]) -> None:
    axis = scale(times, 50)
    assert all(below - above >= ROW_PX - 1e-6 for above, below in pairwise(axis.places))
    assert all(axis(early) <= axis(late) for early, late in pairwise(times))


@given(TIMES)
def test_a_linear_stretch_has_the_scale_of_the_whole(times: list[float]) -> None:
    axis = scale(times, 50)
    for stretch in axis.stretches:
        true = (stretch.end - stretch.start) * axis.per_second
        if stretch.kind == "linear":
            assert true * 0.99 <= stretch.low - stretch.top <= true * 1.26 + 1e-6


@given(TIMES)
def test_the_stretches_cover_the_axis_without_a_gap(times: list[float]) -> None:
    axis = scale(times, 50)
    assert all(above.low == below.top and above.end == below.start for above, below in pairwise(axis.stretches))


def test_a_silence_of_minutes_is_cut_short_and_marked_only_in_a_long_run() -> None:
    assert {stretch.kind for stretch in scale([0, 200, 201], 50).stretches} == {"cut", "linear"}
    assert [stretch.kind for stretch in scale([0, 20], 50).stretches] == ["linear"]


def test_a_delayed_message_slants_from_when_it_left_to_when_it_arrived() -> None:
    found = re.search(r'<line class="arrow harmed" x1="(\S+)" y1="(\S+)" x2="(\S+)" y2="(\S+)"/>', drawn("slow_ts"))
    assert found is not None
    x1, y1, x2, y2 = map(float, found.groups())
    assert x2 < x1
    assert y2 - y1 > 100


def test_a_dropped_message_ends_midway_in_a_cross() -> None:
    found = re.search(
        r'<line class="arrow harmed" x1="(\S+)" \S+ x2="(\S+)" \S+/><path class="lost" d="M', drawn("ten_clients")
    )
    assert found is not None
    x1, x2 = map(float, found.groups())
    assert 60 < x1 - x2 < 110


def test_the_five_seconds_of_a_query_are_marked_if_it_was_open_that_long() -> None:
    assert drawn("slow_ts").count('class="deadline"') == 1
    assert "5 s for client.2" in drawn("slow_ts")
    assert 'class="deadline"' not in drawn("refused_door")


def test_a_pipelined_query_has_its_five_seconds_from_the_end_of_the_one_before() -> None:
    tape = Tape()
    for query in ("client.1", "client.2"):
        tape.ask(query, f"{query}.example", 0.001)
    tape.reply("client.1", "x - Error:HOST NOT FOUND", 5.001, 5.0, "not_found")
    tape.reply("client.2", "x - Error:HOST NOT FOUND", 10.001, 10.0, "not_found")
    result = scenario("pipelined", story="Two queries at once.")
    found, _ = rows(result, tape.history, lanes(result, tape.history))
    assert [round(row.at, 2) for row in found if row.kind == "deadline"] == [5.0, 10.0]


def test_a_server_that_died_has_a_cross_and_a_dotted_lane() -> None:
    picture = drawn("killed_ts")
    assert picture.count('class="end"') == 2
    assert picture.count('class="lane dead"') == 2


def test_a_crowd_shares_a_lane_and_its_messages_are_bundled() -> None:
    picture = drawn("ten_clients")
    assert "10 clients" in picture
    assert ">10 messages<" in picture
    assert ">9x FIN<" in picture
    assert picture.count('class="time"') < 40


def test_two_times_are_never_written_over_each_other() -> None:
    for name in ("slow_ts", "late_answer", "killed_ts", "refused_door", "ten_clients", "hostile"):
        places = sorted(float(y) for y in re.findall(r'<text class="time(?: faint)?" x="52" y="(\S+)">', drawn(name)))
        assert all(below - above > 10 for above, below in pairwise(places)), name


def test_a_flood_is_cut_and_says_so() -> None:
    tape = Tape()
    for number in range(400):
        tape.message("client->ls", f"host{number}.example", number * 0.06)
    assert "later rows are not drawn" in diagram(scenario("flood", story="A flood."), tape.history)


def test_nothing_is_drawn_of_nothing() -> None:
    assert diagram(scenario("nothing", story="Nothing happened."), History()) == ""


@pytest.mark.parametrize("passed", [1.0, None])
def test_a_message_is_paired_with_what_became_of_it(passed: float | None) -> None:
    tape = Tape()
    tape.message("ts1->ls", "a.example 1.1.1.1 A", 0.5, passed=passed)
    (message,) = messages(tape.history)
    assert (message.left, message.reached, message.plain) == (0.5, passed, False)


def test_a_copy_and_an_invented_message_are_told_apart() -> None:
    tape = Tape()
    tape.message("ts1->ls", "a.example 1.1.1.1 A", 0.5)
    told = {"flow": "ts1->ls", "conn": 1, "what": "message", "text": "b", "name": ""}
    tape.note(0.6, "passed", n=1, **told)
    tape.note(0.7, "passed", n=2, **told)
    assert [(message.again, message.left) for message in messages(tape.history)] == [
        (False, 0.5),
        (True, 0.5),
        (False, None),
    ]
