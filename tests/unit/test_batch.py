"""Which scenarios run beside which, and what becomes of the inconclusive ones."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from lab.history import History
from lab.result import Finding, ScenarioResult
from lab.runner.batch import COMPANY, Batch
from lab.runner.confirming import could_be_noise
from lab.runner.finishing import Run
from lab.runner.foresight import foreseen
from lab.runner.options import Options
from lab.runner.trial import Trial
from lab.scenario.load import load
from lab.scenario.model import Scenario
from lab.scenario.profile import load_profile
from lab.verdict import Verdict
from lab.world.real.world import RealWorld
from tests.running import REFERENCE, scenario

PROFILE = load_profile(REFERENCE)


@dataclass
class Attempts:
    """Stands in for the real ones: each scenario is inconclusive so often as said, and notes how many ran beside it."""

    doubts: dict[str, int]
    late: float = 1.0
    beside: list[tuple[str, int]] = field(default_factory=list)
    why_ended: str = ""
    _now: int = 0

    async def once(self, trial: Trial) -> Run:
        one = trial.scenario
        self._now += 1
        await _a_turn()
        self.beside.append((one.name, self._now))
        await _a_turn()
        self._now -= 1
        left = self.doubts.get(one.name, 0)
        self.doubts[one.name] = left - 1
        verdict = Verdict.INCONCLUSIVE if left > 0 else Verdict.PASSED
        plan: Any = SimpleNamespace()
        finding = Finding(check="c", verdict=verdict, sentence="S.", excess=self.late)
        result = ScenarioResult(name=one.name, path="", verdict=verdict, findings=(finding,))
        return Run(result, History(), plan, parts={"page": ""}, is_saved=verdict is Verdict.PASSED)


async def _a_turn() -> None:
    loop = asyncio.get_running_loop()
    turned = loop.create_future()
    loop.call_soon(turned.set_result, None)
    await turned


def scenarios(folder: Path, queries: str = "[{ask: x.example}]", number: int = 1, alone: str = "") -> list[Scenario]:
    found = []
    for index in range(number):
        path = folder / f"s{index}.yaml"
        path.write_text(scenario("", queries) + alone, encoding="utf-8")
        found += load(path)
    return found


def ran(
    doubts: dict[str, int],
    them: list[Scenario],
    jobs: int = 128,
    runs: list[Run] | None = None,
    *,
    one_by_one: bool = False,
    late: float = 1.0,
) -> tuple[dict[str, ScenarioResult], list[tuple[str, int]]]:
    world = RealWorld(0)
    hear = (runs if runs is not None else []).append
    batch = Batch(world, Options(jobs=jobs), lambda _, run: hear(run), one_by_one=one_by_one)
    attempts = Attempts(doubts, late)
    vars(batch)["_attempts"] = attempts
    try:
        world.run(batch.run(Trial(one, PROFILE) for one in them))
    finally:
        world.close()
    return {result.name: result for result in batch.results}, attempts.beside


def test_where_all_have_the_same_ports_none_runs_beside_another_nor_is_repeated_so(tmp_path: Path) -> None:
    them = scenarios(tmp_path, number=5)
    results, beside = ran({one.name: 1 for one in them}, them, one_by_one=True)
    assert [(name, 1) for name in [one.name for one in them] * 2] == beside
    assert all(result.verdict is Verdict.PASSED for result in results.values())


def test_inconclusive_ones_are_repeated_a_few_at_once(tmp_path: Path) -> None:
    them = scenarios(tmp_path, number=COMPANY + 3)
    results, beside = ran({one.name: 1 for one in them}, them)
    assert {result.verdict for result in results.values()} == {"passed"}
    assert [number for _, number in beside] == [COMPANY + 3] * (COMPANY + 3) + [COMPANY] * COMPANY + [3] * 3
    assert not any(result.lonely for result in results.values())
    assert all("the repeat, beside few others, of a run" in result.warnings[0] for result in results.values())


def test_what_is_inconclusive_beside_few_others_is_repeated_alone_and_then_its_verdict_stands(tmp_path: Path) -> None:
    results, beside = ran({"s0": 2, "s1": 3, "s2": 1}, scenarios(tmp_path, number=4))
    assert {name: (result.verdict.value, result.lonely) for name, result in results.items()} == {
        "s0": ("passed", True),
        "s1": ("inconclusive", True),
        "s2": ("passed", False),
        "s3": ("passed", False),
    }
    assert sorted(beside[-2:]) == [("s0", 1), ("s1", 1)]


def test_where_noise_has_no_part_all_are_repeated_at_once_and_what_is_so_again_stands(tmp_path: Path) -> None:
    them = scenarios(tmp_path, number=COMPANY + 3)
    results, beside = ran({one.name: 9 for one in them} | {"s0": 1}, them, late=0.0)
    assert [number for _, number in beside] == [COMPANY + 3] * 2 * (COMPANY + 3)
    assert {name for name, result in results.items() if result.verdict is Verdict.PASSED} == {"s0"}
    assert not any(result.lonely for result in results.values())


def test_what_is_inconclusive_without_a_reason_may_be_noise() -> None:
    nothing = ScenarioResult(name="n", path="", verdict=Verdict.INCONCLUSIVE)
    aside = Finding(check="c", verdict=Verdict.INCONCLUSIVE, sentence="S.", counts=False)
    assert could_be_noise(nothing)
    assert could_be_noise(nothing.model_copy(update={"findings": (aside,)}))
    assert not could_be_noise(nothing.model_copy(update={"findings": (aside.model_copy(update={"counts": True}),)}))


def test_what_a_result_is_told_after_it_was_judged_is_saved_and_drawn_with_it(tmp_path: Path) -> None:
    runs: list[Run] = []
    ran({"s1": 1}, scenarios(tmp_path, number=2), runs=runs)
    told = {run.result.name: (bool(run.result.warnings), run.is_saved, dict(run.parts)) for run in runs}
    assert told == {"s0": (False, True, {"page": ""}), "s1": (True, False, {})}


def test_a_single_repeat_is_alone_at_once(tmp_path: Path) -> None:
    results, beside = ran({"s1": 9}, scenarios(tmp_path, number=2))
    assert (results["s1"].verdict, results["s1"].lonely, beside[2:]) == ("inconclusive", True, [("s1", 1)])


def test_where_one_runs_at_a_time_repeats_are_alone(tmp_path: Path) -> None:
    results, beside = ran({"s0": 9, "s1": 1}, scenarios(tmp_path, number=2), jobs=1)
    assert [(results[name].verdict, results[name].lonely) for name in ("s0", "s1")] == [
        ("inconclusive", True),
        ("passed", True),
    ]
    assert [name for name, _ in beside] == ["s0", "s1", "s0", "s1"]


def test_one_that_must_run_alone_is_repeated_alone(tmp_path: Path) -> None:
    them = scenarios(tmp_path, number=3, alone="alone: true\n")
    results, beside = ran({"s0": 1, "s1": 1}, them)
    assert {result.verdict for result in results.values()} == {"passed"}
    assert {number for _, number in beside} == {1}


def test_what_takes_long_begins_first(tmp_path: Path) -> None:
    (tmp_path / "long").mkdir()
    (short,) = scenarios(tmp_path, "[{ask: x.example, expect: {answer: 1.1.1.1}}]")
    (long,) = scenarios(tmp_path / "long", "[{ask: none.example, expect: {not_found: 5s}}]")
    assert (foreseen(short), foreseen(long)) == (0.0, 4.98)
    _, beside = ran({}, [short, long.model_copy(update={"name": "long"})])
    assert [name for name, _ in beside] == ["long", "s0"]


def test_a_query_of_which_nothing_is_said_may_last_until_the_server_gives_up(tmp_path: Path) -> None:
    (unsaid,) = scenarios(tmp_path, "[{ask: one.example}, {ask: two.example}]")
    assert foreseen(unsaid) == 10.0


def test_what_is_waited_for_counts_from_zero_or_from_what_happens(tmp_path: Path) -> None:
    steps = "{ask: none.example, id: none, expect: {not_found: 5s}}"
    (timed,) = scenarios(tmp_path, f"[{steps}, {{wait: 7s}}]")
    (hung,) = scenarios(tmp_path, f"[{steps}, {{wait: {{answered: none, plus: 1s}}}}]")
    assert (foreseen(timed), foreseen(hung)) == (7.0, 5.98)


class Picky:
    """Stands in for a crew: what it cannot serve is the business of one system."""

    def __init__(self, cannot: str) -> None:
        self.cannot = cannot
        self.room = 4
        self.asked: list[str] = []

    async def run(self, trial: Trial) -> Run:
        await _a_turn()
        self.asked.append(trial.id)
        is_refused = trial.group == self.cannot
        verdict = Verdict.SKIPPED if is_refused else Verdict.PASSED
        result = ScenarioResult(name=trial.scenario.name, path="", verdict=verdict, reason="no" if is_refused else "")
        return Run(result, History(), None, is_for_another_clock=is_refused)


def test_a_system_that_the_jump_clock_cannot_serve_keeps_no_other_from_it(tmp_path: Path) -> None:
    world, crew = RealWorld(0), Picky("static")
    ended: list[tuple[str, Verdict]] = []
    batch = Batch(
        world, Options(clock="auto"), lambda trial, run: ended.append((trial.id, run.result.verdict)), cast("Any", crew)
    )
    attempts = Attempts({})
    vars(batch)["_attempts"] = attempts
    them = scenarios(tmp_path, number=12)
    try:
        world.run(batch.run(Trial(one, PROFILE, group) for group in ("static", "sound") for one in them))
    finally:
        world.close()
    assert len(ended) == 24
    assert {verdict for _, verdict in ended} == {Verdict.PASSED}
    assert sum(one.startswith("sound/") for one in crew.asked) == 12
    assert sum(one.startswith("static/") for one in crew.asked) < 12
    assert len(attempts.beside) == 12


@dataclass
class Verdicts:
    """Stands in for the attempts, or for a crew: each run of a scenario has the next of its verdicts."""

    says: dict[str, list[Verdict]]
    room: int = 4
    why_ended: str = ""
    asked: list[str] = field(default_factory=list)

    async def once(self, trial: Trial) -> Run:
        await _a_turn()
        self.asked.append(trial.scenario.name)
        verdict = self.says[trial.scenario.name].pop(0)
        result = ScenarioResult(name=trial.scenario.name, path="", verdict=verdict, reason="a reason")
        return Run(result, History(), None, is_saved=True)

    run = once


P, F, Q, E = Verdict.PASSED, Verdict.FAILED, Verdict.INCONCLUSIVE, Verdict.ERROR


@pytest.mark.parametrize(
    ("jumped", "real", "verdict", "is_second_thought"),
    [
        ([P], [], P, False),
        ([F], [F], F, False),
        ([F], [P], P, True),
        ([F], [Q, F], F, False),
        ([F], [Q, P], P, True),
        ([F], [E, Q], Q, False),
        ([E], [F, F], F, False),
        ([E], [F, P], P, True),
        ([Q], [F, F], F, False),
        ([Q], [Q], Q, False),
        ([Q], [P], P, False),
    ],
)
def test_where_it_is_for_grades_a_failure_counts_when_it_was_found_again_on_the_real_clock(
    tmp_path: Path, jumped: list[Verdict], real: list[Verdict], verdict: Verdict, *, is_second_thought: bool
) -> None:
    world = RealWorld(0)
    crew, attempts = Verdicts({"s0": list(jumped)}), Verdicts({"s0": list(real)})
    ended: list[Run] = []
    options = Options(clock="auto", is_for_grades=True)
    batch = Batch(world, options, lambda _, run: ended.append(run), cast("Any", crew))
    vars(batch)["_attempts"] = attempts
    try:
        world.run(batch.run(Trial(one, PROFILE) for one in scenarios(tmp_path)))
    finally:
        world.close()
    (run,) = ended
    assert (run.result.verdict, run.is_second_thought) == (verdict, is_second_thought)
    assert attempts.says == {"s0": []}
    assert not run.is_saved or not is_second_thought, "it is saved again, with the warning"


def test_what_failed_once_and_could_not_be_run_again_is_not_said_to_have_failed(tmp_path: Path) -> None:
    world = RealWorld(0)
    ended: list[Run] = []
    crew = Verdicts({"s0": [F], "s1": [F]})
    batch = Batch(world, Options(clock="auto", is_for_grades=True), lambda _, run: ended.append(run), cast("Any", crew))
    once = crew.run

    async def interrupted(trial: Trial) -> Run:
        run = await once(trial)
        batch.stop()
        return run

    vars(crew)["run"] = interrupted
    try:
        world.run(batch.run(Trial(one, PROFILE) for one in scenarios(tmp_path, number=2)))
    finally:
        world.close()
    assert ended == []
