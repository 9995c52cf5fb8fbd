"""`lab grade`: many submissions to points and reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from lab.cli.showing import Quietable
from lab.errors import BadInput, LabTrouble
from lab.grade import Grade, Gradebook
from lab.reporters.gradewords import grade_line
from lab.runner.grading import Grader
from lab.runner.journal import Journal, Settings, fingerprint
from lab.runner.options import Options
from lab.runner.registrar import DOCUMENT, PAGE, SHEET, STUDENTS
from lab.runner.saving import RunFolder
from lab.runner.submissions import Submission, submissions
from lab.scenario.catalogue import default_rubric
from lab.scenario.profile import load_profile
from lab.scenario.rubric import Rubric, load_rubric
from lab.verdict import EXIT_INTERRUPTED
from lab.world.real.world import wall_clock

AT_ONCE = 24
"""Scenarios at once on the real clock: so many programs that are executed disturb each other by some 20 ms at worst."""
CHANGED = "the rubric, one of its scenarios or the profile was changed since this grading was begun"


@click.command("grade")
@click.argument("folders", nargs=-1, metavar="SUBMISSION...")
@click.option(
    "--profile",
    type=click.Path(path_type=Path),
    help="How a submission is started; each takes the place of the example that copy_of names.  "
    "[default: each submission's own system.yaml]",
)
@click.option(
    "--rubric", type=click.Path(path_type=Path), help="What is graded.  [default: the coursework, 100 points]"
)
@click.option("--level", type=click.Choice(["contract", "beyond"]), help="[default: the rubric's, which is contract]")
@click.option("--clock", type=click.Choice(["real", "auto"]), default="auto", show_default=True)
@click.option("-j", "jobs", type=click.IntRange(1, 1000), default=AT_ONCE, show_default=True, help="How many at once.")
@click.option(
    "--isolate/--no-isolate",
    default=True,
    show_default=True,
    help="Let programs write in their own folders only, where the system can hold them to it.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Fixes all chances.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="[default: reports/TIME-grade]")
@click.option(
    "--resume", type=click.Path(file_okay=False, path_type=Path), help="Go on with the grading in this folder."
)
def command(folders: tuple[str, ...], resume: Path | None, out: Path | None, **said: Any) -> int:
    """Grade submissions, a folder each, and write points and reports for students and course staff.

    Exits with 0 when all is graded, whatever the points; with 2 when it was broken off, which --resume goes on with.
    """
    task = _resumed(resume, folders, out, said) if resume else _begun(folders, out, said)
    show = Show(len(task.submissions))
    grader = Grader(task.rubric, task.submissions, task.options, task.journal, task.folder, show.ended)
    book = grader.run()
    if resume is None and out is None:
        RunFolder(task.folder).point_latest()
    show.finish(book, task.folder, grader.note)
    return EXIT_INTERRUPTED if grader.is_interrupted else 0


@dataclass(frozen=True)
class Task:
    """A grading that is to be done."""

    rubric: Rubric
    submissions: Sequence[Submission]
    options: Options
    journal: Journal
    folder: Path


def _begun(folders: Sequence[str], out: Path | None, said: dict[str, Any]) -> Task:
    """A new one.

    Raises:
        BadInput: Of all files together, all that is wrong.
    """
    if not folders:
        raise click.UsageError("name the folders of the submissions, as in lab grade submissions/*")
    rubric = load_rubric(said["rubric"] or default_rubric())
    profile = load_profile(said["profile"]) if said["profile"] else None
    them = submissions(folders, profile)
    _refuse_hopeless(them)
    settings = Settings(
        submissions=tuple(str(one.folder) for one in them),
        profile=str(said["profile"].resolve()) if said["profile"] else "",
        rubric=str(Path(rubric.path).resolve()),
        level=said["level"] or rubric.level,
        clock=said["clock"],
        seed=said["seed"],
        jobs=said["jobs"],
        isolate=said["isolate"],
    )
    settings = settings.model_copy(update={"fingerprint": fingerprint(rubric, settings.profile)})
    folder = RunFolder(out or Path("reports") / f"{wall_clock()}-grade").path
    return Task(rubric, them, _options(settings), Journal.begun(folder, settings), folder)


def _refuse_hopeless(them: Sequence[Submission]) -> None:
    """Where no submission can be started, what is wrong is the input."""
    if all(one.profile is None for one in them):
        first = them[0]
        cure = "name one for all with --profile, or write one into each with lab init FOLDER"
        raise BadInput.because(f"no submission has a profile that works; {first.student}: {first.trouble}", cure)


def _resumed(folder: Path, folders: Sequence[str], out: Path | None, said: dict[str, Any]) -> Task:
    """One that was begun before.

    Raises:
        BadInput: There is none, or what it was begun with was changed since.
    """
    if folders or out or said["profile"] or said["rubric"] or said["level"]:
        raise click.UsageError("--resume goes on with what the grading was begun with: leave all other arguments out")
    journal = Journal.resumed(folder)
    settings = journal.settings
    rubric = load_rubric(settings.rubric)
    if fingerprint(rubric, settings.profile) != settings.fingerprint:
        raise BadInput.because(CHANGED, "begin a new one, without --resume", str(folder))
    profile = load_profile(settings.profile) if settings.profile else None
    return Task(rubric, submissions(settings.submissions, profile), _options(settings), journal, folder)


def _options(settings: Settings) -> Options:
    return Options(
        seed=settings.seed,
        level=settings.level,
        clock=settings.clock,
        jobs=settings.jobs,
        isolate=settings.isolate,
        is_for_grades=True,
    )


class Show:
    """A grading on the console: a line for each student, and a few at the end."""

    def __init__(self, total: int) -> None:
        self._console = Quietable(highlight=False, soft_wrap=True)
        self._total = total

    def ended(self, grade: Grade) -> None:
        """A student's grade stands."""
        self._console.write(grade_line(grade).encode("utf-8", "backslashreplace").decode())

    def finish(self, book: Gradebook, folder: Path, note: str) -> None:
        """How it went as a whole, and where everything is."""
        whole = sum(grade.out_of == grade.worth for grade in book.grades)
        rest = self._total - whole
        aside = f", {rest} of them not wholly" if rest else ""
        lines = [f"{self._total} submissions in {book.wall_s:.0f} s{aside}"]
        lines += [f"not brought to its end: {book.ended}; go on with --resume {folder}"] if book.ended else []
        lines += [f"note:    {note}"] if note else []
        lines += [f"grades:  {folder}/ ({SHEET}, {DOCUMENT}, {PAGE}, {STUDENTS}/NAME/report.html)"]
        for line in lines:
            self._console.write(line)
        self._refuse_trouble(book)

    def _refuse_trouble(self, book: Gradebook) -> None:
        """Where nothing could be graded for want of a lab that works, that is said by the exit code."""
        outcomes = [one for grade in book.grades for one in grade.outcomes]
        if outcomes and not book.ended and all(one.standing == "not_graded" for one in outcomes):
            raise LabTrouble(f"nothing could be graded: {outcomes[0].note}")
