"""`lab report`: judge and draw a saved run again."""

from pathlib import Path

import click

from lab.cli.showing import Show
from lab.result import RunResult
from lab.runner.rejudging import judge_again
from lab.runner.saving import RunFolder, is_of_one, read_scenarios
from lab.verdict import exit_code


@click.command("report")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--level", type=click.Choice(["contract", "beyond"]), help="Judge at this level.  [default: the run's]")
def command(folder: Path, level: str | None) -> int:
    """Judge and draw a saved run again, from its histories.

    FOLDER is a run's, such as reports/latest, or that of one scenario in it, which is then drawn alone, into its own.
    """
    home = folder.resolve().parent if is_of_one(folder) else folder
    run, histories = judge_again(home, read_scenarios(folder), level)
    for result in run.scenarios:
        RunFolder(home).save_result(result)
    RunFolder(folder).save_run(_alone(run) if is_of_one(folder) else run, histories)
    show = Show(len(run.scenarios), quiet=False)
    for result in run.scenarios:
        show.ended(result, histories[result.name])
    show.finish(run, folder)
    return exit_code(result.verdict for result in run.scenarios)


def _alone(run: RunResult) -> RunResult:
    """The run of one scenario, whichever of its repeats that was: it is the one to be seen."""
    return run.model_copy(update={"scenarios": tuple(one.model_copy(update={"turn": 1}) for one in run.scenarios)})
