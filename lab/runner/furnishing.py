"""What a program finds in its working folder before it starts, and what it leaves there."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from lab.errors import LabTrouble
from lab.runner.stage import Stage
from lab.scenario.model import ClientSpec, ServerSpec, Table

TABLE = "table.txt"
MOST_ANSWERED = 1 << 20
LEFT_OUT = shutil.ignore_patterns(".git", ".hg", ".svn", "__pycache__")
"""What of a folder is no part of the programs in it."""


def folder_of(stage: Stage, name: str) -> Path:
    """A program's own working folder."""
    return stage.folder / name


def furnished(stage: Stage, name: str, spec: ServerSpec | ClientSpec) -> Path:
    """A program's own working folder, made: empty, or a fresh copy of the one that the profile names.

    Raises:
        LabTrouble: It cannot be made.
    """
    folder = folder_of(stage, name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if spec.copy_of:
            shutil.copytree(spec.copy_of, folder, symlinks=True, ignore=LEFT_OUT, dirs_exist_ok=True)
    except (OSError, shutil.Error) as error:
        raise LabTrouble(f"the working folder of {name} cannot be made: {error}") from error
    return folder


def with_table(folder: Path, spec: ServerSpec, table: Table | None) -> Path:
    """The file with a server's table, in its folder and under the name that it looks for."""
    path = folder / (spec.table_file or TABLE)
    _write(path, table.text if table else "")
    return path


def with_names(folder: Path, spec: ClientSpec, names: Iterable[str]) -> tuple[Path, Path]:
    """The file with the names that a client program is to ask, and the one that it is to write, which is not there."""
    asked, answers = folder / spec.names_file, folder / spec.answers_file
    _write(asked, "".join(f"{name}\n" for name in names))
    answers.unlink(missing_ok=True)  # a copy may have one of some run before, which would pass for this one's
    return asked, answers


def _write(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)  # what was copied may be a link, or not to be written
    path.write_text(text, encoding="utf-8", errors="surrogateescape", newline="")


def read_answers(path: Path) -> bytes | None:
    """What a program client wrote, its first bytes if it is very long; None if it is no file that can be read."""
    if not path.is_file():
        return None
    try:
        with path.open("rb") as file:
            return file.read(MOST_ANSWERED)
    except OSError:
        return None
