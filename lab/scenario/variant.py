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
It applies only where every line of it stands as it did: a program that has changed wants its variants made anew.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from lab.errors import BadInput, Complaint

ROLES = ("ls", "ts", "client")
FIELDS = ("about", "breaks", "caught by")
HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@")


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
    text = _applied(path, base.read_text(encoding="utf-8").splitlines(), lines, start + 2)
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


def _applied(path: Path, sound: list[str], diff: list[str], at: int) -> str:
    """The sound program with the diff's lines in it; each that is kept or taken away must stand where it did."""
    made: list[str] = []
    place = 0
    for number, line in enumerate(diff[at:], at + 1):
        hunk = HUNK.match(line)
        if hunk:
            made += sound[place : int(hunk[1]) - 1]
            place = int(hunk[1]) - 1
        elif line.startswith("+"):
            made.append(line[1:])
        elif line[:1] in {" ", "-", ""}:
            if place >= len(sound) or sound[place] != line[1:]:
                what = f"it does not apply any more: line {place + 1} of the program is not {line[1:]!r}"
                raise _bad(path, number, what, "make the difference anew from the program as it is now")
            made += [line[1:]] if line[:1] != "-" else []
            place += 1
        else:
            raise _bad(path, number, "this is no line of a unified diff", "begin it with a blank, + or -")
    return "\n".join([*made, *sound[place:]]) + "\n"


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
