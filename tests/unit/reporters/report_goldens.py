"""The golden files of the reports, and how they are written anew: `python tests/unit/reporters/report_goldens.py`."""

import sys
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
GOLDENS = ROOT / "tests" / "golden" / "reporters"
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from report_cases import ALL, bundle  # noqa: E402 - the paths above come first
from report_grades import book  # noqa: E402

from lab.reporters.base import REPORTERS  # noqa: E402
from lab.reporters.classpage import class_page  # noqa: E402
from lab.reporters.console import scenario_line, summary  # noqa: E402
from lab.reporters.failure import describe  # noqa: E402
from lab.reporters.gradescope import gradescope  # noqa: E402
from lab.reporters.gradesheet import gradesheet  # noqa: E402
from lab.reporters.gradewords import grade_line  # noqa: E402


def texts() -> dict[str, str]:
    """Every golden file's text by its name."""
    everything = bundle()
    found = {reporter.filename: reporter.draw(everything) for _, reporter in REPORTERS}
    for name, scenario in zip(ALL, everything.run.scenarios, strict=True):
        found[f"{name}.failure.txt"] = describe(scenario, everything.history_of(scenario))
    lines = [scenario_line(scenario) for scenario in everything.run.scenarios]
    found |= graded_texts()
    found["console.txt"] = "\n".join([*lines, "", summary(everything.run, "reports/latest")]) + "\n"
    return found


def graded_texts() -> dict[str, str]:
    """The reports of a class."""
    whole = book()
    late = whole.grades[1]
    drawn = replace(bundle(), grade=late)
    return {
        "grades.csv": gradesheet(whole),
        "class.html": class_page(whole),
        "results.json": gradescope(late),
        "graded.html": REPORTERS["page"].draw(drawn),
        "grades.txt": "".join(f"{grade_line(grade)}\n" for grade in whole.grades),
    }


def write() -> None:
    GOLDENS.mkdir(parents=True, exist_ok=True)
    for name, text in texts().items():
        (GOLDENS / name).write_bytes(text.encode("utf-8"))


if __name__ == "__main__":
    write()
