"""Every mechanism that a program can wait with, on the jump clock: it takes its time, or is refused by name."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.errors import LabTrouble
from lab.world.base import Program
from lab.world.jump.world import JumpWorld
from tests.running import FIXTURES, compiled

TIMERS = FIXTURES / "timers"
REFUSED = {
    "timer_create": "timer_create",
    "timerfd": "timerfd_create",
    "raw_nanosleep": "nanosleep",
    "raw_futex": "futex",
    "mutex_timedlock": "futex",
    "rwlock_timed": "futex",
    "mq_timedreceive": "mq_timedreceive",
    "semtimedop": "semtimedop",
    "cnd_timedwait": "futex",
}
"""Mechanisms of timers.c that the jump clock cannot serve, and what it calls each."""
TWO = "2.000"
OTHER_TIMES = {
    "gettimeofday_spin": "0.050",
    "many_threads": "2.019",
    "many_timeouts": "0.040",
    "condvar_pingpong": "2.001",
}
REAL_SECONDS = 2.0
PATIENCE = 20.0
Ended = tuple[int | LabTrouble, str]


def names_in(path: Path) -> list[str]:
    """The mechanisms that a program has, read from its table."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".c":
        return [part.partition(",")[0] for part in text.partition("mechanisms[] = {")[2].split("MECHANISM(")[1:]]
    return text.rpartition("for wait in [")[2].partition("]")[0].replace(",", " ").split()


@pytest.fixture(scope="module")
def world() -> Iterator[JumpWorld]:
    made = JumpWorld()
    yield made
    made.close()


@pytest.fixture(scope="module")
def timers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled(TIMERS / "timers.c", tmp_path_factory.mktemp("timers"), "-pthread", "-lrt")


async def run(world: JumpWorld, *argv: str) -> Ended:
    """One program from its start to its end: its status, or the clock's trouble with it; and what it printed."""
    troupe = await world.troupe(world.scratch / "timers")
    over: asyncio.Future[int | LabTrouble] = asyncio.get_running_loop().create_future()
    said: list[bytes] = []

    def settle(value: int | LabTrouble) -> None:
        if not over.done():
            over.set_result(value)

    troupe.on_lost(settle)
    program = Program("timers", argv, world.scratch / "timers")
    await troupe.start(program, lambda _, data: said.append(data), settle)
    ended = await over
    await troupe.end()
    return ended, b"".join(said).decode()


def timed(world: JumpWorld, *argv: str) -> tuple[Ended, float]:
    began = time.monotonic()
    ended = world.run(run(world, *argv))
    return ended, time.monotonic() - began


@pytest.mark.timeout(PATIENCE)
@pytest.mark.parametrize("name", [name for name in names_in(TIMERS / "timers.c") if name not in REFUSED])
def test_a_wait_of_c_takes_exactly_its_time(world: JumpWorld, timers: Path, name: str) -> None:
    ended, real = timed(world, str(timers), name)
    assert ended == (0, f"{name} elapsed={OTHER_TIMES.get(name, TWO)}\n")
    assert real < REAL_SECONDS


@pytest.mark.timeout(PATIENCE)
@pytest.mark.parametrize("name", names_in(TIMERS / "timers.py"))
def test_a_wait_of_python_takes_exactly_its_time(world: JumpWorld, name: str) -> None:
    ended, real = timed(world, sys.executable, str(TIMERS / "timers.py"), name)
    assert ended == (0, f"{name} elapsed={TWO}\n")
    assert real < REAL_SECONDS


@pytest.mark.timeout(PATIENCE)
@pytest.mark.parametrize("name", REFUSED)
def test_what_the_clock_cannot_serve_is_refused_by_name(world: JumpWorld, timers: Path, name: str) -> None:
    (ended, _), real = timed(world, str(timers), name)
    assert isinstance(ended, LabTrouble)
    assert str(ended).startswith("timers ")
    assert REFUSED[name] in str(ended)
    assert real < REAL_SECONDS


def test_the_names_here_are_those_that_the_programs_have(timers: Path) -> None:
    for program, command in (("timers.c", [str(timers)]), ("timers.py", [sys.executable, str(TIMERS / "timers.py")])):
        printed = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True).stdout
        assert [line.split()[0] for line in printed.splitlines()] == names_in(TIMERS / program)
