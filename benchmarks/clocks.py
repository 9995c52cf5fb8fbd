"""The two clocks side by side in one run, and where the jump clock's time goes: `python benchmarks/clocks.py`."""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from lab.reporters.base import parts_of  # noqa: E402 - the checkout first, wherever this is started
from lab.runner import finishing  # noqa: E402 - as above
from lab.runner.attempt import Attempts  # noqa: E402 - as above
from lab.runner.conduct import Conductor  # noqa: E402 - as above
from lab.runner.options import Options  # noqa: E402 - as above
from lab.runner.saving import RunFolder  # noqa: E402 - as above
from lab.runner.selecting import read  # noqa: E402 - as above
from lab.runner.trial import Trial  # noqa: E402 - as above
from lab.runner.verdicts import judged  # noqa: E402 - as above
from lab.scenario.profile import load_profile  # noqa: E402 - as above
from lab.world.jump.world import JumpWorld  # noqa: E402 - as above

NOT_FOUND = """\
lab: scenario/1
story: Nobody knows the name.
tables: {ts1: {known.example: 1.1.1.1}, ts2: {other.example: 2.2.2.2}}
queries: [{ask: nobody.example, expect: {not_found: 5s}}]
"""
REPEATS, ROUNDS = 10, 50
P = ParamSpec("P")
T = TypeVar("T")


def run_lab(folder: Path, *arguments: str) -> tuple[dict[str, Any], float, float]:
    """What the lab says in `report.json`; seconds of wall of the whole command, and of processor.

    Args:
        folder: Where the reports land. They stay: a disk from which many files were just removed makes new ones slowly.
        arguments: What else the command has.
    """
    begin, before = time.perf_counter(), _spent()
    command = [sys.executable, "-m", "lab", "run", *arguments, "--out", str(folder)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    wall, spent = time.perf_counter() - begin, _spent() - before
    return json.loads((folder / "report.json").read_text(encoding="utf-8")), wall, spent


def _spent() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def catalogue(place: Path) -> None:
    """The catalogue once on each clock, and ten times on the jump clock: the whole command, reports written."""
    for clock, repeats in (("real", 1), ("jump", 1), ("jump", REPEATS)):
        run, wall, spent = run_lab(
            place / f"{clock}-{repeats}", "scenarios", "--clock", clock, "--repeat", str(repeats)
        )
        scenarios = run["scenarios"]
        number, waited = len(scenarios), sum(scenario["virtual_s"] >= 5 for scenario in scenarios)
        print(
            f"catalogue on the {clock} clock: {number} scenarios, {waited} of them of 5 s and more, in {wall:.2f} s: "
            f"{number / wall:.1f} a second ({number / run['wall_s']:.1f} without the command's start); "
            f"{spent / number * 1e3:.0f} ms of processor each; {run['verdict']}"
        )


def not_found(place: Path) -> None:
    """A not-found scenario, whole: from launch over its 5 s to gone, one after the other."""
    path = place / "not_found.yaml"
    path.write_text(NOT_FOUND, encoding="utf-8")
    run, _, _ = run_lab(place / "not-found", str(path), "--clock", "jump", "--repeat", "100", "-j", "1")
    times = sorted(scenario["wall_s"] * 1e3 for scenario in run["scenarios"])
    middle, high = statistics.median(times), times[int(len(times) * 0.95)]
    print(f"not found, whole: median {middle:.1f} ms, 95th percentile {high:.1f} ms, {run['verdict']}")


def parts(place: Path) -> None:
    """Where the milliseconds of the catalogue go, in one worker with nothing beside it."""
    spent: dict[str, float] = defaultdict(float)
    for name, what in (("_launch", "launch"), ("_play", "play"), ("_stop", "stop")):
        setattr(Conductor, name, _timed(getattr(Conductor, name), what, spent))
    vars(finishing)["judged"] = _counted(judged, "judge", spent)
    folder, profile = RunFolder(place / "parts"), load_profile(ROOT / "servers" / "reference.yaml")
    scenarios = read([str(ROOT / "scenarios")], profile)
    world = JumpWorld()
    attempts = Attempts(world, Options(clock="jump"))
    begin, before = time.perf_counter(), time.process_time()
    for scenario in scenarios:
        run = world.run(attempts.once(Trial(scenario, profile)))
        _counted(folder.save_scenario, "save", spent)(run.result, run.history, run.planned)
        _counted(parts_of, "draw", spent)(run.result, run.history)
    whole, own = time.perf_counter() - begin, time.process_time() - before
    world.close()
    number = len(scenarios)
    each = ", ".join(f"{what} {seconds / number * 1e3:.1f}" for what, seconds in spent.items())
    print(
        f"one worker: {whole / number * 1e3:.1f} ms a scenario, {own / number * 1e3:.1f} of them its own processor time"
    )
    print(f"  by parts, ms of wall: {each}")


def _timed(method: Callable[P, Awaitable[T]], what: str, spent: dict[str, float]) -> Callable[P, Awaitable[T]]:
    @wraps(method)
    async def timed(*args: P.args, **kwargs: P.kwargs) -> T:
        begin = time.perf_counter()
        try:
            return await method(*args, **kwargs)
        finally:
            spent[what] += time.perf_counter() - begin

    return timed


def _counted(function: Callable[P, T], what: str, spent: dict[str, float]) -> Callable[P, T]:
    @wraps(function)
    def counted(*args: P.args, **kwargs: P.kwargs) -> T:
        begin = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            spent[what] += time.perf_counter() - begin

    return counted


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        for figure in (catalogue, not_found, parts):
            figure(Path(made))
