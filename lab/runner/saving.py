"""Runs on disk: each scenario's folder as it ends, the reports of the whole at the end, and reading them back.

A run's folder has `report.json` (the source of truth), the other reports, `command.txt`, and a folder per scenario
with `history.jsonl`, `plan.json`, `scenario.yaml`, `result.json` and the output of each server.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from lab.errors import BadInput
from lab.evidence import Plan
from lab.history import History
from lab.reporters.base import REPORTERS, Bundle, Parts
from lab.result import RunResult, ScenarioResult

HISTORY, PLAN, YAML, RESULT, COMMAND = "history.jsonl", "plan.json", "scenario.yaml", "result.json", "command.txt"
LATEST = "latest"


class RunFolder:
    """Where one run lands.

    Args:
        path: The folder; made if it is not there.

    Raises:
        BadInput: It cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            what = f"the run's folder {path} cannot be made: {error.strerror}"
            raise BadInput.because(what, "name another with --out DIR") from error

    def inside(self, group: str) -> "RunFolder":
        """The folder of a part of this run; this one, if the part has no name."""
        return RunFolder(self.path / group) if group else self

    def save_scenario(self, result: ScenarioResult, history: History, planned: Plan | None) -> None:
        """Write what one scenario leaves."""
        folder = self.path / result.folder
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / HISTORY, "".join(f"{line}\n" for line in history.to_lines()))
        _write(folder / YAML, result.yaml)
        self.save_result(result)
        if planned is not None:
            _write(folder / PLAN, planned.model_dump_json())
        for server, text in history.printed().items():
            _write(folder / f"{server}.log", text)

    def save_result(self, result: ScenarioResult) -> None:
        """Write a scenario's result alone."""
        _write(self.path / result.folder / RESULT, result.model_dump_json(indent=1))

    def save_run(self, run: RunResult, histories: Mapping[str, History], parts: Parts | None = None) -> None:
        """Write every report of the whole run; `parts` are those that were drawn as the scenarios ended."""
        bundle = Bundle(run, histories, parts or {})
        for _, reporter in REPORTERS:
            _write(self.path / reporter.filename, reporter.draw(bundle))
        _write(self.path / COMMAND, f"{run.command}\n")

    def point_latest(self) -> None:
        """Let `latest` beside this folder lead here; where links cannot be made, nothing is changed."""
        link = self.path.parent / LATEST
        fresh = self.path.parent / f".{LATEST}-{os.getpid()}"
        try:
            fresh.symlink_to(self.path.name)
            fresh.replace(link)
        except OSError:
            fresh.unlink(missing_ok=True)


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8", "backslashreplace"))


def read_scenarios(folder: Path) -> list[tuple[ScenarioResult, History, Plan | None]]:
    """What a run's folder holds of each scenario, by name, also if the run was killed before its reports.

    The folder may be that of one scenario, too.

    Raises:
        BadInput: It is no folder of a run, or a file in it cannot be read.
    """
    if is_of_one(folder):
        return [read_scenario(folder)]
    files = sorted(folder.glob(f"*/{RESULT}"))
    if not files:
        what = f"{folder} is no folder of a run: no scenario's {RESULT} is in it"
        raise BadInput.because(what, "give a folder such as reports/latest")
    return [read_scenario(file.parent) for file in files]


def is_of_one(folder: Path) -> bool:
    """Whether it is one scenario's folder, and not a run's."""
    return (folder / RESULT).is_file()


def read_scenario(folder: Path) -> tuple[ScenarioResult, History, Plan | None]:
    """What the folder of one scenario holds.

    Raises:
        BadInput: It cannot be read.
    """
    try:
        result = ScenarioResult.model_validate_json((folder / RESULT).read_text(encoding="utf-8"))
        history = History.from_lines((folder / HISTORY).read_text(encoding="utf-8").splitlines())
        saved = folder / PLAN
        planned = Plan.model_validate_json(saved.read_text(encoding="utf-8")) if saved.exists() else None
    except (OSError, ValueError, ValidationError) as error:
        what = f"{folder} cannot be read as a saved scenario: {str(error).splitlines()[0]}"
        raise BadInput.because(what, "was it written by another version of the lab, or changed by hand?") from error
    return result, history, planned
