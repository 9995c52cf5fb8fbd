"""`lab list`: which scenarios there are, and what each is about."""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from lab.errors import NothingToRun
from lab.scenario.load import find, load
from lab.scenario.model import Scenario

DEFAULT = "scenarios"
HEADINGS = ("NAME", "LEVEL", "CLAUSES", "TAGS")


@click.command("list")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("-k", "expression", default="", metavar="EXPR", help="Only those whose name or tags match, as for `run`.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def command(paths: tuple[str, ...], expression: str, as_json: bool) -> int:  # noqa: FBT001 - click hands it over so
    """List scenarios: files, or folders of them.  [default: scenarios]"""  # noqa: D415 - click's way to show a default
    from lab.runner.selecting import wanted, why_nothing  # noqa: PLC0415 - only to select

    places = paths or (DEFAULT,)
    found = [scenario for path in find(places) for scenario in load(path)]
    scenarios = wanted(found, expression, places)
    if not scenarios:
        raise NothingToRun(why_nothing(found, expression))
    click.echo(json.dumps([_record(scenario) for scenario in scenarios], indent=1) if as_json else _table(scenarios))
    return 0


def _record(scenario: Scenario) -> dict[str, object]:
    """A scenario as `--json` prints it."""
    return {
        "name": scenario.name,
        "path": Path(scenario.path).as_posix(),
        "level": scenario.level,
        "clauses": list(scenario.clauses),
        "tags": list(scenario.tags),
        "points": scenario.points,
        "story": scenario.story,
    }


def _table(scenarios: list[Scenario]) -> str:
    """A line of columns for each scenario, its story below."""
    rows = [HEADINGS, *(_row(scenario) for scenario in scenarios)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    heading, *lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join([heading.rstrip(), *_with_stories(lines, scenarios)])


def _row(scenario: Scenario) -> tuple[str, ...]:
    return (scenario.name, scenario.level, " ".join(scenario.clauses), " ".join(scenario.tags))


def _with_stories(lines: list[str], scenarios: list[Scenario]) -> Iterator[str]:
    for line, scenario in zip(lines, scenarios, strict=True):
        yield line.rstrip()
        yield f"    {scenario.story}"
