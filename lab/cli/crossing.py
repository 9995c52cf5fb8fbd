"""`lab matrix`: which scenario catches which server."""

from pathlib import Path
from typing import Any

import click

from lab.cli.choosing import read_profile, system_options
from lab.errors import BadInput, NothingToRun
from lab.matrix import Matrix, Row
from lab.runner.crossing import Crossing
from lab.runner.options import Options
from lab.runner.saving import RunFolder
from lab.runner.selecting import read
from lab.scenario.replacing import with_command
from lab.scenario.variant import variants_in
from lab.verdict import EXIT_INTERRUPTED, exit_code
from lab.world.real.world import wall_clock

PAGE, WORDS = "matrix.html", "matrix.md"


@click.command("matrix")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("-k", "expression", default="", metavar="EXPR", help="Only scenarios whose name or tags match.")
@click.option(
    "--broken",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    default=Path("servers/broken"),
    show_default=True,
    help="A folder of broken servers, a .diff each.",
)
@click.option("--only", default="", metavar="WORD", help="Only broken servers with this word in their names.")
@click.option("--sound", multiple=True, metavar="NAME=CMD", help="An LS that is sound; may be given several times.")
@system_options
@click.option("--clock", type=click.Choice(["real", "jump", "auto"]), default="auto", show_default=True)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="[default: reports/TIME-matrix]")
@click.option("--json", "as_json", is_flag=True, help="Print the matrix as one JSON object.")
def command(paths: tuple[str, ...], broken: Path, out: Path | None, **said: Any) -> int:
    """Run scenarios over the sound system and over broken ones: each is to fall as it should."""
    profile = read_profile(said["system"], said["commands"])
    scenarios = read(paths, profile, said["expression"])
    variants = [variant for variant in variants_in(broken) if said["only"] in variant.name]
    if not variants:
        raise NothingToRun("there is no broken server that matches")
    folder = RunFolder(out or Path("reports") / f"{wall_clock()}-matrix").path
    options = Options(clock=said["clock"])
    crossing = Crossing(profile, scenarios, options, folder, lambda row: click.echo(_line(row), err=True))
    crossing.sound("reference", profile)
    for name, line in map(_named, said["sound"]):
        crossing.sound(name, with_command(profile, "ls", line))
    for variant in variants:
        crossing.broken(variant)
    return _finish(crossing, folder, as_json=said["as_json"])


def _named(text: str) -> tuple[str, str]:
    name, mark, line = text.partition("=")
    if not mark or not name.strip() or not line.strip():
        raise BadInput.because(f"--sound {text!r} is no name and command", 'write --sound "other=python3 my_ls.py"')
    return name.strip(), line.strip()


def _finish(crossing: Crossing, folder: Path, *, as_json: bool) -> int:
    from lab.reporters.grid import document, page  # noqa: PLC0415 - jinja2 is imported by the page only

    matrix = crossing.matrix
    (folder / PAGE).write_text(page(matrix), encoding="utf-8")
    (folder / WORDS).write_text(document(matrix), encoding="utf-8")
    click.echo(matrix.model_dump_json(indent=1) if as_json else summary(matrix))
    click.echo(f"matrix:  {folder / PAGE}", err=True)
    if crossing.is_interrupted:
        return EXIT_INTERRUPTED
    return exit_code(row.verdict for row in matrix.rows)


def _line(row: Row) -> str:
    fell = f"{len(row.caught):3} of {len(row.cells)}"
    return f"{row.name:32} {fell:>11}   {row.trouble or row.about or 'sound, and failed by none'}"


def summary(matrix: Matrix) -> str:
    """What follows from the matrix, in a few lines."""
    lines = [f"{len(matrix.rows)} servers, {len(matrix.broken)} of them broken, and {len(matrix.scenarios)} scenarios"]
    lines += [f"not as it should be: {name}: {why}" for name, why in matrix.troubles.items()]
    lines += [f"caught by one scenario only: {name}, by {scenario}" for name, scenario in matrix.only.items()]
    lines += [f"not told apart: {', '.join(names)}" for names in matrix.twins]
    lines += [f"{len(matrix.idle)} scenarios catch none of them: {', '.join(matrix.idle)}"] if matrix.idle else []
    return "\n".join(lines)
