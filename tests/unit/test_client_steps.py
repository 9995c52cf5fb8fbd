"""The steps of the lab's own client, rehearsed with ideal servers."""

from pathlib import Path

import pytest

from lab.runner.rehearsal import Rehearsal, rehearse
from lab.scenario.build import raw_bytes
from lab.scenario.load import load
from lab.scenario.profile import load_profile
from tests.running import REFERENCE, scenario

PROFILE = load_profile(REFERENCE)


def played(folder: Path, queries: str) -> Rehearsal:
    path = folder / "some.yaml"
    path.write_text(scenario("", queries), encoding="utf-8")
    (found,) = load(path)
    told = rehearse(found, PROFILE)
    assert (told.trouble, told.result.verdict) == ("", "passed"), told.result.findings
    return told


def left(told: Rehearsal) -> list[str]:
    return [event["how"] for event in told.history.all("left")]


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("www.exam", b"www.exam"),
        (r"\xff\xfe\x00\n", b"\xff\xfe\x00\n"),
        (r"a\\n\t\r\0", b"a\\n\t\r\x00"),
        ("\u00e9", b"\xc3\xa9"),
    ],
)
def test_raw_bytes_are_written_with_escapes(text: str, data: bytes) -> None:
    assert raw_bytes(text) == data


def test_bytes_are_sent_as_they_are_and_their_reply_is_nobodys(tmp_path: Path) -> None:
    told = played(tmp_path, r"[{send: 'none.example\n'}, {ask: known.example, expect: {answer: 1.1.1.1, at: 0s}}]")
    (query,) = told.result.queries
    assert (query.outcome, query.elapsed_s) == ("answered", 5.0)
    assert [event["text"] for event in told.history.all("replied")] == [
        "none.example - Error:HOST NOT FOUND",
        "known.example 1.1.1.1 A",
    ]


def test_a_line_that_is_sent_in_parts_is_one_query(tmp_path: Path) -> None:
    told = played(tmp_path, r"[{send: known.}, {wait: 1s}, {send: 'example\n'}, {ask: other.example}]")
    assert [event["text"] for event in told.history.all("arrived", flow="client->ls")][:2] == [
        "known.example\n",
        "other.example\n",
    ]


def test_times_sends_it_so_often_in_one_go(tmp_path: Path) -> None:
    told = played(tmp_path, "[{send: x, times: 3}, close]")
    assert [event["text"] for event in told.history.all("sent")] == ["xxx"]


def test_a_client_that_resets_is_gone(tmp_path: Path) -> None:
    told = played(tmp_path, "[{ask: none.example, then: go_on}, {wait: 1s}, reset]")
    assert left(told) == ["reset"]
    assert [event["what"] for event in told.history.all("arrived", flow="client->ls")] == ["message", "rst"]
    assert told.result.queries[0].outcome == "left"


def test_a_client_that_stops_reading_hears_nothing_more(tmp_path: Path) -> None:
    told = played(tmp_path, "[{ask: known.example}, stop_reading, {ask: known.example}, {wait: 2s}]")
    assert left(told) == ["stop_reading", "close"]
    assert len(told.history.all("arrived", flow="ls->client", what="message")) == 1
    assert [query.outcome for query in told.result.queries] == ["answered", "left"]
