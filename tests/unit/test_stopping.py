"""What servers do while their scenario, which is over, waits for its turn to be taken down."""

import asyncio
from pathlib import Path

import pytest

from lab.history import History
from lab.runner.conduct import Conductor
from lab.runner.futures import lapse
from lab.runner.stage import Stage
from lab.scenario.load import load
from lab.scenario.profile import load_profile
from lab.scenario.replacing import with_command
from lab.world.real.world import RealWorld
from tests.running import FIXTURES, REFERENCE, scenario

TICKING = with_command(load_profile(REFERENCE), "ls", f"{{python}} {FIXTURES}/ticking.py {{port}}")
IMPATIENT = TICKING.model_copy(update={"patience": 0.5})
WAIT = 1.5


class Gate(asyncio.Semaphore):
    """One that is free at the launch and, if it is to be, taken by others for a while at the end."""

    def __init__(self, world: RealWorld, *, is_taken: bool) -> None:
        super().__init__()
        self._world = world
        self._is_taken = is_taken
        self._is_others = False

    def locked(self) -> bool:
        return super().locked() or self._is_others

    async def __aenter__(self) -> None:
        if self._is_others:
            await lapse(self._world, WAIT)
            self._is_others = False
        await super().__aenter__()

    def release(self) -> None:
        super().release()
        self._is_others = self._is_taken


def conducted(path: Path, *, is_taken: bool) -> History:
    path.write_text(scenario("", "[{ask: known.example}, {wait: 500ms}]"), encoding="utf-8")
    (one,) = load(path)
    world = RealWorld(0)
    stage = Stage(world, one, IMPATIENT, world.scratch / "it", seed=0, launch="fork")

    async def conduct() -> None:
        await Conductor(stage, await world.troupe(stage.folder), Gate(world, is_taken=is_taken)).conduct()

    try:
        world.run(conduct())
    finally:
        world.close()
    return stage.history


@pytest.mark.parametrize("is_taken", [False, True])
def test_what_a_server_would_do_while_its_end_is_waited_for_does_not_happen(tmp_path: Path, *, is_taken: bool) -> None:
    history = conducted(tmp_path / "it.yaml", is_taken=is_taken)
    signals = history.all("signalled", by="lab", server="ls")
    assert [event["signal"] for event in signals] == (["STOP", "TERM", "CONT"] if is_taken else ["TERM"])
    over, ended = signals[0].at, next(event.at for event in history.all("exited", server="ls"))
    assert (ended - over >= WAIT) == is_taken
    ticks = [event.at for event in history.all("output", server="ls")]
    assert len(ticks) >= 4
    assert [at for at in ticks if at > over + 0.3] == []
