"""Which scenarios to run: files and folders read, `-k` expressions over names and tags, and none too deep."""

import os
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from lab.errors import BadInput, Complaint, NothingToRun
from lab.scenario.load import find, load
from lab.scenario.matching import DEEP, choose, is_too_deep
from lab.scenario.model import Profile, Scenario
from lab.scenario.references import check_against

MOST_NAMED = 3


def read(paths: Sequence[str], profile: Profile, expression: str = "") -> list[Scenario]:
    """The scenarios of these files and folders that match an expression (see `wanted`), in order.

    Raises:
        BadInput: With the complaints of all files, and of all scenarios chosen that do not fit the profile.
        NothingToRun: No scenario is chosen.
    """
    complaints: list[Complaint] = []
    scenarios: list[Scenario] = []
    for path in find(paths):
        try:
            scenarios += load(path)
        except BadInput as bad:
            complaints += bad.complaints
    complaints += _name_clashes(scenarios)
    chosen = wanted(scenarios, expression, paths)
    complaints += [complaint for scenario in chosen for complaint in check_against(scenario, profile)]
    if complaints:
        raise BadInput(list(dict.fromkeys(complaints)))
    if not chosen:
        raise NothingToRun(why_nothing(scenarios, expression))
    return chosen


def _name_clashes(scenarios: Iterable[Scenario]) -> list[Complaint]:
    seen: dict[str, Scenario] = {}
    clashes = []
    for scenario in scenarios:
        other = seen.setdefault(scenario.name, scenario)
        if other is not scenario:
            what = f"the name {scenario.name} is also that of {other.path}"
            clashes.append(Complaint(scenario.path, 0, 0, "", what, "rename one of the two files"))
    return clashes


def wanted(scenarios: Sequence[Scenario], expression: str, paths: Iterable[str]) -> list[Scenario]:
    """Those that match an expression (see `choose`), and are not too deep, or are in a file that is named.

    Raises:
        BadInput: It is no such expression.
    """
    named = {str(Path(path)) for path in paths}
    return [one for one in choose(scenarios, expression) if one.path in named or not is_too_deep(one.tags, expression)]


def why_nothing(scenarios: Sequence[Scenario], expression: str) -> str:
    """Why none of these is wanted, and how those are that are only too deep."""
    deep = [scenario.name for scenario in choose(scenarios, expression)]
    if deep:
        return too_deep(deep, expression)
    return f"no scenario matches -k {expression!r}" if expression else "there is no scenario there"


def too_deep(names: Sequence[str], expression: str) -> str:
    """What to say where an expression matches these scenarios only, which are too deep."""
    what = f"-k {expression!r} matches only" if expression else "there are only"
    more = f" and {len(names) - MOST_NAMED} more" if names[MOST_NAMED:] else ""
    asked = f"{DEEP} and ({expression})" if " " in expression else f"{DEEP} and {expression}"
    cure = f"ask for them with {shlex.join(['-k', asked if expression else DEEP])}, or name the file"
    return (
        f"{what} scenarios with the tag {DEEP}, which run when asked for: {', '.join(names[:MOST_NAMED])}{more}; {cure}"
    )


def repeated(scenarios: Iterable[Scenario], times: int) -> list[Scenario]:
    """Each scenario this many times; from the second on its name ends in `.run2`, `.run3` and so on."""
    return [
        scenario if turn == 1 else scenario.model_copy(update={"name": f"{scenario.name}.run{turn}", "turn": turn})
        for turn in range(1, times + 1)
        for scenario in scenarios
    ]


def system_near(start: Path) -> Path:
    """The profile to use when none is named: `servers/reference.yaml` or `system.yaml`, here or above.

    Raises:
        BadInput: There is none.
    """
    for folder in (start, *start.parents):
        for name in ("servers/reference.yaml", "system.yaml"):
            if (folder / name).is_file():
                return Path(os.path.relpath(folder / name, start))
    raise BadInput.because(
        "no profile says how to start the servers: there is no servers/reference.yaml or system.yaml here or above",
        "name one with --system FILE, or make a first one with `lab init DIR`",
    )
