"""The jump world around one program: when time goes on, when it stands, and what is said when it cannot."""

import asyncio
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from lab.errors import LabTrouble
from lab.world.base import Program
from lab.world.jump import selector
from lab.world.jump.world import JumpWorld

PATIENCE = 30.0
Ended = int | LabTrouble


@pytest.fixture(scope="module")
def world() -> Iterator[JumpWorld]:
    made = JumpWorld()
    yield made
    made.close()


def run(world: JumpWorld, code: str, meanwhile: Callable[[], object] = lambda: None) -> tuple[Ended, str]:
    """A program from its start to its end or to the clock's trouble; `meanwhile` is called when it has started."""

    async def act() -> tuple[Ended, str]:
        troupe = await world.troupe(world.scratch / "one")
        over: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()
        said: list[bytes] = []

        def settle(value: Ended) -> None:
            if not over.done():
                over.set_result(value)

        troupe.on_lost(settle)
        program = Program("one", (sys.executable, "-c", code), world.scratch / "one")
        await troupe.start(program, lambda _, data: said.append(data), settle)
        meanwhile()
        ended = await over
        await troupe.end()
        return ended, b"".join(said).decode()

    return world.run(act())


pytestmark = pytest.mark.timeout(PATIENCE)


def test_an_hour_of_sleep_takes_an_hour_of_the_worlds_time_and_no_time_at_all(world: JumpWorld) -> None:
    began, really = world.now(), time.monotonic()
    assert run(world, "import time; time.sleep(3600)") == (0, "")
    assert 3600 <= world.now() - began < 3601
    assert time.monotonic() - really < 10


def test_the_worlds_timers_and_a_programs_sleeps_come_in_their_order(world: JumpWorld) -> None:
    rang: list[float] = []
    began = world.now()

    def arm() -> None:
        for after in (0.5, 1.5, 2.5):
            world.at(began + after, lambda: rang.append(round(world.now() - began, 3)))

    code = "import time\nfor _ in range(3): time.sleep(1); print(end='.', flush=True)"
    assert run(world, code, arm) == (0, "...")
    assert rang == [0.5, 1.5, 2.5]


def test_time_stands_still_while_somebody_computes(world: JumpWorld) -> None:
    code = "import time; a = time.monotonic(); sum(range(3_000_000)); print(f'{time.monotonic() - a:.3f}')"
    assert run(world, code) == (0, "0.000\n")


def test_where_all_sleep_for_ever_the_clock_says_who(world: JumpWorld) -> None:
    ended, _ = run(world, "import os; os.read(os.pipe()[0], 1)")
    assert isinstance(ended, LabTrouble)
    assert "nobody waits for a time: one and the lab itself" in str(ended)


def test_after_its_trouble_the_clock_jumps_again(world: JumpWorld) -> None:
    run(world, "import os; os.read(os.pipe()[0], 1)")
    really = time.monotonic()
    assert run(world, "import time; time.sleep(3600)") == (0, "")
    assert time.monotonic() - really < 10


def test_who_never_sleeps_is_named(world: JumpWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selector, "STALLED", 0.5)
    ended, _ = run(world, "while True: pass")
    assert isinstance(ended, LabTrouble)
    assert "one never slept" in str(ended)


def test_a_timer_of_the_world_rings_though_somebody_loops_over_the_clock(world: JumpWorld) -> None:
    rang: list[float] = []
    began = world.now()
    code = "import time; end = time.monotonic() + 0.2\nwhile time.monotonic() < end: pass\nprint('over')"
    ended = run(world, code, lambda: world.at(began + 0.05, lambda: rang.append(world.now() - began)))
    assert ended == (0, "over\n")
    assert len(rang) == 1
    assert 0.05 <= rang[0] < 0.15


def test_a_limit_is_told_and_not_jumped_over(world: JumpWorld) -> None:
    told: list[float] = []
    began = world.now()
    run(
        world, "import time; time.sleep(100)", lambda: world.limit(began + 50, lambda: told.append(world.now() - began))
    )
    assert len(told) == 1
    assert told[0] < 50


def test_a_limit_that_was_cancelled_is_no_limit(world: JumpWorld) -> None:
    told: list[float] = []
    began = world.now()
    code = "import time; time.sleep(100)"
    assert run(world, code, lambda: world.limit(began + 50, lambda: told.append(1.0)).cancel()) == (0, "")
    assert told == []


def test_two_programs_wait_each_in_its_own_time(world: JumpWorld) -> None:
    code = """
import subprocess, sys
waits = [subprocess.Popen([sys.executable, "-c", f"import time; time.sleep({n}); print({n}, flush=True)"])
         for n in (3, 1, 2)]
for wait in waits: wait.wait()
"""
    assert run(world, code) == (0, "1\n2\n3\n")
