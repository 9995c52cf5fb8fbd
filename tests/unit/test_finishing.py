"""Who judges, saves and draws what has run on the real clock: a clerk, or, where it has gone, the lab itself."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.errors import LabTrouble
from lab.history import History
from lab.runner import finishing
from lab.runner.finishing import Clerk, Job, Run
from lab.runner.options import Options
from lab.runner.saving import RunFolder
from lab.runner.session import Session
from lab.runner.trial import Trial
from lab.runner.verdicts import plan_of
from lab.scenario.load import load
from lab.scenario.model import Scenario
from lab.scenario.profile import load_profile
from lab.verdict import Verdict
from lab.world.real.world import RealWorld
from tests.running import REFERENCE, scenario

PROFILE = load_profile(REFERENCE)
REAL = Options(clock="real")


@pytest.fixture
def answered(tmp_path: Path) -> Scenario:
    path = tmp_path / "answered.yaml"
    path.write_text(scenario("", "[{ask: known.example, expect: {answer: 1.1.1.1}}]"), encoding="utf-8")
    return load(path)[0]


@pytest.fixture
def clerk(tmp_path: Path) -> Iterator[Clerk]:
    made = Clerk(REAL, RunFolder(tmp_path / "out"))
    yield made
    made.close()


def ran(folder: Path, one: Scenario, *, is_clerk_killed: bool = False) -> tuple[Verdict, list[Run]]:
    """A session with one scenario on the real clock: its verdict, and the runs that it was told of."""
    runs: list[Run] = []

    class Hearing(Session):
        def _ended(self, trial: Trial, run: Run) -> None:
            runs.append(run)
            super()._ended(trial, run)

    session = Hearing(PROFILE, REAL, RunFolder(folder), "again")
    if is_clerk_killed:
        assert session._staff.clerk is not None
        session._staff.clerk._worker.kill("was killed")
    return session.run([one]).verdict, runs


@pytest.mark.parametrize("is_clerk_killed", [False, True])
def test_a_run_is_judged_saved_and_drawn_also_without_a_clerk(
    tmp_path: Path, answered: Scenario, *, is_clerk_killed: bool
) -> None:
    verdict, (run,) = ran(tmp_path / "out", answered, is_clerk_killed=is_clerk_killed)
    assert verdict is run.result.verdict is Verdict.PASSED, run.result
    assert run.is_saved
    assert run.parts.keys() == {"page", "document", "junit"}
    assert run.history.first("outcome") is not None, "the lab keeps its own history of it"
    saved = tmp_path / "out" / run.result.folder
    assert json.loads((saved / "result.json").read_text(encoding="utf-8"))["verdict"] == "passed"
    assert len((saved / "history.jsonl").read_text(encoding="utf-8").splitlines()) == len(run.history)


def test_what_may_be_run_again_is_not_saved_yet(tmp_path: Path, answered: Scenario, clerk: Clerk) -> None:
    job = Job(Trial(answered, PROFILE), plan_of(answered, PROFILE, None), History(), 0.1, "real")
    run = finished_by(clerk, job)
    assert (run.result.verdict, run.is_saved, dict(run.parts)) == (Verdict.ERROR, False, {})
    assert run.planned is job.planned
    assert not (tmp_path / "out" / run.result.folder).exists()


def test_a_bug_of_judging_is_the_labs_trouble_and_ends_no_clerk(
    tmp_path: Path, answered: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(finishing, "judged", broken)
    clerk = Clerk(REAL, RunFolder(tmp_path / "out"))
    monkeypatch.undo()
    job = Job(Trial(answered, PROFILE), plan_of(answered, PROFILE, None), History(), 0.1, "real")
    try:
        for _ in range(2):
            with pytest.raises(LabTrouble, match="a bug"):
                finished_by(clerk, job)
    finally:
        clerk.close()


def finished_by(clerk: Clerk, job: Job) -> Run:
    world = RealWorld(0)
    try:
        clerk.attach(world)
        run: Run = world.run(clerk.finish(job))
    finally:
        world.close()
    return run
