"""Crossing servers with scenarios: each server runs all of them, and the matrix is written as it grows."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from lab.matrix import Matrix, Row, row_cells
from lab.runner.options import Options
from lab.runner.saving import RunFolder
from lab.runner.session import Session
from lab.scenario.model import Profile, Scenario
from lab.scenario.replacing import with_command
from lab.scenario.variant import Variant

ARGUMENTS = {
    "ls": "{port} {ts1.host} {ts1.port} {ts2.host} {ts2.port}",
    "ts": "{port} {table}",
    "client": "{ls.host} {ls.port} --names {names} --out {answers}",
}
DOCUMENT = "matrix.json"


@dataclass
class Crossing:
    """One matrix being made.

    Args:
        profile: The sound system, in which each variant takes its role.
        scenarios: All that each server runs.
        options: How they run.
        folder: Where the runs of all servers land, and the matrix.
        hear: Told of each row as it stands.
    """

    profile: Profile
    scenarios: Sequence[Scenario]
    options: Options
    folder: Path
    hear: Callable[[Row], None] = lambda _row: None
    rows: list[Row] = field(default_factory=list)
    is_interrupted: bool = False

    def sound(self, name: str, profile: Profile) -> None:
        """Run a system in which nothing is wrong."""
        self._run(Row(name=name, cells={}), profile)

    def broken(self, variant: Variant) -> None:
        """Run the system with a variant in its role."""
        row = Row(
            name=variant.name,
            role=variant.role,
            about=variant.about,
            breaks=variant.breaks,
            caught_by=variant.caught_by,
            cells={},
        )
        with _program(variant) as path:
            command = f"{{python}} {path} {ARGUMENTS[variant.role]}"
            self._run(row, with_command(self.profile, variant.role, command, keeps_options=True))

    def _run(self, row: Row, profile: Profile) -> None:
        if self.is_interrupted:
            return
        session = Session(
            profile, self.options, RunFolder(self.folder / row.name), "lab matrix", most=len(self.scenarios)
        )
        run = session.run(self.scenarios)
        self.is_interrupted = run.interrupted
        done = row.model_copy(update={"cells": row_cells(run.scenarios)})
        self.rows.append(done)
        (self.folder / DOCUMENT).write_text(self.matrix.model_dump_json(indent=1), encoding="utf-8")
        self.hear(done)

    @property
    def matrix(self) -> Matrix:
        """What there is so far."""
        return Matrix(rows=tuple(self.rows))


@contextmanager
def _program(variant: Variant) -> Iterator[Path]:
    with TemporaryDirectory(prefix="fault-lab-") as folder:
        path = Path(folder) / f"{variant.name}.py"
        path.write_text(variant.text, encoding="utf-8")
        yield path
