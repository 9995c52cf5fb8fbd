"""Runs of the catalogue that several tests read: each is made once, whichever worker of xdist comes first to it.

A run has a folder that all workers see. Who makes the folder runs it; the others wait for its result.
"""

import contextlib
import json
import os
import subprocess  # noqa: TID251 - the lab runs as a user starts it
import sys
import time  # noqa: TID251 - another worker's run is waited for
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lab.scenario.load import find
from lab.scenario.variant import variants_in
from tests.running import ROOT

REFERENCE, PROFILE = "reference", ROOT / "servers" / "reference.yaml"
LONGEST_RUN, PATIENCE = 140.0, 170.0
GIVE_WAY = {"real": [], "jump": ["nice", "-n", "10"]}
"""A clock that jumps can be kept waiting; what it says does not change."""
VARIANTS = {variant.name: variant for variant in variants_in(ROOT / "servers" / "broken")}
CASES = [(name, variant.caught_by, variant.breaks) for name, variant in VARIANTS.items()]
"""A broken server, the scenario that must catch it, and the clause that it breaks."""
SLEEPLESS = {name for name, variant in VARIANTS.items() if variant.is_for_real}
PATHS = {Path(path).stem: path for path in find([ROOT / "scenarios"])}
Scenarios = dict[str, dict[str, Any]]


def scenarios_for(server: str) -> list[str]:
    """The names of the scenarios that a server is to run; all, where it is the reference."""
    return list(dict.fromkeys(scenario for one, scenario, _ in CASES if one == server))


def command_of(server: str, program: Path) -> list[str]:
    """What chooses its scenarios and puts it in its place, with the options that the reference has."""
    if server == REFERENCE:
        return [str(ROOT / "scenarios")]
    role, names = server.partition("_")[0], scenarios_for(server)
    paths = dict.fromkeys(str(PATHS[name.partition(".")[0]]) for name in names)
    text = PROFILE.read_text(encoding="utf-8").replace(f"{{here}}/{role}.py", str(program))
    system = program.with_suffix(".yaml")
    system.write_text(text.replace("{here}", str(PROFILE.parent)), encoding="utf-8")
    return [*paths, "-k", " or ".join(names), "--system", str(system)]


@dataclass(frozen=True)
class Runs:
    """The runs of one pytest session.

    Args:
        folder: Where they are; all workers of xdist see it.
    """

    folder: Path

    def make(self, wanted: Iterable[tuple[str, str]], at_once: int) -> None:
        """Make those of these runs (server and clock) that nobody has begun."""
        with ThreadPoolExecutor(at_once) as pool:
            for _ in pool.map(self._make, *zip(*dict.fromkeys(wanted), strict=True)):
                pass

    def _make(self, server: str, clock: str) -> None:
        folder = self.folder / f"{server}-{clock}"
        try:
            folder.mkdir()
        except FileExistsError:
            return
        program = folder / f"{server}.py"
        if server in VARIANTS:
            program.write_text(VARIANTS[server].text, encoding="utf-8")
        command = [*GIVE_WAY[clock], sys.executable, "-m", "lab", "run", *command_of(server, program), "--clock", clock]
        command += ["--json", "--out", str(folder / "out")]
        said = json.dumps({"trouble": f"not at its end within {LONGEST_RUN:g} s"})
        with contextlib.suppress(subprocess.TimeoutExpired):
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LONGEST_RUN, check=False)
            said = done.stdout or json.dumps({"trouble": done.stderr})
        (folder / "draft").write_text(said, encoding="utf-8")
        (folder / "draft").replace(folder / "result.json")

    def of(self, server: str, clock: str) -> Scenarios:
        """The scenarios of a run, by name, as soon as it has ended."""
        path = self.folder / f"{server}-{clock}" / "result.json"
        deadline = time.monotonic() + PATIENCE
        while not path.exists():
            assert time.monotonic() < deadline, f"{server} on the {clock} clock did not end"
            time.sleep(0.05)
        run = json.loads(path.read_text(encoding="utf-8"))
        assert "scenarios" in run, run
        return {one["name"]: one for one in run["scenarios"]}


def shared_runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """The session's runs: beside the workers' own folders where there are workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "catalogue-runs"
    folder.mkdir(exist_ok=True)
    return Runs(folder)
