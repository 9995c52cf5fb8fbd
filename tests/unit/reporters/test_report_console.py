"""The console's lines and the block for a failure."""

from report_cases import bundle
from report_tape import Tape
from report_values import finding, scenario

from lab.reporters.console import scenario_line, summary, summary_lines
from lab.reporters.failure import MOST_MOMENTS, describe
from lab.result import RunResult
from lab.verdict import Verdict

RUN = bundle().run


def test_a_line_begins_with_its_verdict_and_names_the_scenario() -> None:
    for result in RUN.scenarios:
        assert scenario_line(result).split()[:2] == [result.verdict, result.name]


def test_a_failure_says_its_clause_and_a_skip_its_reason() -> None:
    lines = {result.name: scenario_line(result) for result in RUN.scenarios}
    assert "B1: LS answered nobody.example" in lines["late_answer"]
    assert "cannot perform unreachable" in lines["silent_door"]
    assert "answered WWW.google.com in 3.003 s (expected" in lines["slow_ts"]


def test_the_summary_counts_and_says_where_the_reports_are() -> None:
    text = summary(RUN, "reports/latest")
    assert "8 scenarios in 8.3 s, 6 on the real clock, 2 on the jump clock: 1 error, 3 failed, 1 inconclusive," in text
    assert "reports/latest (report.json, junit.xml, report.html)" in text


def test_a_caller_learns_each_lines_verdict_to_colour_it() -> None:
    verdicts = [line.verdict for line in summary_lines(RUN)]
    assert verdicts[-2] == Verdict.ERROR
    assert verdicts[1] == Verdict.FAILED


def test_a_run_of_nothing_says_so() -> None:
    assert "0 scenarios in 0 s: nothing to run" in summary(RunResult(verdict=Verdict.SKIPPED))


def test_a_long_timeline_keeps_what_proves_the_finding_and_marks_what_it_cut() -> None:
    tape = Tape()
    for number in range(100):
        tape.message("ls->ts1", f"host{number}.example", number * 0.1)
    proof = tape.history.first("arrived", text="host50.example\n")
    assert proof is not None
    broken = finding("c", "B5", "Something broke.", Verdict.FAILED, events=(proof.seq,))
    text = describe(scenario("long", [broken], story="Long."), tape.history)
    shown = [line for line in text.splitlines() if "ls -> ts1" in line]
    assert len(shown) == MOST_MOMENTS
    assert ">    5.000  ls -> ts1: host50.example" in shown
    assert text.count(" more\n") == 2


def test_a_finding_without_events_is_shown_by_its_querys_outcome() -> None:
    tape = Tape()
    for number in range(1, 60):
        tape.ask(f"client.{number}", f"host{number}.example", number * 0.1)
        tape.reply(f"client.{number}", f"host{number}.example 1.1.1.1 A", number * 0.1 + 0.01, 0.01)
    broken = finding("c", "C3", "The third was odd.", Verdict.FAILED, query="client.3")
    assert ">    0.310  client.3 answered" in describe(scenario("odd", [broken], story="Odd."), tape.history)
