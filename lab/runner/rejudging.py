"""A saved run judged again: the same pure checks over the same histories (law 1)."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from lab.errors import BadInput
from lab.evidence import Plan
from lab.history import History
from lab.result import RunResult, ScenarioResult, read_result
from lab.runner.options import Options
from lab.runner.verdicts import judged
from lab.scenario.load import load_text
from lab.scenario.model import Level, Scenario
from lab.verdict import Verdict, worst

DOCUMENT = "report.json"
Saved = tuple[ScenarioResult, History, Plan | None]
KEPT = ("wall_s", "clock", "seed", "launch", "lonely", "turn", "command", "path", "name", "folder")


def judge_again(folder: Path, saved: Sequence[Saved], level: str | None) -> tuple[RunResult, Mapping[str, History]]:
    """The run's result, each scenario judged anew at this level (None: the run's own).

    Args:
        folder: The run's.
        saved: Its scenarios, or some of them.
        level: At which level they are judged.

    Raises:
        BadInput: A saved file cannot be read.
    """
    before = _document(folder)
    chosen: Level = "contract" if (level or before.level) == "contract" else "beyond"
    results = tuple(judge_one_again(one, chosen) for one in saved)
    update = {"verdict": worst(result.verdict for result in results), "level": chosen, "scenarios": results}
    return before.model_copy(update=update), {result.name: history for result, history, _ in saved}


def _document(folder: Path) -> RunResult:
    """The run's own document; a run that was killed before it wrote one has an empty one."""
    path = folder / DOCUMENT
    if not path.exists():
        return RunResult(verdict=Verdict.SKIPPED, interrupted=True)
    try:
        return read_result(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput.because(
            f"{path} cannot be read: {str(error).splitlines()[0]}", "run the scenarios again"
        ) from error


def judge_one_again(saved: Saved, level: Level) -> ScenarioResult:
    """One scenario judged anew; one that was skipped, or ended in the lab's trouble, stays what it was."""
    result, history, planned = saved
    if planned is None or result.verdict in (Verdict.SKIPPED, Verdict.ERROR):
        return result
    facts = {key: getattr(result, key) for key in KEPT}
    return judged(_scenario(result), planned, history, Options(seed=result.seed, level=level), **facts)


def _scenario(result: ScenarioResult) -> Scenario:
    """The scenario as it was read then, the case of it that ran."""
    scenarios = load_text(result.yaml, result.path)
    return next((scenario for scenario in scenarios if result.name.startswith(scenario.name)), scenarios[0])
