"""`lab report`: judge and draw a saved run again."""

from pathlib import Path

import click

from lab.cli.showing import Show
from lab.runner.rejudging import judge_again
from lab.runner.saving import RunFolder, read_scenarios
from lab.verdict import exit_code


@click.command("report")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--level", type=click.Choice(["contract", "beyond"]), help="Judge at this level.  [default: the run's]")
def command(folder: Path, level: str | None) -> int:
    """Judge and draw a saved run again, from its histories: FOLDER is a run's, such as reports/latest."""
    saved = read_scenarios(folder)
    run, histories = judge_again(folder, saved, level)
    target = RunFolder(folder)
    for result in run.scenarios:
        target.save_result(result)
    target.save_run(run, histories)
    show = Show(len(run.scenarios), quiet=False)
    for result in run.scenarios:
        show.ended(result, histories[result.name])
    show.finish(run, folder)
    return exit_code(result.verdict for result in run.scenarios)
