"""The registrar: a process that writes what students and course staff read, while the lab goes on grading."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from lab.errors import BadInput, LabTrouble
from lab.grade import Grade, Gradebook
from lab.history import History
from lab.reporters.base import REPORTERS, Bundle
from lab.reporters.classpage import class_page
from lab.reporters.gradescope import gradescope
from lab.reporters.gradesheet import gradesheet
from lab.result import RunResult, ScenarioResult
from lab.runner.saving import read_scenario
from lab.verdict import worst
from lab.world.real.limits import words_of
from lab.world.workers import Desk, Reading, Worker

EVIDENCE, STUDENTS = "evidence", "students"
SHEET, DOCUMENT, PAGE, RESULTS = "grades.csv", "grades.json", "class.html", "results.json"
FOR_STUDENTS = ("page", "junit")
"""The kinds of report that a student gets of the scenarios."""
PATIENT = 5
"""By how much less than the lab and the servers it wants the processor."""


@dataclass(frozen=True)
class Filing:
    """A grade to be written.

    Attributes:
        book: What is known of the whole, without grades.
        runs: The names of the runs that the student may see.
    """

    book: Gradebook
    grade: Grade
    runs: tuple[str, ...] = ()


@dataclass
class Registry:
    """The files of a grading.

    Args:
        folder: Where they are.
    """

    folder: Path
    grades: dict[str, Grade] = field(default_factory=dict)

    def file(self, filing: Filing) -> None:
        """Write a student's reports, and those of the class as far as it goes."""
        grade = filing.grade
        self.grades[grade.student] = grade
        place = self.folder / STUDENTS / grade.student
        place.mkdir(parents=True, exist_ok=True)
        bundle = self._bundle(filing)
        for name, reporter in REPORTERS:
            if name in FOR_STUDENTS:
                _write(place / reporter.filename, reporter.draw(bundle))
        _write(place / RESULTS, gradescope(grade))
        self.file_class(filing.book)

    def file_class(self, book: Gradebook) -> None:
        """Write what the course staff reads."""
        grades = tuple(
            self.grades[student] for student in sorted(self.grades, key=lambda name: (name.casefold(), name))
        )
        whole = book.model_copy(update={"grades": grades})
        _write(self.folder / DOCUMENT, whole.model_dump_json(indent=1) + "\n")
        _write(self.folder / SHEET, gradesheet(whole))
        _write(self.folder / PAGE, class_page(whole))

    def _bundle(self, filing: Filing) -> Bundle:
        read = [self._read(self.folder / EVIDENCE / filing.grade.student / name) for name in filing.runs]
        there = [pair for pair in read if pair is not None]
        results = tuple(result for result, _ in there)
        run = RunResult(
            verdict=worst(result.verdict for result in results),
            started=filing.book.started,
            wall_s=round(sum(result.wall_s for result in results), 3),
            level=filing.book.level,
            scenarios=results,
        )
        return Bundle(run, {result.name: history for result, history in there}, grade=filing.grade)

    @staticmethod
    def _read(folder: Path) -> tuple[ScenarioResult, History] | None:
        """A run as it was saved; None if it was not, or cannot be read any more: then its points stand without it."""
        try:
            result, history, _ = read_scenario(folder)
        except BadInput:
            return None
        return result, history


class Registrar:
    """A process with a registry; it is forked when this is made. Where it has gone, the lab does its work."""

    def __init__(self, folder: Path) -> None:
        self._registry = Registry(folder)
        self._worker = Worker(self._work)

    def _work(self, desk: Desk) -> None:
        """Its life."""
        os.nice(PATIENT)
        while True:
            desk.give(self._answer(desk.take()))

    def _answer(self, filing: Filing | Gradebook) -> LabTrouble | None:
        try:
            self._take(filing)
        except Exception as bug:  # noqa: BLE001 - it is said, and ends no registrar
            return LabTrouble(f"a report could not be written: {words_of(bug)}")
        return None

    def _take(self, filing: Filing | Gradebook) -> None:
        if isinstance(filing, Gradebook):
            self._registry.file_class(filing)
        else:
            self._registry.file(filing)

    def attach(self, world: Reading) -> None:
        """Hear its answers on a world's loop."""
        self._worker.attach(world)

    async def file(self, filing: Filing | Gradebook) -> None:
        """Have it written.

        Raises:
            LabTrouble: It could not be.
        """
        if isinstance(filing, Filing):
            self._registry.grades[filing.grade.student] = filing.grade
        try:
            trouble: LabTrouble | None = await self._worker.ask(filing)
        except LabTrouble:
            trouble = self._answer(filing)
        if trouble is not None:
            raise trouble

    def close(self) -> None:
        """Let it go."""
        self._worker.close()


def _write(path: Path, text: str) -> None:
    """Write it so that whoever reads meanwhile has the old or the new, and never a part."""
    draft = path.with_name(f".{path.name}.draft")
    draft.write_bytes(text.encode("utf-8", "backslashreplace"))
    draft.replace(path)
