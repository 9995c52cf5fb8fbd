"""Grading: many submissions go through the scenarios of a rubric, beside each other, and each gets its points."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from lab.errors import LabTrouble
from lab.grade import Grade, Gradebook, Outcome, Turn, Weighed
from lab.points import grade_of, outcome_of, turn_of
from lab.runner.batch import Batch
from lab.runner.finishing import Run
from lab.runner.journal import Journal, Key
from lab.runner.options import Options
from lab.runner.registrar import EVIDENCE, Filing, Registrar
from lab.runner.saving import RunFolder
from lab.runner.selecting import repeated
from lab.runner.staff import Staff
from lab.runner.submissions import Submission
from lab.runner.trial import Trial
from lab.scenario.model import Profile, Scenario
from lab.scenario.references import check_against
from lab.scenario.rubric import Rubric
from lab.verdict import Verdict
from lab.world.real import isolation
from lab.world.real.world import RealWorld, wall_clock

TIME_UP = "the time for grading was up"
JUDGED = (Verdict.PASSED, Verdict.FAILED)


@dataclass
class Grader:
    """A class being graded. What forks the lab does so here, before anything shows.

    Args:
        journal: Of what was settled before, and for what will be.
        folder: Where everything is written.
        hear: Told of each student's grade as soon as it stands.
    """

    rubric: Rubric
    submissions: Sequence[Submission]
    options: Options
    journal: Journal
    folder: Path
    hear: Callable[[Grade], None] = lambda _grade: None
    grades: dict[str, Grade] = field(default_factory=dict)
    is_interrupted: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        self._runs = RunFolder(self.folder)
        self._no_networks = isolation.refusal() if self._has_fixed_ports else ""
        self._staff = Staff(self.options, self._runs, no_networks=self._no_networks)
        self._registrar = Registrar(self.folder)
        self._students = {one.student: one for one in self.submissions}
        self._turns: dict[str, dict[Key, Turn]] = defaultdict(dict)
        for key, turn in self.journal.settled(self.submissions).items():
            self._turns[key[0]][key] = turn
        self._keys: dict[str, Key] = {}
        self._filing: set[asyncio.Task[None]] = set()
        self._trouble: LabTrouble | None = None
        self._batch: Batch
        self._book = Gradebook(
            rubric=self.rubric.path,
            about=self.rubric.about,
            profile=self.journal.settings.profile,
            level=self.options.level,
            started=wall_clock(),
        )

    @property
    def _has_fixed_ports(self) -> bool:
        return any(one.profile is not None and one.profile.fixed_ports for one in self.submissions)

    def run(self) -> Gradebook:
        """Grade all of them.

        Raises:
            LabTrouble: A report could not be written.
        """
        world = RealWorld(self.options.seed)
        begin = world.now()
        try:
            crew, finish = self._staff.mustered(world), self._staff.finish(world)
            self._registrar.attach(world)
            batch = self._batch = Batch(world, self.options, self._ended, crew, finish, bool(self._no_networks))
            world.on_interrupt(batch.stop)
            timer = world.at(begin + self.rubric.budget, partial(batch.end, TIME_UP))
            world.run(self._all(batch))
            timer.cancel()
            self.is_interrupted = batch.is_over
            update = {"wall_s": round(world.now() - begin, 1), "ended": batch.why_ended}
            self._book = self._book.model_copy(update=update)
            world.run(self._registrar.file(self._book))
        finally:
            world.close()
            self._staff.close()
            self._registrar.close()
            self.journal.close()
        profiles = (one.profile for one in self.submissions if one.profile is not None)
        self.note = "; ".join(filter(None, (self._staff.note or batch.note, self._staff.unguarded(profiles))))
        if self._trouble is not None:
            raise self._trouble
        return self._book.model_copy(update={"grades": tuple(self.grades.values())})

    async def _all(self, batch: Batch) -> None:
        trials = list(self._trials())
        for submission in self.submissions:
            if submission.profile is None or self._is_complete(submission.student):
                self._file(submission, submission.trouble)
        await batch.run(trials)
        for submission in self.submissions:
            if submission.student not in self.grades:
                self._file(submission, "")
        while self._filing:
            await asyncio.wait(self._filing)

    # What is to be run

    def _trials(self) -> Iterator[Trial]:
        """All that is not settled, student by student, and each one's baseline first."""
        for submission in self.submissions:
            if submission.profile is not None:
                yield from self._of_student(submission, submission.profile)

    def _of_student(self, submission: Submission, profile: Profile) -> Iterator[Trial]:
        for number in range(1, self.rubric.repeat + 1):
            for scenario in self.rubric.scenarios:
                key = (submission.student, scenario.name, number)
                if key in self._turns[submission.student]:
                    continue
                unfit = check_against(scenario, profile)
                if unfit:
                    self._note(
                        key, Turn(scenario=scenario.name, number=number, verdict=Verdict.SKIPPED, reason=unfit[0].what)
                    )
                    continue
                *_, turned = repeated([scenario], number)
                trial = Trial(turned, profile, f"{EVIDENCE}/{submission.student}")
                self._keys[trial.id] = key
                yield trial

    # What has been run

    def _ended(self, trial: Trial, run: Run) -> None:
        """A run stands: it is saved and noted; what was broken off is not."""
        if self._batch.is_over and run.result.verdict not in JUDGED:
            return
        key = self._keys[trial.id]
        if not run.is_saved:
            self._runs.inside(trial.group).save_scenario(run.result, run.history, run.planned)
        self._note(key, turn_of(run.result, key[1], key[2], is_second_thought=run.is_second_thought))
        if self._is_complete(key[0]):
            self._file(self._students[key[0]], "")

    def _note(self, key: Key, turn: Turn) -> None:
        self._turns[key[0]][key] = turn
        self.journal.note(self._students[key[0]], turn)

    def _is_complete(self, student: str) -> bool:
        return len(self._turns[student]) == len(self.rubric.scenarios) * self.rubric.repeat

    # What comes of it

    def _file(self, submission: Submission, trouble: str) -> None:
        """A student's grade stands."""
        grade = self._grade(submission, trouble)
        self.grades[submission.student] = grade
        self.hear(grade)
        task = asyncio.ensure_future(self._filed(Filing(self._book, grade, tuple(self._shown(submission.student)))))
        self._filing.add(task)
        task.add_done_callback(self._filing.discard)

    async def _filed(self, filing: Filing) -> None:
        try:
            await self._registrar.file(filing)
        except LabTrouble as trouble:
            self._trouble = trouble

    def _grade(self, submission: Submission, trouble: str) -> Grade:
        turns = self._turns[submission.student]
        why_not = trouble or self._batch.why_ended
        outcomes = {one.name: self._outcome(one, turns, why_not) for one in self.rubric.scenarios}
        parts = [Weighed(**part.model_dump(exclude={"clauses"})) for part in self.rubric.parts]
        grade = grade_of(submission.student, str(submission.folder), parts, outcomes, self.rubric.baseline)
        return grade.model_copy(update={"note": f"not graded: {trouble}"}) if trouble else grade

    def _outcome(self, scenario: Scenario, turns: dict[Key, Turn], why_not: str) -> Outcome:
        those = [turn for key, turn in sorted(turns.items()) if key[1] == scenario.name]
        rubric = self.rubric
        outcome = outcome_of(scenario.name, those, rubric.repeat, rubric.require, why_not)
        return outcome.model_copy(update={"story": scenario.story, "has_faults": bool(scenario.faults)})

    def _shown(self, student: str) -> Iterator[str]:
        """The runs that a student may see, in the rubric's order."""
        hidden = {name for part in self.rubric.parts if part.hidden for name in part.scenarios}
        for scenario in self.rubric.scenarios:
            for number in range(1, self.rubric.repeat + 1):
                if scenario.name not in hidden and (student, scenario.name, number) in self._turns[student]:
                    *_, turned = repeated([scenario], number)
                    yield turned.name
