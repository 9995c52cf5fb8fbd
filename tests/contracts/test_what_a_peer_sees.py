"""Each kind of fault, pinned to what the peer's socket sees of it: bytes, end of file, errno, and when."""

import json
from typing import Any

import pytest

from lab.runner.options import Options
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
    "unreachable": ("[unreachable: {link: ls->ts1}]", [["no connection", "", 1]]),
    "accept_close-fin": ("[accept_close: {link: ls->ts1}]", [["eof", "", 0]]),
    "accept_close-rst": ("[accept_close: {link: ls->ts1, how: rst}]", [["ECONNRESET", "", 0]]),
    "ignore": ("[ignore: {flow: ls->ts1}]", [["silence", "", 1]]),
    "ignore-until": (
        "[{ignore: {flow: ls->ts1}, until: {asked: client.1, plus: 400ms}}]",
        [["bytes", ANSWER, 0.4], ["silence", "", 1.4]],
    ),
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
    "delay-jitter": (
        "[delay: {flow: ts1->ls, by: 300ms, jitter: 0ms, distribution: pareto}]",
        [["bytes", ANSWER, 0.3], ["silence", "", 1.3]],
    ),
    "trickle": (
        "[trickle: {flow: ts1->ls, bytes: 8, gap: 100ms}]",
        [
            ["bytes", "known.ex", 0],
            ["bytes", "ample 1.", 0.1],
            ["bytes", "1.1.1 A\n", 0.2],
            ["silence", "", 1.2],
        ],
    ),
    "throttle": (
        "[throttle: {flow: ts1->ls, rate: 240B/s}]",
        [["bytes", ANSWER[:12], 0.05], ["bytes", ANSWER[12:], 0.1], ["silence", "", 1.1]],
    ),
    "cut": ("[{kill: {server: ts1, point: after_reply}}, {cut: {flow: ts1->ls}}]", [["silence", "", 1]]),
    "half_close-before": ("[half_close: {flow: ts1->ls}]", [["eof", "", 0]]),
    "half_close-after": (
        "[half_close: {flow: ts1->ls, point: after}]",
        [["bytes", ANSWER, 0], ["eof", "", 0.05]],
    ),
    "slow_close": (
        "[{kill: {server: ts1, point: after_reply}}, {slow_close: {flow: ts1->ls, by: 400ms}}]",
        [["bytes", ANSWER, 0], ["eof", "", 0.4]],
    ),
    "slow_close-rst": (
        "[{kill: {server: ts1, point: before_read}}, {slow_close: {flow: ts1->ls, by: 400ms}}]",
        [["ECONNRESET", "", 0.4]],
    ),
    "coalesce": (
        "[{duplicate: {flow: ts1->ls, gap: 200ms}}, {coalesce: {flow: ts1->ls}}]",
        [["bytes", ANSWER + ANSWER, 0.2], ["silence", "", 1.2]],
    ),
    "swap": (
        "[{invent: {flow: ts1->ls, line: 'other 9.9.9.9 A', after: 200ms}}, {swap: {flow: ts1->ls}}]",
        [["bytes", "other 9.9.9.9 A\n", 0.2], ["bytes", ANSWER, 0.2], ["silence", "", 1.2]],
    ),
    "replace-other_name": (
        "[replace: {flow: ts1->ls, by: other_name}]",
        [["bytes", "impostor.invalid 1.1.1.1 A\n", 0], ["silence", "", 1]],
    ),
    "replace-other_address": (
        "[replace: {flow: ts1->ls, by: other_address}]",
        [["bytes", "known.example 203.0.113.99 A\n", 0], ["silence", "", 1]],
    ),
    "replace-empty": ("[replace: {flow: ts1->ls, by: empty}]", [["bytes", "\n", 0], ["silence", "", 1]]),
    "replace-garbage": (
        "[replace: {flow: ts1->ls, by: garbage}]",
        [["bytes", "%$ ]]> ?? ~~ \x07 <!\n", 0], ["silence", "", 1]],
    ),
    "replace-no_newline": (
        "[replace: {flow: ts1->ls, by: no_newline}]",
        [["bytes", ANSWER.rstrip(), 0], ["silence", "", 1]],
    ),
    "replace-nul": (
        "[replace: {flow: ts1->ls, by: nul}]",
        [["bytes", "known.examp\x00le 1.1.1.1 A\n", 0], ["silence", "", 1]],
    ),
    "replace-not_utf8": (
        "[replace: {flow: ts1->ls, by: not_utf8}]",
        [["bytes", "known.examp\udcff\udcfele 1.1.1.1 A\n", 0], ["silence", "", 1]],
    ),
    "replace-oversized": (
        "[replace: {flow: ts1->ls, by: oversized}]",
        [["bytes", "x" * 4096, 0], ["bytes", "x" * 904 + "\n", 0], ["silence", "", 1]],
    ),
    "replace-endless": (
        "[replace: {flow: ts1->ls, by: endless}]",
        [["bytes", "x" * 4096, 0], ["bytes", "x" * 904, 0], ["silence", "", 1]],
    ),
    "replace-text": (
        "[replace: {flow: ts1->ls, by: text, text: hello there}]",
        [["bytes", "hello there\n", 0], ["silence", "", 1]],
    ),
    "invent": (
        "[{drop: {flow: ts1->ls}}, {invent: {flow: ts1->ls, line: '{name} 9.9.9.9 A', after: 100ms}}]",
        [["bytes", "known.example 9.9.9.9 A\n", 0.1], ["silence", "", 1.1]],
    ),
    "restart": ("[restart: {server: ts1, down: 300ms}]", [["ECONNREFUSED", "", 0]]),
}
GRAIN = 0.25
"""A loaded machine may be this much later; it is never earlier by more than the clock's grain."""


@pytest.fixture(scope="module", params=["real", "jump"])
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("truth")
    waits = {"kill": "{wait: {exited: ts1}}, ", "restart": "{wait: {exited: ts1}}, "}
    texts = {
        name: scenario(faults, f"[{waits.get(name, '')}{{ask: known.example}}]") for name, (faults, _) in CASES.items()
    }
    options = Options(clock=request.param)
    return run_texts(folder, texts, options, ls=f"{{python}} {FIXTURES}/probe_ls.py {{port}} {{ts1.host}} {{ts1.port}}")


@pytest.mark.parametrize("case", CASES)
def test_the_peer_sees_what_the_fault_is_named_for(case: str, ran: Ran) -> None:
    seen: list[list[Any]] = json.loads(ran.printed(case).splitlines()[0])
    expected = CASES[case][1]
    if case == "swap":  # two writes at one time, which one read may take together
        seen, expected = _joined(seen), _joined(expected)
    assert [step[:2] for step in seen] == [step[:2] for step in expected]
    for (_, _, at), (what, _, due) in zip(seen, expected, strict=True):
        assert due - 0.02 <= at <= due + GRAIN, f"{what} at {at} s instead of {due} s"


def _joined(steps: list[list[Any]]) -> list[list[Any]]:
    """All bytes as if they had come in one read, at the time of the last."""
    read = [step for step in steps if step[0] == "bytes"]
    return [["bytes", "".join(text for _, text, _ in read), read[-1][2]], *(step for step in steps if step not in read)]


@pytest.mark.parametrize("case", [case for case in CASES if case != "none"])
def test_the_receipt_says_that_the_fault_fired(case: str, ran: Ran) -> None:
    for receipt in ran.results[case].faults:
        assert receipt.fired, receipt.why_not
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


STARVED = """\
lab: scenario/1
story: TS1 has one descriptor left, which its waiting accept has taken; the second connection is not accepted.
level: beyond
tables: {ts1: {known.example: 1.1.1.1}}
faults: [{starve: {server: ts1}, until: {answered: bob.1}}]
clients:
  ann: [{ask: known.example}, {wait: {answered: bob.2}}]
  bob: [{wait: {answered: ann.1}}, {ask: known.example}, {wait: 6s}, {ask: known.example}]
"""


def test_a_starved_server_takes_no_more_connections_until_it_is_healed(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    ran = run_texts(tmp_path_factory.mktemp("starve"), {"starve": STARVED}, Options(clock="jump"))
    result = ran.results["starve"]
    assert [query.outcome for query in result.queries] == ["answered", "not_found", "answered"]
    assert result.faults[0].touched == ("ts1: limited to 4 descriptors",)


def test_a_server_on_a_slow_cpu_is_stopped_most_of_the_time(tmp_path_factory: pytest.TempPathFactory) -> None:
    text = scenario("[slow_cpu: {server: ts1, share: 20%}]", "[{ask: known.example}, {wait: 1s}]")
    ran = run_texts(
        tmp_path_factory.mktemp("slow"),
        {"slow": text},
        ls=f"{{python}} {FIXTURES}/probe_ls.py {{port}} {{ts1.host}} {{ts1.port}}",
    )
    assert json.loads(ran.printed("slow").splitlines()[0])[0][:2] == ["bytes", ANSWER]
    signals = [(event.at, event["signal"]) for event in ran.histories["slow"].all("signalled", server="ts1")]
    stops = [at for at, signal in signals if signal == "STOP"]
    goes = [at for at, signal in signals if signal == "CONT"]
    stopped = sum(go - stop for stop, go in zip(stops, goes, strict=False))
    assert len(stops) > 10
    assert stopped > 0.5 * (goes[-1] - stops[0])


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
