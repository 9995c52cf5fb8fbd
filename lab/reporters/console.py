"""Lines for the console: one as each scenario ends, and a few at the end of the run. Text only; callers colour it."""

from collections import Counter
from typing import NamedTuple

from lab.reporters.base import REPORTERS
from lab.reporters.text import listed, one_line
from lab.reporters.words import of_query
from lab.result import Finding, RunResult, ScenarioResult
from lab.units import format_duration
from lab.verdict import MILD_TO_GRAVE, Verdict

VERDICT_WIDTH = len(Verdict.INCONCLUSIVE)
NAME_WIDTH = 28
LONGEST = 160


class Line(NamedTuple):
    """A line and the verdict it tells of, by which a caller may colour it; None where it tells of none."""

    text: str
    verdict: Verdict | None = None


def scenario_line(result: ScenarioResult) -> str:
    """One line for a scenario as it ends: its verdict first, padded, its name, its own seconds, and why."""
    head = f"{result.verdict:<{VERDICT_WIDTH}}  {one_line(result.name, 60):<{NAME_WIDTH}}"
    return one_line(f"{head} {result.virtual_s:>6.1f} s   {remark(result)}", LONGEST).rstrip()


def remark(result: ScenarioResult) -> str:
    """The one thing to say of a scenario: its first broken finding, its reason, or how its first query ended."""
    if result.broken:
        return finding_line(result.broken[0])
    if result.reason:
        return result.reason
    told = [query for query in result.queries if query.expected] or list(result.queries)
    return of_query(told[0]) if told else ""


def finding_line(finding: Finding) -> str:
    """A finding in one sentence, its clause first; it says so if it does not count."""
    clause = f"{finding.clause}: " if finding.clause else ""
    return f"{clause}{finding.sentence}" + ("" if finding.counts else " (does not count)")


def summary(run: RunResult, folder: str = "") -> str:
    """The closing lines of a run, joined by newlines; `folder` is where its reports are."""
    return "\n".join(line.text for line in summary_lines(run, folder))


def summary_lines(run: RunResult, folder: str = "") -> list[Line]:
    """The closing lines: what did not pass once more, the counts, and where the reports are."""
    bad = [result for result in run.scenarios if result.verdict not in {Verdict.PASSED, Verdict.SKIPPED}]
    again = [Line(scenario_line(result), result.verdict) for result in bad] if len(run.scenarios) > 1 else []
    heading = [Line("not passed:")] if again else []
    files = listed(reporter.filename for _, reporter in REPORTERS) if folder else ""
    notes = [Line(f"note:    {one_line(run.note, 2000)}")] if run.note else []
    places = [Line(f"reports: {folder} ({files})")] if folder else []
    repeat = [Line(f"again:   {one_line(run.command, 2000)}")] if run.command else []
    return [*heading, *again, Line(_counts(run), run.verdict), *notes, *places, *repeat]


def counts(run: RunResult) -> dict[Verdict, int]:
    """How many scenarios ended with each verdict that occurs, gravest first."""
    tally = Counter(result.verdict for result in run.scenarios)
    return {verdict: tally[verdict] for verdict in reversed(MILD_TO_GRAVE) if tally[verdict]}


def _counts(run: RunResult) -> str:
    told = listed(f"{number} {verdict}" for verdict, number in counts(run).items()) or "nothing to run"
    total = len(run.scenarios)
    broken_off = "interrupted; " if run.interrupted else ""
    what = f"{total} scenario" + ("" if total == 1 else "s")
    return f"{run.verdict}: {broken_off}{what} in {format_duration(round(run.wall_s, 1))}{_on(run)}: {told}"


def _on(run: RunResult) -> str:
    """On which clock the scenarios ran, or how many on which."""
    clocks = clocks_of(run)
    if len(clocks) == 1:
        return f" on the {next(iter(clocks))} clock"
    return ", " + listed(f"{number} on the {clock} clock" for clock, number in clocks.items()) if clocks else ""


def clocks_of(run: RunResult) -> dict[str, int]:
    """How many scenarios ran on which clock, most first."""
    return dict(Counter(result.clock for result in run.scenarios).most_common())
