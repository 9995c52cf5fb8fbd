"""The journal of a grading: what was settled, a line each, written as it is settled, so that a killed lab keeps it."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from lab.errors import BadInput
from lab.grade import Turn
from lab.runner.submissions import Submission
from lab.scenario.model import Level
from lab.scenario.rubric import Rubric
from lab.verdict import Verdict

NAME = "journal.jsonl"
FORMAT = "journal/1"
SETTLED = (Verdict.PASSED, Verdict.FAILED, Verdict.SKIPPED)
Key = tuple[str, str, int]
"""A student, a scenario, and which of its runs."""


class Settings(BaseModel):
    """What a grading was started with; absolute paths, so that it is resumed from anywhere.

    Attributes:
        profile: Empty: each submission has its own.
        isolate: Whether programs may write in their own folders only.
        fingerprint: What tells whether the rubric, its scenarios or the profile were changed since.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str = FORMAT
    submissions: tuple[str, ...]
    profile: str = ""
    rubric: str
    level: Level
    clock: Literal["real", "auto"] = "auto"
    seed: int = 0
    jobs: int
    isolate: bool = True
    fingerprint: str = ""


class Entry(BaseModel):
    """One line: a run of a student's submission, which had this digest then."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    student: str
    digest: str
    turn: Turn


class Journal:
    """A grading's journal, open for more.

    Attributes:
        settings: What the grading was started with.
    """

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.settings = settings
        self._entries: dict[Key, Entry] = {}
        self._file: IO[str] = (folder / NAME).open("a", encoding="utf-8")

    @classmethod
    def begun(cls, folder: Path, settings: Settings) -> "Journal":
        """A new one.

        Raises:
            BadInput: There is one in that folder.
        """
        if (folder / NAME).exists():
            cure = f"go on with it by --resume {folder}, or name another folder with --out"
            raise BadInput.because("a grading was begun in this folder", cure, str(folder))
        journal = cls(folder, settings)
        journal._write(settings.model_dump_json())
        return journal

    @classmethod
    def resumed(cls, folder: Path) -> "Journal":
        """One that was begun before; a last line that was not written whole is dropped.

        Raises:
            BadInput: There is none, or it cannot be read.
        """
        path = folder / NAME
        try:
            lines = path.read_text(encoding="utf-8").split("\n")
            settings = Settings.model_validate_json(lines[0])
            entries = [Entry.model_validate_json(line) for line in lines[1:-1]]
        except (OSError, ValidationError) as error:
            what = f"no grading can be resumed from this folder: {str(error).splitlines()[0]}"
            raise BadInput.because(what, "name the folder that lab grade wrote", str(folder)) from error
        path.write_text("\n".join([*lines[:-1], ""]), encoding="utf-8")
        journal = cls(folder, settings)
        journal._entries = {(entry.student, entry.turn.scenario, entry.turn.number): entry for entry in entries}
        return journal

    def settled(self, submissions: Iterable[Submission]) -> dict[Key, Turn]:
        """What need not be run again: what was judged, of submissions that were not changed since."""
        digests = {one.student: one.digest for one in submissions}
        return {
            key: entry.turn
            for key, entry in self._entries.items()
            if entry.turn.verdict in SETTLED and digests.get(entry.student) == entry.digest
        }

    def note(self, submission: Submission, turn: Turn) -> None:
        """Write down a run as it stands."""
        self._write(Entry(student=submission.student, digest=submission.digest, turn=turn).model_dump_json())

    def _write(self, line: str) -> None:
        self._file.write(f"{line}\n")
        self._file.flush()

    def close(self) -> None:
        """No more will be written."""
        self._file.close()


def fingerprint(rubric: Rubric, profile: str) -> str:
    """What changes when the rubric, one of its scenarios or the profile (its file; empty: none) does."""
    texts = [rubric.text, *(scenario.text for scenario in rubric.scenarios)]
    texts += [Path(profile).read_text(encoding="utf-8")] if profile else []
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()
