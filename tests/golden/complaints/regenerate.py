"""Writes what is said about the scenarios and profiles here: `python tests/golden/complaints/regenerate.py`.

Read what changed, aloud: is it clear to a student where the trouble is, what it is, and what to write instead?
"""

import sys
from pathlib import Path

from lab.errors import BadInput
from lab.scenario.load import load
from lab.scenario.profile import load_profile

HERE = Path(__file__).parent


def complaints(file: Path) -> str:
    """What is said about a file, without the folder it is in."""
    try:
        (load_profile if file.name.startswith("profile_") else load)(file)
    except BadInput as bad:
        return "".join(f"{complaint}\n" for complaint in bad.complaints).replace(f"{file.parent}/", "")
    return "nothing is wrong\n"


if __name__ == "__main__":
    for path in sorted(HERE.glob("*.yaml")):
        path.with_suffix(".txt").write_text(complaints(path), encoding="utf-8")
        sys.stdout.write(f"{path.with_suffix('.txt').name}\n")
