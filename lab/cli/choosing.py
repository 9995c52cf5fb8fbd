"""Options that choose the system under test, shared by the verbs that read scenarios."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from lab.scenario.model import Profile

ROLES = ("ls", "ts", "client")


def system_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--system`, `--ls`, `--ts`, `--client`; the last three arrive together as `commands`, by role."""

    @click.option("--system", type=click.Path(path_type=Path), help="The profile.  [default: servers/reference.yaml]")
    @click.option(
        "--ls", metavar="CMD", help="Run this as LS instead, as {python} my_ls.py {port} {ts1.host} {ts1.port}."
    )
    @click.option("--ts", metavar="CMD", help="Run this as every TS instead, as {python} my_ts.py {port} {table}.")
    @click.option("--client", metavar="CMD", help="Run this as the program client instead.")
    @wraps(command)
    def with_system(*args: Any, **kwargs: Any) -> Any:
        given = {role: kwargs.pop(role) for role in ROLES}
        for role, line in given.items():
            if line is not None and not line.strip():
                raise click.UsageError(f"--{role} is empty; name a command, or leave the option out")
        kwargs["commands"] = {role: line for role, line in given.items() if line}
        return command(*args, **kwargs)

    return with_system


def read_profile(system: Path | None, commands: dict[str, str]) -> Profile:
    """The profile of a run, with the roles replaced that the command line replaces."""
    from lab.runner.selecting import system_near  # noqa: PLC0415 - verbs import when they run
    from lab.scenario.profile import load_profile  # noqa: PLC0415 - as above
    from lab.scenario.replacing import with_command  # noqa: PLC0415 - as above

    profile = load_profile(system or system_near(Path.cwd()))
    for role, line in commands.items():
        profile = with_command(profile, role, line)
    return profile
