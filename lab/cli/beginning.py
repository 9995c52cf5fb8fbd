"""`lab init`: a folder to begin with, which runs as it is; or the profile of the programs that are in it already."""

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

import click

from lab.errors import BadInput
from lab.survey.draft import Told


@click.command("init")
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the profile of programs is written.  [default: FOLDER/system.yaml]",
)
def command(folder: Path, out: Path | None) -> int:
    """Begin with a system of one's own.

    Where FOLDER holds programs they are read and tried, and their profile is written. Otherwise a first profile,
    servers and scenarios are written into it. A file that is there already is never overwritten.
    """
    from lab.runner.trying.survey import has_programs  # noqa: PLC0415 - verbs import when they run

    if has_programs(folder):
        return _of_programs(folder, out or folder / "system.yaml")
    if out is not None:
        cure = "name the folder that they are in, or leave --out away to begin with programs of the lab's"
        raise BadInput.because("there are no programs here whose profile could be written", cure, str(folder))
    return _from_nothing(folder)


def _from_nothing(folder: Path) -> int:
    from lab.scenario.first import write_first  # noqa: PLC0415 - as above

    for file in write_first(folder):
        click.echo(f"wrote {file.as_posix()}")
    _next(str(folder / "scenarios"), folder / "system.yaml")
    return 0


def _of_programs(folder: Path, profile: Path) -> int:
    from lab.runner.trying.survey import survey  # noqa: PLC0415 - as above
    from lab.scenario.first import server_text, write_new  # noqa: PLC0415 - as above
    from lab.survey.staffing import OURS, needs_ours  # noqa: PLC0415 - as above
    from lab.survey.writing import profile_text  # noqa: PLC0415 - as above

    if os.path.lexists(profile):
        write_new({profile: ""})
    click.echo(f"{folder.as_posix()}: its programs are tried, which takes up to half a minute", err=True)
    draft = survey(folder, profile)
    texts = {profile: profile_text(draft)}
    ours = profile.parent / OURS
    if needs_ours(draft) and not ours.exists():
        texts[ours] = server_text("ts.py")
    for line in _said(draft.told(), draft.unknown):
        click.echo(line)
    for file in write_new(texts):
        click.echo(f"wrote {file.as_posix()}")
    _next("scenarios", profile)
    return 0


def _said(told: Iterator[tuple[str, Told]], unknown: list[str]) -> Iterator[str]:
    """What was found out, and what was not."""
    for place, one in told:
        value = one.value if isinstance(one.value, str) else ", ".join(one.value)
        why = f"   ({one.why})" if one.why else ""
        yield f"{place}: {value}{why}"
    yield from (f"not found out: {sentence}" for sentence in unknown)


def _next(scenarios: str, profile: Path) -> None:
    words = ["python", "-m", "lab", "run", scenarios, "--system", profile.as_posix()]
    click.echo(f"next: {shlex.join(words)}")
