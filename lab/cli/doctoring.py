"""`lab doctor`: what this machine can do, each tried by doing it."""

from itertools import chain

import click

from lab.world.jump.selftest import probe as jump_probe
from lab.world.real.selftest import Probe, probes


@click.command("doctor")
def command() -> int:
    """Try out what the lab needs of this machine."""
    missing = False
    for probe in chain(probes(), (jump_probe(),)):
        click.echo(_line(probe))
        missing = missing or (probe.needed and not probe.fine)
    click.echo("something that is needed is missing" if missing else "all that is needed is there")
    return 3 if missing else 0


def _line(probe: Probe) -> str:
    mark = "ok      " if probe.fine else "MISSING " if probe.needed else "without "
    return f"{mark} {probe.what}: {probe.seen}"
