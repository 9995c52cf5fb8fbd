"""`report.html`: the run as one self-contained page that needs no network and no JavaScript.

Every foreign text passes through `visible` and is escaped on its way into the page, whatever the template does.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lab.history import History
from lab.reporters.base import Bundle, reporter
from lab.reporters.console import clocks_of, counts, finding_line, remark
from lab.reporters.diagram import HUES, diagram
from lab.reporters.gradewords import counts_of, part_text, points_of
from lab.reporters.text import block, bracket, lasted, one_line, seconds, visible
from lab.reporters.timeline import moments
from lab.reporters.words import OUTCOMES
from lab.result import QueryResult, ScenarioResult
from lab.units import format_duration
from lab.verdict import Verdict

if TYPE_CHECKING:
    from jinja2 import Environment

KIND = "page"
TEMPLATES = Path(__file__).parent / "templates"
SIGNS = {
    Verdict.PASSED: "✓",
    Verdict.FAILED: "✗",
    Verdict.INCONCLUSIVE: "?",
    Verdict.SKIPPED: "–",  # noqa: RUF001 - a dash is meant
    Verdict.ERROR: "!",
}
MOST_MOMENTS = 300
LONGEST_TEXT = 800
NUMBER, SEAM = "\x01", "\x02"
"""Marks in a part: no text of a page has them, for `visible` spells them out."""


def part(scenario: ScenarioResult, history: History) -> str:
    """A scenario's row of the table and its section, each with a mark where its number in the run will stand."""
    row = _macro("row")(outline(scenario))
    section = _macro("section")(view(scenario, history)) if is_drawn(scenario) else ""
    return f"{row}{SEAM}{section}"


def is_drawn(scenario: ScenarioResult) -> bool:
    """Whether the scenario has a section: repeats that passed have none, or a page of thousands would open nowhere."""
    return scenario.turn == 1 or scenario.verdict is not Verdict.PASSED


@reporter(KIND, "report.html", part)
def draw(bundle: Bundle) -> str:
    """The page, as HTML that always encodes as UTF-8."""
    from markupsafe import Markup  # noqa: PLC0415 - `lab --help` stays quick

    run, parts = bundle.run, bundle.parts_for(part, KIND)
    halves = [text.replace(NUMBER, str(number)).split(SEAM) for number, text in enumerate(parts, 1)]
    rows, sections = ([Markup(half[place]) for half in halves] for place in (0, 1))  # noqa: S704 - escaped
    told = {"run": run, "grade": bundle.grade, "counts": counts(run), "clocks": clocks_of(run), "rows": rows}
    left_out = sum(not is_drawn(scenario) for scenario in run.scenarios)
    return _tools().get_template("page.html.j2").render(**told, sections=sections, left_out=left_out)


@cache
def _macro(name: str) -> Callable[[Mapping[str, Any]], str]:
    """What draws this of a scenario's view."""
    macro: Callable[[Mapping[str, Any]], str] = getattr(_tools().get_template("scenario.html.j2").module, name)
    return macro


@cache
def _tools() -> "Environment":
    """What compiles the templates; jinja2 is imported by the first page only."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - `lab --help` stays quick

    tools = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters = {"duration": _duration, "seconds": seconds, "bracket": bracket, "block": block, "short": one_line}
    tools.filters.update(filters)
    tools.globals.update(signs=SIGNS, hues=HUES, finding_line=finding_line, outcomes=OUTCOMES, bar=bar)
    tools.globals.update(points_of=points_of, counts_of=counts_of, part_text=part_text)
    return tools


def _shown(value: object) -> object:
    """What the template prints: foreign text made visible and capped; markup of our own as it is."""
    if not isinstance(value, str) or hasattr(value, "__html__"):
        return value
    return visible(value) if "\n" in value else one_line(value, LONGEST_TEXT)


def _duration(duration: float) -> str:
    return lasted(duration) if duration < 1 else format_duration(round(duration, 3))


def outline(scenario: ScenarioResult) -> dict[str, Any]:
    """What the template needs for a scenario's row."""
    from markupsafe import Markup  # noqa: PLC0415 - as above

    number = Markup(NUMBER)  # noqa: S704 - our own
    return {"scenario": scenario, "number": number, "remark": remark(scenario), "is_drawn": is_drawn(scenario)}


def view(scenario: ScenarioResult, history: History) -> dict[str, Any]:
    """What the template needs for a scenario's section."""
    from markupsafe import Markup  # noqa: PLC0415 - as above

    told = moments(scenario, history)
    return (
        outline(scenario)
        | {
            "broken": scenario.broken,
            "held": [finding for finding in scenario.findings if finding not in scenario.broken],
            "diagram": Markup(diagram(scenario, history)),  # noqa: S704 - made of escaped parts
            "moments": told[:MOST_MOMENTS],
            "left_out": max(len(told) - MOST_MOMENTS, 0),
            "outputs": {server: text for server, text in scenario.outputs.items() if text.strip()},
            "open": scenario.verdict not in {Verdict.PASSED, Verdict.SKIPPED},
        }
    )


def bar(query: QueryResult) -> Mapping[str, float] | None:
    """Where a query's window and its outcome stand on a bar, in per cent of its width; None if there is neither."""
    if query.window is None or query.elapsed_s is None:
        return None
    whole = max(query.window[1], query.elapsed_s) * 1.08 or 1.0
    start, end, seen = (100 * value / whole for value in (*query.window, query.elapsed_s))
    return {
        "start": round(start, 2),
        "width": round(max(end - start, 0.6), 2),
        "seen": round(seen, 2),
        "inside": query.window[0] <= query.elapsed_s <= query.window[1],
    }
