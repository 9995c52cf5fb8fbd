"""Variants: servers that are wrong in one way, each kept as its difference from a sound one.

A file `ls_gives_up_early.diff` has a head and a unified diff; the path behind `---` is the sound program's, from the
folder of the file. The name begins with the role: `ls`, `ts` or `client`.

    about: Gives up after four seconds.
    breaks: C5
    caught by: known_by_nobody
    --- ../ls.py
    +++ ls_gives_up_early.py
    @@ ...

A line `clock: real` more says that the jump clock cannot judge it, as it never sleeps.
It applies only where every line of it stands as it did. Where lines only have moved, the complaint says where they are
now; where they have changed, the difference is to be made anew.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from lab.errors import BadInput, Complaint

ROLES = ("ls", "ts", "client")
FIELDS = ("about", "breaks", "caught by")
HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@")
REMAKE = "make the difference anew with diff -u, from the program as it is now"


@dataclass(frozen=True, slots=True)
class Variant:
    """A server that is wrong in one way.

    Attributes:
        path: Its file.
        about: What is wrong with it, as a sentence.
        breaks: The clause that it breaks.
        caught_by: The scenario that must catch it.
        base: The sound program's file.
        text: The wrong program.
        is_for_real: Whether only the real clock can judge it, as it never sleeps.
    """

    path: Path
    about: str
    breaks: str
    caught_by: str
    base: Path
    text: str
    is_for_real: bool = False

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.stem

    @property
    def role(self) -> str:
        """What it plays: `ls`, `ts` or `client`."""
        return self.name.partition("_")[0]


@dataclass(frozen=True, slots=True)
class Hunk:
    """One place of a program, as it was and as it is to be.

    Attributes:
        number: Which of its file, from 1.
        line: Of its head in the file of the difference, from 1.
        start: How many lines of the program come before it.
        old: The program's lines.
        new: The lines that take their place.
    """

    number: int
    line: int
    start: int
    old: tuple[str, ...]
    new: tuple[str, ...]


def read_variant(path: Path) -> Variant:
    """The variant that a file describes.

    Raises:
        BadInput: It is no such file, or it does not apply to its program any more.
    """
    if path.stem.partition("_")[0] not in ROLES:
        raise _bad(path, 0, f"{path.name} does not begin with a role", f"name it {' or '.join(ROLES)}, then _ and more")
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise _bad(path, 0, f"it cannot be read: {error}", "give a text file") from error
    start = next((number for number, line in enumerate(lines) if line.startswith("--- ")), None)
    if start is None:
        raise _bad(path, 0, "it has no line that begins with ---", "write a unified diff below the head")
    head = _head(path, lines[:start])
    base = path.parent / lines[start].removeprefix("--- ").split("\t")[0].strip()
    if not base.is_file():
        raise _bad(path, start + 1, f"{base} is no file", "name the sound program, from this file's folder")
    text = _applied(path, base.read_text(encoding="utf-8").splitlines(), hunks(path, lines, start + 2))
    return Variant(
        path, head["about"], head["breaks"], head["caught by"], base, text, is_for_real=head.get("clock") == "real"
    )


def _bad(path: Path, line: int, what: str, cure: str) -> BadInput:
    return BadInput([Complaint(path.as_posix(), line, 0, "", what, cure)])


def _head(path: Path, lines: list[str]) -> dict[str, str]:
    said = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines if line.strip())}
    missing = [field for field in FIELDS if not said.get(field)]
    if missing:
        raise _bad(path, 1, f"its head lacks {', '.join(missing)}", f"write {', '.join(FIELDS)}, a line each")
    return said


def hunks(path: Path, diff: Sequence[str], at: int) -> list[Hunk]:
    """The hunks of a diff, from a line on.

    Raises:
        BadInput: What stands there is no unified diff, or is not whole.
    """
    found: list[Hunk] = []
    while at < len(diff):
        head = HUNK.match(diff[at])
        if head is None:
            raise _bad(path, at + 1, "this is no line of a unified diff", "begin it with a blank, + or -")
        lines = list(takewhile(lambda line: line[:1] in {" ", "-", "+", ""}, diff[at + 1 :]))
        old = tuple(line[1:] for line in lines if line[:1] != "+")
        new = tuple(line[1:] for line in lines if line[:1] != "-")
        said = int(head[2] or 1), int(head[3] or 1)
        if said != (len(old), len(new)):
            what = f"hunk {len(found) + 1} has {len(old)} old and {len(new)} new lines, not {said[0]} and {said[1]}"
            raise _bad(path, at + 1, f"{what} as its head says", REMAKE)
        found.append(Hunk(len(found) + 1, at + 1, int(head[1]) - 1 if old else int(head[1]), old, new))
        at += len(lines) + 1
    return found


def places(sound: Sequence[str], hunk: Hunk) -> list[int]:
    """Where in a program the old lines of a hunk stand, one after the other."""
    size = len(hunk.old)
    return [place for place in range(len(sound) - size + 1) if tuple(sound[place : place + size]) == hunk.old]


def _applied(path: Path, sound: list[str], found: Sequence[Hunk]) -> str:
    """The sound program with the diff's lines in it; each that is kept or taken away must stand where it did."""
    made: list[str] = []
    place = 0
    for hunk in found:
        if hunk.start < place or hunk.start not in places(sound, hunk):
            what = f"it no longer applies: the lines of its hunk {hunk.number} do not stand where they did"
            raise _bad(path, hunk.line, what, _cure(sound, hunk))
        made += [*sound[place : hunk.start], *hunk.new]
        place = hunk.start + len(hunk.old)
    return "\n".join([*made, *sound[place:]]) + "\n"


def _cure(sound: Sequence[str], hunk: Hunk) -> str:
    now = places(sound, hunk)
    if len(now) == 1 and now != [hunk.start]:
        return f"its lines have moved: write {now[0] + 1} for {hunk.start + 1} into its head"
    return REMAKE


def variants_in(folder: Path) -> list[Variant]:
    """All variants of a folder, by name.

    Raises:
        BadInput: There is none, or one of them is wrong: all complaints at once.
    """
    complaints: list[Complaint] = []
    found: list[Variant] = []
    for path in sorted(folder.glob("*.diff")):
        try:
            found.append(read_variant(path))
        except BadInput as bad:
            complaints += bad.complaints
    if complaints:
        raise BadInput(complaints)
    if not found:
        raise BadInput.because(f"{folder} has no broken servers: no file in it ends in .diff", "name another folder")
    return found
