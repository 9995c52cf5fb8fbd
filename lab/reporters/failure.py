"""The plain-text block for a scenario that did not pass, on the console and under pytest.

At most 100 columns, no colour, no frames of the lab's own code: what was promised, what was seen, the line of the
scenario that asks for it, the events around it, the last words of the servers, and the command that repeats it.
"""

from collections.abc import Iterable, Iterator

from lab.history import History
from lab.reporters.text import block, clipped, listed, one_line, shell_lines, wrapped
from lab.reporters.timeline import around, lines, moments
from lab.result import Finding, Place, ScenarioResult

WIDTH = 100
MOST_MOMENTS = 25
MOST_FINDINGS = 8
MOST_OUTPUT = 8
INDENT = "    "


def describe(scenario: ScenarioResult, history: History) -> str:
    """The block, lines ended by newlines; a scenario that passed gets only its heading."""
    parts = (_heading(scenario), _findings(scenario), _timeline(scenario, history), _outputs(scenario))
    texts = ["\n".join(clipped(line, WIDTH).rstrip() for line in part) for part in parts]
    texts.append("\n".join(_repeat(scenario)))
    return "\n\n".join(text for text in texts if text) + "\n"


def _heading(scenario: ScenarioResult) -> list[str]:
    facts = [
        f"level {scenario.level}",
        f"clauses {listed(scenario.clauses)}" if scenario.clauses else "",
        f"clock {scenario.clock}",
        f"seed {scenario.seed}",
        "run again alone" if scenario.lonely else "",
    ]
    head = f"{scenario.verdict}: {one_line(scenario.name, 80)}"
    told = wrapped(scenario.story, WIDTH, INDENT)
    asides = {"reason": scenario.reason, "hint": scenario.hint}
    more = [line for word, text in asides.items() if text for line in wrapped(f"{word}: {text}", WIDTH, INDENT)]
    return [head, *told, INDENT + "; ".join(fact for fact in facts if fact), *more]


def _findings(scenario: ScenarioResult) -> Iterator[str]:
    broken = scenario.broken
    hints: set[str] = set()
    for number, finding in enumerate(broken[:MOST_FINDINGS]):
        if number:
            yield ""
        yield from _finding(finding, "" if finding.hint in hints else finding.hint)
        hints.add(finding.hint)
    if len(broken) > MOST_FINDINGS:
        yield ""
        yield f"... and {len(broken) - MOST_FINDINGS} more findings; the report has them all"


def _finding(finding: Finding, hint: str) -> Iterator[str]:
    """A finding's lines; its hint only where none before it had the same."""
    clause = f"{finding.clause}: " if finding.clause else ""
    aside = "" if finding.counts else " (does not count at this level)"
    yield from wrapped(f"{finding.verdict}  {clause}{finding.sentence}{aside}", WIDTH, rest=INDENT)
    rows = {"expected": finding.expected, "seen": finding.seen, "tolerance": finding.tolerance, "hint": hint}
    for word, text in rows.items():
        if text:
            first, *rest = wrapped(text, WIDTH - 15)
            yield f"{INDENT}{word:<11}{first}"
            yield from (f"{INDENT}{'':<11}{line}" for line in rest)
    if finding.place:
        yield from _place(finding.place)


def _place(place: Place) -> Iterator[str]:
    yield f"{INDENT}{one_line(place.file, 80)}:{place.line}:{place.column}"
    if place.text:
        yield f"{INDENT}  | {one_line(place.text.rstrip(), WIDTH - 8)}"


def _timeline(scenario: ScenarioResult, history: History) -> Iterator[str]:
    everything = moments(scenario, history)
    if not everything:
        return
    evidence = {seq for finding in scenario.broken for seq in _proof(finding, history)}
    mark = "; > marks what proves it" if evidence else ""
    yield f"what happened (seconds from zero{mark})"
    yield from lines(around(everything, evidence, MOST_MOMENTS), evidence)


def _proof(finding: Finding, history: History) -> Iterable[int]:
    """The events that prove a finding; if it names none, the outcome of the query it is about."""
    about = history.all("outcome", query=finding.query) if finding.query else []
    return finding.events or [event.seq for event in about]


def _outputs(scenario: ScenarioResult) -> Iterator[str]:
    printed = {server: text for server, text in scenario.outputs.items() if text.strip()}
    for number, (server, text) in enumerate(printed.items()):
        if number:
            yield ""
        yield f"last lines of {server}"
        yield from (f"  | {line}" for line in block(text, MOST_OUTPUT, WIDTH - 4).split("\n"))


def _repeat(scenario: ScenarioResult) -> list[str]:
    return ["repeat it with", *shell_lines(scenario.command, WIDTH - 2, INDENT)] if scenario.command else []
