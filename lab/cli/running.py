"""`lab run`: scenarios to verdicts and reports."""

import shlex
import sys
from pathlib import Path

import click

from lab.cli.choosing import read_profile, system_options
from lab.cli.showing import Show
from lab.errors import NothingToRun
from lab.result import RunResult
from lab.runner.options import Options
from lab.runner.saving import RunFolder
from lab.runner.selecting import choose, read, repeated
from lab.runner.session import Session, default_folder
from lab.verdict import EXIT_INTERRUPTED, exit_code


@click.command("run")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "-k", "expression", default="", metavar="EXPR", help="Only those whose name or tags match: words, and, or, not."
)
@click.option("-j", "jobs", type=click.IntRange(1, 1000), default=128, show_default=True, help="How many at once.")
@click.option("-x", "stop_at_first", is_flag=True, help="Stop at the first that fails.")
@click.option("--repeat", type=click.IntRange(1, 10000), default=1, show_default=True, help="Run each this many times.")
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="Fixes all chances, and Python's hash seed."
)
@click.option(
    "--level",
    type=click.Choice(["contract", "beyond"]),
    default="beyond",
    show_default=True,
    help="contract: only findings on C-clauses count.",
)
@system_options
@click.option(
    "--launch",
    type=click.Choice(["fork", "exec"]),
    default="fork",
    show_default=True,
    help="exec: execute Python servers too.",
)
@click.option(
    "--clock", type=click.Choice(["real"]), default="real", show_default=True, help="The time scenarios run in."
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="The run's folder.  [default: reports/TIME-NAME]"
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
@click.option("--stream", type=click.Path(exists=True, file_okay=False, path_type=Path), hidden=True)
def command(  # noqa: PLR0917 - click hands over what the user may say
    paths: tuple[str, ...],
    expression: str,
    jobs: int,
    stop_at_first: bool,  # noqa: FBT001 - as above
    repeat: int,
    seed: int,
    level: str,
    system: Path | None,
    commands: dict[str, str],
    launch: str,
    clock: str,
    out: Path | None,
    as_json: bool,  # noqa: FBT001 - as above
    stream: Path | None,
) -> int:
    """Run scenarios: files, or folders of them."""
    profile = read_profile(system, commands)
    scenarios = repeated(choose(read(paths, profile), expression), repeat)
    if not scenarios:
        raise NothingToRun(f"no scenario matches -k {expression!r}" if expression else "there is no scenario there")
    options = Options(
        seed=seed,
        level="contract" if level == "contract" else "beyond",
        launch="exec" if launch == "exec" else "fork",
        jobs=jobs,
        stop_at_first=stop_at_first,
        arguments=_repeating(system, commands, level, launch, clock),
    )
    folder = RunFolder(out or default_folder(scenarios))
    if stream is not None:
        from lab.cli.streaming import serve  # noqa: PLC0415 - only with --stream, which pytest uses

        return serve(stream, scenarios, profile, options, folder)
    show = Show(len(scenarios), quiet=as_json)
    session = Session(profile, options, folder, _command(), show.ended)
    with show:
        run = session.run(scenarios)
    if out is None:
        folder.point_latest()
    show.finish(run, folder.path)
    if as_json:
        click.echo(as_document(run))
    return EXIT_INTERRUPTED if run.interrupted else exit_code(result.verdict for result in run.scenarios)


def _command() -> str:
    return shlex.join(["python", "-m", "lab", *sys.argv[1:]])


def _repeating(system: Path | None, commands: dict[str, str], level: str, launch: str, clock: str) -> tuple[str, ...]:
    """The arguments beside path and seed that repeat a scenario of this run; defaults are left out."""
    words = ["--system", str(system)] if system else []
    for role, line in commands.items():
        words += [f"--{role}", line]
    for option, value, default in (("level", level, "beyond"), ("launch", launch, "fork"), ("clock", clock, "real")):
        words += [f"--{option}", value] if value != default else []
    return tuple(words)


def as_document(run: RunResult) -> str:
    """The object of `--json`: the run without texts that the reports keep, each fault with whether it fired."""
    document = run.model_dump(mode="json", exclude={"scenarios": {"__all__": {"yaml", "outputs"}}})
    for scenario in document["scenarios"]:
        for fault in scenario["faults"]:
            fault["times"], fault["fired"] = fault["fired"], fault["fired"] > 0
    import json  # noqa: PLC0415 - only with --json

    return json.dumps(document, indent=1)
