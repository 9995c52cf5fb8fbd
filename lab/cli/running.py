"""`lab run`: scenarios to verdicts and reports."""

import json
import shlex
import sys
from pathlib import Path
from typing import Any

import click

from lab.cli.choosing import read_profile, system_options
from lab.cli.showing import Show
from lab.result import RunResult
from lab.runner.options import Options
from lab.runner.saving import RunFolder
from lab.runner.selecting import read, repeated
from lab.runner.session import Session, default_folder
from lab.verdict import EXIT_INTERRUPTED, exit_code


@click.command("run")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "-k", "expression", default="", metavar="EXPR", help="Only those whose name or tags match: words, and, or, not."
)
@click.option(
    "-j",
    "jobs",
    type=click.IntRange(1, 1000),
    default=128,
    show_default=True,
    help="How many at once; on the jump clock one for each processor at most.",
)
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
@click.option("--isolate", is_flag=True, help="Let programs write in their own folders only.")
@click.option(
    "--clock",
    type=click.Choice(["real", "jump", "auto"]),
    default="auto",
    show_default=True,
    help="jump: time jumps when all sleep; auto: jump where it can.",
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="The run's folder.  [default: reports/TIME-NAME]"
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
@click.option("--stream", type=click.Path(exists=True, file_okay=False, path_type=Path), hidden=True)
def command(paths: tuple[str, ...], out: Path | None, stream: Path | None, **said: Any) -> int:
    """Run scenarios: files, or folders of them."""
    profile = read_profile(said["system"], said["commands"])
    scenarios = repeated(read(paths, profile, said["expression"]), said["repeat"])
    folder = RunFolder(out or default_folder(scenarios))
    if stream is not None:
        from lab.cli.streaming import serve  # noqa: PLC0415 - only with --stream, which pytest uses

        return serve(stream, scenarios, profile, _options(said), folder)
    show = Show(len(scenarios), quiet=said["as_json"])
    session = Session(profile, _options(said), folder, _command(), show.ended, len(scenarios))
    with show:
        run = session.run(scenarios)
    if out is None:
        folder.point_latest()
    show.finish(run, folder.path)
    if said["as_json"]:
        click.echo(as_document(run))
    return EXIT_INTERRUPTED if run.interrupted else exit_code(result.verdict for result in run.scenarios)


def _options(said: dict[str, Any]) -> Options:
    return Options(
        seed=said["seed"],
        level=said["level"],
        launch=said["launch"],
        isolate=said["isolate"],
        clock=said["clock"],
        jobs=said["jobs"],
        stop_at_first=said["stop_at_first"],
        arguments=_repeating(said),
    )


def _command() -> str:
    return shlex.join(["python", "-m", "lab", *sys.argv[1:]])


def _repeating(said: dict[str, Any]) -> tuple[str, ...]:
    """The arguments beside path and seed that repeat a scenario of this run; defaults are left out."""
    words = ["--system", str(said["system"])] if said["system"] else []
    for role, line in said["commands"].items():
        words += [f"--{role}", line]
    for option, default in (("level", "beyond"), ("launch", "fork"), ("clock", "auto")):
        words += [f"--{option}", said[option]] if said[option] != default else []
    return (*words, "--isolate") if said["isolate"] else tuple(words)


def as_document(run: RunResult) -> str:
    """The object of `--json`: the run without texts that the reports keep, each fault with whether it fired."""
    document = run.model_dump(mode="json", exclude={"scenarios": {"__all__": {"yaml", "outputs"}}})
    for scenario in document["scenarios"]:
        for fault in scenario["faults"]:
            fault["times"], fault["fired"] = fault["fired"], fault["fired"] > 0
    return json.dumps(document, indent=1)
