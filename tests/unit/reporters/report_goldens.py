"""The golden files of the reports, and how they are written anew: `python tests/unit/reporters/report_goldens.py`."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
GOLDENS = ROOT / "tests" / "golden" / "reporters"
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from report_cases import ALL, bundle  # noqa: E402 - the paths above come first

from lab.reporters.base import REPORTERS  # noqa: E402
from lab.reporters.console import scenario_line, summary  # noqa: E402
from lab.reporters.failure import describe  # noqa: E402


def texts() -> dict[str, str]:
    """Every golden file's text by its name."""
    everything = bundle()
    found = {reporter.filename: reporter.draw(everything) for _, reporter in REPORTERS}
    for name, scenario in zip(ALL, everything.run.scenarios, strict=True):
        found[f"{name}.failure.txt"] = describe(scenario, everything.history_of(scenario))
    lines = [scenario_line(scenario) for scenario in everything.run.scenarios]
    found["console.txt"] = "\n".join([*lines, "", summary(everything.run, "reports/latest")]) + "\n"
    return found


def write() -> None:
    GOLDENS.mkdir(parents=True, exist_ok=True)
    for name, text in texts().items():
        (GOLDENS / name).write_bytes(text.encode("utf-8"))


if __name__ == "__main__":
    write()
