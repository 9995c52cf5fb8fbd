"""Writes what is said of the tapes here: `python tests/golden/hints/regenerate.py`.

Read what changed as a student would: is it clear what happened, and where in one's own program to look?

A tape is the history of a broken server in the scenario that must catch it, with what was planned. With the folder of
a matrix's runs behind the command (`python -m lab matrix scenarios --out DIR`) the tapes are recorded anew, one of
each pattern that shows there. `record.py` records those of all other patterns.
"""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT)]

from lab.evidence import Plan  # noqa: E402 - the path above comes first
from lab.history import History  # noqa: E402
from lab.reporters.failure import describe  # noqa: E402
from lab.result import ScenarioResult  # noqa: E402
from lab.runner.rejudging import judge_one_again  # noqa: E402
from lab.scenario.variant import variants_in  # noqa: E402
from tests.patterns_of_broken import PATTERNS  # noqa: E402

HERE = Path(__file__).parent
LARGEST = 40_000
PATHS = re.compile(r"/[\w./-]*/(?=\w+\.py)")
NEEDLESS = ("sampled", "lagged", "watched", "expired", "computed")


def judged_tape(path: Path) -> tuple[ScenarioResult, History]:
    """What the lab says of a tape now, and its history."""
    tape = json.loads(path.read_text(encoding="utf-8"))
    history = History.from_lines(json.dumps(event) for event in tape["history"])
    saved = ScenarioResult.model_validate(tape["result"])
    return judge_one_again((saved, history, Plan.model_validate(tape["plan"])), "beyond"), history


def said(path: Path) -> str:
    """What a student reads of a tape."""
    return describe(*judged_tape(path))


def record(runs: Path) -> None:
    """Tapes of the matrix's runs: of each pattern the first server that shows it in a history of some size."""
    for name in PATTERNS:
        (HERE / f"{name}.json").unlink(missing_ok=True)
    shown: set[str] = set()
    for variant in variants_in(ROOT / "servers" / "broken"):
        pattern, folder = PATTERNS[variant.name][0], runs / variant.name / variant.caught_by
        if pattern not in shown and (folder / "history.jsonl").stat().st_size < LARGEST:
            shown.add(pattern)
            (HERE / f"{variant.name}.json").write_text(tape_of(folder), encoding="utf-8")


def tape_of(folder: Path) -> str:
    """The tape of a scenario's run: one line an event, without the paths of a machine."""
    history = (folder / "history.jsonl").read_text(encoding="utf-8")
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    kept = ("name", "path", "story", "level", "clauses", "verdict", "gives_up", "seed", "clock", "yaml", "wall_s")
    events = [json.loads(PATHS.sub("", line)) for line in history.splitlines()]
    told = [{**event, "argv": []} if event["kind"] == "started" else event for event in events]
    lines = ",\n".join(json.dumps(event) for event in told if event["kind"] not in NEEDLESS)
    slim = json.dumps({key: result[key] for key in kept if key in result})
    plan = json.dumps(json.loads((folder / "plan.json").read_text(encoding="utf-8")))
    return f'{{"result": {slim},\n"plan": {plan},\n"history": [\n{lines}\n]}}\n'


if __name__ == "__main__":
    if sys.argv[1:]:
        record(Path(sys.argv[1]))
    for path in sorted(HERE.glob("*.json")):
        path.with_suffix(".txt").write_text(said(path), encoding="utf-8")
        sys.stdout.write(f"{path.with_suffix('.txt').name}\n")
