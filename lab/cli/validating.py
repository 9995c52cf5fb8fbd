"""`lab validate`: everything that is wrong with scenarios and profiles, at once, without running anything."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import click

from lab.errors import BadInput, Complaint, NothingToRun
from lab.scenario.load import HEAD, SUFFIXES, is_scenario, load
from lab.scenario.model import Profile, Scenario
from lab.scenario.profile import load_profile
from lab.scenario.references import check_against
from lab.verdict import EXIT_BAD_INPUT

PROFILE = re.compile(r"(?:\ufeff?[ \t]*(?:#[^\n]*|---[ \t]*)?\r?\n)*\ufeff?lab[ \t]*:[ \t]*[\"']?profile\b")


@dataclass
class Read:
    """One file that was read: what it is, the names it gives, what is wrong with it, and what is to be doubted."""

    path: str
    kind: str
    names: list[str] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    doubts: list[Complaint] = field(default_factory=list)


@click.command("validate")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--system",
    type=click.Path(path_type=Path),
    help="Check scenarios against this profile too.  [default: servers/reference.yaml, here or above, if there is one]",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(paths: tuple[str, ...], system: Path | None, as_json: bool) -> int:  # noqa: FBT001 - click hands it over so
    """Check scenarios and profiles: files, or folders of them. Prints every complaint; exits with 4 if there is one.

    Scenarios in which nothing is wrong are rehearsed with ideal servers: a doubt says where one of them demands what
    cannot be, proves nothing, or hangs by a hair. Doubts do not change the exit code.
    """
    profile = load_profile(system) if system else _profile_near()
    reads = [_read(path, profile) for path in _files(paths)]
    _find_clashes(reads)
    if not reads:
        raise NothingToRun("there is no scenario and no profile there")
    complaints = [complaint for read in reads for complaint in read.complaints]
    if as_json:
        click.echo(json.dumps({"ok": not complaints, "files": [asdict(read) for read in reads]}, indent=1))
    else:
        doubts = [f"doubt: {_safe(doubt)}" for read in reads for doubt in read.doubts]
        click.echo("\n".join([*doubts, *(map(_safe, complaints) if complaints else [f"ok: {_counted(reads)}"])]))
    return EXIT_BAD_INPUT if complaints else 0


def _profile_near() -> Profile | None:
    """The profile that `lab run` would use; None if there is none, or if it is broken: then it is not the subject."""
    from lab.runner.selecting import system_near  # noqa: PLC0415 - only without --system

    try:
        return load_profile(system_near(Path.cwd()))
    except BadInput:
        return None


def _files(paths: Sequence[str]) -> Iterator[Path]:
    """The files named, whatever they are, and the scenarios and profiles in the folders named; each once."""
    seen: set[Path] = set()
    for path in map(Path, paths):
        inside = sorted(file for file in path.rglob("*") if _is_ours(file)) if path.is_dir() else [path]
        yield from (file for file in inside if file not in seen)
        seen.update(inside)


def _is_ours(file: Path) -> bool:
    return file.suffix in SUFFIXES and file.is_file() and (is_scenario(file) or _is_profile(file))


def _is_profile(file: Path) -> bool:
    """Whether the file begins with `lab: profile/…`; comments and blank lines may come before it."""
    try:
        with file.open("rb") as stream:
            return PROFILE.match(stream.read(HEAD).decode("utf-8", "replace")) is not None
    except (OSError, ValueError):
        return False


def _read(path: Path, profile: Profile | None) -> Read:
    if _is_profile(path):
        read = Read(path.as_posix(), "profile")
        read.complaints = _complaints_of(lambda: read.names.extend(s.name for s in load_profile(path).servers))
        return read
    read = Read(path.as_posix(), "scenario")
    read.complaints = _complaints_of(lambda: _check(load(path), profile, read))
    return read


def _check(scenarios: list[Scenario], profile: Profile | None, read: Read) -> None:
    read.names = [scenario.name for scenario in scenarios]
    found = [item for scenario in scenarios for item in check_against(scenario, profile)] if profile else []
    if found:
        raise BadInput(list(dict.fromkeys(found)))
    if profile is not None:
        from lab.runner.doubts import doubts  # noqa: PLC0415 - what is wrong is said without rehearsing

        read.doubts = [doubt for scenario in scenarios for doubt in doubts(scenario, profile)]


def _find_clashes(reads: Sequence[Read]) -> None:
    """Scenarios of one name, which no run can tell apart."""
    first: dict[str, Read] = {}
    for read in reads:
        for name in read.names if read.kind == "scenario" else ():
            other = first.setdefault(name, read)
            if other is not read:
                what = f"the name {name} is also that of {other.path}"
                read.complaints.append(Complaint(read.path, 0, 0, "", what, "rename one of the two files"))


def _complaints_of(work: Callable[[], object]) -> list[Complaint]:
    try:
        work()
    except BadInput as bad:
        return bad.complaints
    return []


def _counted(reads: list[Read]) -> str:
    scenarios = sum(len(read.names) for read in reads if read.kind == "scenario")
    profiles = sum(read.kind == "profile" for read in reads)
    parts = [_plural(scenarios, "scenario"), _plural(profiles, "profile")]
    return f"{' and '.join(part for part in parts if part)} in {_plural(len(reads), 'file')}"


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""


def _safe(complaint: Complaint) -> str:
    return str(complaint).encode("utf-8", "backslashreplace").decode()
