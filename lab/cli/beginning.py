"""`lab init`: a folder to begin with, which runs as it is."""

import shlex
from pathlib import Path

import click


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def command(folder: Path) -> int:
    """Write a first profile, servers and scenarios into DIR. A file that is there already is never overwritten."""
    from lab.scenario.first import write_first  # noqa: PLC0415 - verbs import when they run

    for file in write_first(folder):
        click.echo(f"wrote {file.as_posix()}")
    words = ["python", "-m", "lab", "run", str(folder / "scenarios"), "--system", str(folder / "system.yaml")]
    click.echo(f"next: {shlex.join(words)}")
    return 0
