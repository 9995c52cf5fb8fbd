"""Writes what is said about the scenarios and profiles here: `python tests/golden/complaints/regenerate.py`.

Read what changed, aloud: is it clear to a student where the trouble is, what it is, and what to write instead?
"""

import sys
from collections.abc import Callable
from pathlib import Path

from lab.errors import BadInput
from lab.scenario.load import load
from lab.scenario.profile import load_profile
from lab.scenario.rubric import load_rubric

HERE = Path(__file__).parent
LOADERS: dict[str, Callable[[Path], object]] = {"profile": load_profile, "rubric": load_rubric}


def complaints(file: Path) -> str:
    """What is said about a file, without the folder it is in."""
    try:
        LOADERS.get(file.name.partition("_")[0], load)(file)
    except BadInput as bad:
        return "".join(f"{complaint}\n" for complaint in bad.complaints).replace(f"{file.parent}/", "")
    return "nothing is wrong\n"


if __name__ == "__main__":
    for path in sorted(HERE.glob("*.yaml")):
        path.with_suffix(".txt").write_text(complaints(path), encoding="utf-8")
        sys.stdout.write(f"{path.with_suffix('.txt').name}\n")
