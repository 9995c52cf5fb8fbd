"""`junit.xml`: the run as CI systems read it, one suite with one case per scenario.

The properties (seed, clock, level, clauses) stand in the suite, where the schema allows them; hence a suite each.
failed is a failure; inconclusive and error are errors, for they prove nothing about the servers.
"""

from collections.abc import Iterator
from html import escape

from lab.history import History
from lab.reporters.base import Bundle, reporter
from lab.reporters.console import remark
from lab.reporters.failure import describe
from lab.reporters.text import block, one_line, visible
from lab.result import RunResult, ScenarioResult
from lab.verdict import Verdict

KIND = "junit"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
ELEMENTS = {
    Verdict.FAILED: "failure",
    Verdict.INCONCLUSIVE: "error",
    Verdict.ERROR: "error",
    Verdict.SKIPPED: "skipped",
}


def part(scenario: ScenarioResult, history: History) -> str:
    """All of a scenario's suite but its first line, which tells when the run began."""
    return "\n".join(_rest(scenario, history))


@reporter(KIND, "junit.xml", part)
def draw(bundle: Bundle) -> str:
    """The run as JUnit XML; times are the scenarios' real seconds from launch to gone."""
    heads = (_head(bundle.run, scenario) for scenario in bundle.run.scenarios)
    suites = [line for suite in zip(heads, bundle.parts_for(part, KIND), strict=True) for line in suite]
    return "\n".join([HEAD, _root(bundle.run), *suites, "</testsuites>"]) + "\n"


def _root(run: RunResult) -> str:
    told = {"name": "lab", "time": _seconds(run.wall_s), **_tally(run.scenarios)}
    del told["skipped"]
    return _open("testsuites", told)


def _tally(scenarios: tuple[ScenarioResult, ...]) -> dict[str, str]:
    elements = [ELEMENTS.get(scenario.verdict, "") for scenario in scenarios]
    return {
        "tests": str(len(scenarios)),
        "failures": str(elements.count("failure")),
        "errors": str(elements.count("error")),
        "skipped": str(elements.count("skipped")),
    }


def _head(run: RunResult, scenario: ScenarioResult) -> str:
    told = {"name": scenario.name, **_tally((scenario,)), "time": _seconds(scenario.wall_s)}
    if run.started:
        told["timestamp"] = run.started
    return _open("testsuite", told)


def _rest(scenario: ScenarioResult, history: History) -> Iterator[str]:
    yield "<properties>"
    yield from (_open("property", {"name": name, "value": value}, "/>") for name, value in _properties(scenario))
    yield "</properties>"
    case = {"classname": _classname(scenario), "name": scenario.name, "time": _seconds(scenario.wall_s)}
    yield _open("testcase", case)
    yield from _ending(scenario, history)
    yield from _output(scenario)
    yield "</testcase>"
    yield "</testsuite>"


def _properties(scenario: ScenarioResult) -> Iterator[tuple[str, str]]:
    yield "seed", str(scenario.seed)
    yield "clock", scenario.clock
    yield "launch", scenario.launch
    yield "level", scenario.level
    yield "clauses", " ".join(scenario.clauses)
    yield "virtual_s", _seconds(scenario.virtual_s)
    if scenario.points is not None:
        yield "points", f"{scenario.points:g}"
    yield "command", scenario.command


def _classname(scenario: ScenarioResult) -> str:
    """The scenario's file as CI systems group by it: its path with dots, without its suffix."""
    path = scenario.path.removesuffix(".yaml").removesuffix(".yml").strip("./")
    return path.replace("/", ".") or "scenarios"


def _ending(scenario: ScenarioResult, history: History) -> Iterator[str]:
    element = ELEMENTS.get(scenario.verdict)
    if element is None:
        return
    told = {"message": remark(scenario), "type": str(scenario.verdict)}
    body = "" if element == "skipped" else describe(scenario, history)
    yield f"{_open(element, told)}{_text(body)}</{element}>"


def _output(scenario: ScenarioResult) -> Iterator[str]:
    printed = [f"--- {server}\n{block(text)}" for server, text in scenario.outputs.items() if text]
    if printed:
        yield f"<system-out>{_text(chr(10).join(printed))}</system-out>"


def _open(element: str, attributes: dict[str, str], end: str = ">") -> str:
    told = " ".join(f'{name}="{escape(one_line(value, 1000))}"' for name, value in attributes.items())
    return f"<{element} {told}{end}"


def _text(text: str) -> str:
    return escape(visible(text), quote=False)


def _seconds(duration: float) -> str:
    return f"{max(duration, 0):.3f}"
