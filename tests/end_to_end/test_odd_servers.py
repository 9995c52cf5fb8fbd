"""Servers that do not start, or flood: a clear verdict with their last words, and the lab goes on."""

from pathlib import Path

import pytest

from lab.verdict import Verdict
from tests.running import FIXTURES, Ran, run_texts, scenario

ODD = f"{{python}} {FIXTURES}/odd_starts.py"
PLAIN = scenario("", "[{ask: known.example, expect: {answer: 1.1.1.1}}]")


def run(folder: Path, **commands: str) -> Ran:
    return run_texts(folder, {"odd": PLAIN}, **commands)


@pytest.mark.parametrize("role", ["ls", "ts"])
def test_a_server_that_dies_at_start_breaks_c1_and_its_last_line_is_told(tmp_path: Path, role: str) -> None:
    result = run(tmp_path, **{role: f"{ODD} dies {{port}}"}).results["odd"]
    findings = [one for one in result.findings if one.verdict is Verdict.FAILED]
    assert result.verdict is Verdict.FAILED
    assert {one.blames for one in findings} == ({"ls"} if role == "ls" else {"ts1", "ts2"})
    for finding in findings:
        assert finding.clause == "C1"
        assert "status 1" in finding.sentence
        assert "RuntimeError: no such option" in finding.sentence
        assert "thinking it over" in result.outputs[finding.blames]


def test_a_server_that_never_listens_breaks_c1_after_its_time(tmp_path: Path) -> None:
    result = run(tmp_path, ls=f"{ODD} deaf {{port}}").results["odd"]
    (finding,) = [one for one in result.findings if one.verdict is Verdict.FAILED]
    assert (result.verdict, finding.clause, finding.blames) == (Verdict.FAILED, "C1", "ls")
    assert "within 5 s" in finding.sentence


def test_a_server_that_floods_its_output_is_heard_up_to_a_cap_and_judged_all_the_same(tmp_path: Path) -> None:
    result = run(tmp_path, ls=f"{{python}} {FIXTURES}/flooding_ls.py {{port}}").results["odd"]
    assert result.verdict in (Verdict.ERROR, Verdict.FAILED)
    printed = tmp_path / "run" / "odd" / "ls.log"
    assert printed.stat().st_size < 300_000
    assert "is not kept" in printed.read_text()
