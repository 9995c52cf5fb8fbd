"""Records the tapes of `tests/hints_shown.py`: `python tests/golden/hints/record.py [PATTERN...]`.

Each is a run of the lab, of the program and the scenario that are named there. Then say what is said of them:
`python tests/golden/hints/regenerate.py`.
"""

import runpy
import shutil
import subprocess  # noqa: TID251 - the lab runs as a user starts it
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path[:0] = [str(ROOT)]

from lab.scenario.load import find  # noqa: E402 - the path above comes first
from lab.scenario.variant import Variant, read_variant  # noqa: E402
from tests.hints_shown import HINTED, SHOWN, Shown  # noqa: E402

FOLDERS = (ROOT / HINTED, ROOT / "servers" / "broken")
PATHS = {path.stem: path for path in find([ROOT / "scenarios"])}
TAPE_OF = runpy.run_path(str(HERE / "regenerate.py"))["tape_of"]


def record(pattern: str, shown: Shown, folder: Path) -> Path:
    """Run what shows a pattern, in a folder; return the folder of its scenario."""
    program, variant = _program(shown, folder)
    path, _, case = (shown.scenario or _caught_by(variant)).partition("#")
    command = [sys.executable, "-m", "lab", "run", path, "--system", str(_system(shown, program, folder))]
    command += ["-k", case] if case else []
    subprocess.run([*command, "--out", str(folder / "out")], cwd=ROOT, check=False, stdout=subprocess.DEVNULL)
    found = list((folder / "out").glob("*/history.jsonl"))
    if len(found) != 1:
        raise SystemExit(f"{pattern}: {len(found)} scenarios ran, where one was to")
    return found[0].parent


def _program(shown: Shown, folder: Path) -> tuple[Path | None, Variant | None]:
    """The file of the wrong program, and the difference that it is made of, if it is."""
    if not shown.program:
        return None, None
    differences = [place / f"{shown.program}.diff" for place in FOLDERS]
    variants = [read_variant(path) for path in differences if path.exists()]
    program = folder / f"{shown.program}.py"
    if not variants:
        shutil.copy(ROOT / HINTED / program.name, program)
        return program, None
    program.write_text(variants[0].text, encoding="utf-8")
    return program, variants[0]


def _caught_by(variant: Variant | None) -> str:
    if variant is None:
        raise SystemExit("name the scenario, as no difference does")
    name, _, case = variant.caught_by.partition(".")
    return f"{PATHS[name].relative_to(ROOT)}#{case}"


def _system(shown: Shown, program: Path | None, folder: Path) -> Path:
    """The profile with the wrong program in its place."""
    profile = ROOT / shown.system
    text = profile.read_text(encoding="utf-8")
    if program is not None:
        text = text.replace(f"{{here}}/{program.name.partition('_')[0]}.py", str(program))
    system = folder / "system.yaml"
    system.write_text(text.replace("{here}", str(profile.parent)), encoding="utf-8")
    return system


if __name__ == "__main__":
    for pattern in sys.argv[1:] or SHOWN:
        with tempfile.TemporaryDirectory() as made:
            tape = TAPE_OF(record(pattern, SHOWN[pattern], Path(made)))
        (HERE / f"{pattern}.json").write_text(tape, encoding="utf-8")
        sys.stdout.write(f"{pattern}.json\n")
