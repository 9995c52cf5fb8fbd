"""Each kind of fault, pinned to what the peer's socket sees of it: bytes, end of file, errno, and when."""

import json
from typing import Any

import pytest

from tests.running import FIXTURES, Ran, run_texts, scenario

ANSWER = "known.example 1.1.1.1 A\n"
ASK = "[{ask: known.example}]"
CASES = {
    "none": ("", [["bytes", ANSWER, 0], ["silence", "", 1]]),
    "delay": ("[delay: {flow: ts1->ls, by: 300ms}]", [["bytes", ANSWER, 0.3], ["silence", "", 1.3]]),
    "hold": (
        "[hold: {flow: ts1->ls, release: {fired: hold1, plus: 400ms}}]",
        [["bytes", ANSWER, 0.4], ["silence", "", 1.4]],
    ),
    "drop": ("[drop: {flow: ts1->ls}]", [["silence", "", 1]]),
    "drop-query": ("[drop: {flow: ls->ts1}]", [["silence", "", 1]]),
    "close-before": ("[close: {flow: ts1->ls}]", [["eof", "", 0]]),
    "close-within": ("[close: {flow: ts1->ls, point: within, bytes: 5}]", [["bytes", "known", 0], ["eof", "", 0.05]]),
    "close-after": ("[close: {flow: ts1->ls, point: after}]", [["bytes", ANSWER, 0], ["eof", "", 0.05]]),
    "reset-before": ("[reset: {flow: ts1->ls}]", [["ECONNRESET", "", 0]]),
    "reset-within": (
        "[reset: {flow: ts1->ls, point: within, bytes: 8}]",
        [["bytes", "known.ex", 0], ["ECONNRESET", "", 0.05]],
    ),
    "reset-query": ("[reset: {flow: ls->ts1}]", [["ECONNRESET", "", 0]]),
    "truncate-fin": ("[truncate: {flow: ts1->ls, bytes: 3}]", [["bytes", "kno", 0], ["eof", "", 0.05]]),
    "truncate-rst": (
        "[truncate: {flow: ts1->ls, bytes: 3, then: rst}]",
        [["bytes", "kno", 0], ["ECONNRESET", "", 0.05]],
    ),
    "truncate-silence": (
        "[truncate: {flow: ts1->ls, bytes: 3, then: silence}]",
        [["bytes", "kno", 0], ["silence", "", 1]],
    ),
    "split": (
        "[split: {flow: ts1->ls, at: 5, gap: 250ms}]",
        [["bytes", "known", 0], ["bytes", ".example 1.1.1.1 A\n", 0.25], ["silence", "", 1.25]],
    ),
    "duplicate": (
        "[duplicate: {flow: ts1->ls, gap: 200ms}]",
        [["bytes", ANSWER, 0], ["bytes", ANSWER, 0.2], ["silence", "", 1.2]],
    ),
    "refuse": ("[refuse: {link: ls->ts1}]", [["ECONNREFUSED", "", 0]]),
    "absent": ("[absent: ts1]", [["ECONNREFUSED", "", 0]]),
    "kill": ("[kill: ts1]", [["ECONNREFUSED", "", 0]]),
    "kill-before_read": ("[kill: {server: ts1, point: before_read}]", [["ECONNRESET", "", 0]]),
    "kill-after_read": ("[kill: {server: ts1, point: after_read}]", [["eof", "", 0]]),
    "kill-mid_reply": ("[kill: {server: ts1, point: mid_reply, bytes: 6}]", [["bytes", "known.", 0], ["eof", "", 0]]),
    "kill-after_reply": ("[kill: {server: ts1, point: after_reply}]", [["bytes", ANSWER, 0], ["eof", "", 0]]),
    "pause": (
        "[{pause: ts1, until: {delivered: ls->ts1, plus: 500ms}}]",
        [["bytes", ANSWER, 0.5], ["silence", "", 1.5]],
    ),
    "pause-long": ("[pause: ts1]", [["silence", "", 1]]),
    "restart": ("[restart: {server: ts1, down: 300ms}]", [["ECONNREFUSED", "", 0]]),
}
GRAIN = 0.25
"""A loaded machine may be this much later; it is never earlier by more than the clock's grain."""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("truth")
    waits = {"kill": "{wait: {exited: ts1}}, ", "restart": "{wait: {exited: ts1}}, "}
    texts = {
        name: scenario(faults, f"[{waits.get(name, '')}{{ask: known.example}}]") for name, (faults, _) in CASES.items()
    }
    return run_texts(folder, texts, ls=f"{{python}} {FIXTURES}/probe_ls.py {{port}} {{ts1.host}} {{ts1.port}}")


@pytest.mark.parametrize("case", CASES)
def test_the_peer_sees_what_the_fault_is_named_for(case: str, ran: Ran) -> None:
    seen: list[list[Any]] = json.loads(ran.printed(case).splitlines()[0])
    expected = CASES[case][1]
    assert [step[:2] for step in seen] == [step[:2] for step in expected]
    for (_, _, at), (what, _, due) in zip(seen, expected, strict=True):
        assert due - 0.02 <= at <= due + GRAIN, f"{what} at {at} s instead of {due} s"


@pytest.mark.parametrize("case", [case for case in CASES if case != "none"])
def test_the_receipt_says_that_the_fault_fired(case: str, ran: Ran) -> None:
    (receipt,) = ran.results[case].faults
    assert receipt.fired
    assert receipt.touched


def test_a_restarted_server_answers_again(tmp_path_factory: pytest.TempPathFactory) -> None:
    queries = "[{wait: {listening: ts1, nth: 2}}, {ask: known.example}]"
    text = scenario("[restart: {server: ts1, down: 100ms}]", queries)
    ran = run_texts(
        tmp_path_factory.mktemp("restart"),
        {"back": text},
        ls=f"{{python}} {FIXTURES}/probe_ls.py {{port}} {{ts1.host}} {{ts1.port}}",
    )
    assert json.loads(ran.printed("back").splitlines()[0])[0][:2] == ["bytes", ANSWER]


def test_a_moment_given_as_a_duration_counts_from_zero_however_long_the_start_took(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    faults = "[{pause: ts1, when: 300ms, until: 600ms}, {hold: {flow: ts2->ls, release: 700ms}}]"
    text = scenario(faults, "[{wait: 800ms}, {ask: known.example}]")
    slow_start = f"{{python}} {FIXTURES}/slow_start_ts.py {{port}} {{table}}"
    ran = run_texts(tmp_path_factory.mktemp("moments"), {"moments": text}, ts=slow_start)
    history = ran.histories["moments"]
    injected = history.first("injected", fault="pause1")
    healed = history.first("healed", fault="pause1")
    assert injected is not None
    assert healed is not None
    assert 0.299 <= injected.at < 0.3 + GRAIN
    assert 0.599 <= healed.at < 0.6 + GRAIN
