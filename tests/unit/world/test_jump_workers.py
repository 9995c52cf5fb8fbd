"""Workers: forks that answer what they are asked, and are missed when they end."""

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.errors import LabTrouble
from lab.world.real.world import RealWorld
from lab.world.workers import Desk, Worker, processors

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")  # pytest and xdist have threads
BIG = 20_000_000
PATIENCE = 30.0
Hire = Callable[[Callable[[Desk], None]], Worker]


@pytest.fixture
def world() -> Iterator[RealWorld]:
    made = RealWorld()
    yield made
    made.close()


@pytest.fixture
def hire(world: RealWorld) -> Iterator[Hire]:
    """Hires workers, of whom none is left at the end."""
    hired: list[Worker] = []

    def one(work: Callable[[Desk], None]) -> Worker:
        hired.append(Worker(work, min(os.sched_getaffinity(0))))
        hired[-1].attach(world)
        return hired[-1]

    yield one
    for worker in hired:
        worker.kill("was ended")
        worker.close()
        assert not Path(f"/proc/{worker.pid}").exists()


def echo(desk: Desk) -> None:
    while True:
        desk.give(desk.take())


def run(world: RealWorld, work: Coroutine[Any, Any, Any]) -> Any:
    return world.run(asyncio.wait_for(work, PATIENCE))


def test_an_answer_is_what_was_given(world: RealWorld, hire: Hire) -> None:
    assert run(world, hire(echo).ask({"a": [1, None, "ä"]})) == {"a": [1, None, "ä"]}


def test_questions_are_answered_in_their_order(world: RealWorld, hire: Hire) -> None:
    worker = hire(echo)

    async def ask() -> list[int]:
        return list(await asyncio.gather(*(worker.ask(number) for number in range(50))))

    assert run(world, ask()) == list(range(50))


def test_big_requests_and_answers_pass_whole(world: RealWorld, hire: Hire) -> None:
    assert run(world, hire(echo).ask(b"x" * BIG)) == b"x" * BIG


def test_what_was_said_before_anybody_asked_is_kept(world: RealWorld, hire: Hire) -> None:
    def work(desk: Desk) -> None:
        desk.give("ready")
        echo(desk)

    worker = hire(work)

    async def hear() -> list[Any]:
        return [await worker.answer(), await worker.ask("then")]

    assert run(world, hear()) == ["ready", "then"]


def test_a_worker_that_is_killed_is_missed_at_once_and_for_ever(world: RealWorld, hire: Hire) -> None:
    worker = hire(lambda desk: signal.pause() if desk.take() else None)

    async def ask() -> None:
        asked = asyncio.ensure_future(worker.ask("anything"))
        await asyncio.sleep(0)
        worker.kill("was ended")
        with pytest.raises(LabTrouble, match="a worker of the lab was ended"):
            await asked
        assert worker.is_gone
        with pytest.raises(LabTrouble, match="worker"):
            await worker.ask("more")

    run(world, ask())


def test_a_worker_that_breaks_is_missed_and_says_why(
    world: RealWorld, hire: Hire, capfd: pytest.CaptureFixture[str]
) -> None:
    def work(desk: Desk) -> None:
        raise ZeroDivisionError(desk.take())

    async def ask(worker: Worker) -> None:
        with pytest.raises(LabTrouble, match="worker"):
            await worker.ask("what broke it")

    run(world, ask(hire(work)))
    assert "ZeroDivisionError: what broke it" in capfd.readouterr().err


def test_workers_do_not_hold_each_others_ends_open(hire: Hire) -> None:
    first, second = hire(echo), hire(echo)
    first.close()
    assert not Path(f"/proc/{first.pid}").exists(), "it ended, although the second was forked while it was there"
    assert Path(f"/proc/{second.pid}").exists()


def test_an_interrupt_is_a_signal_that_work_may_take(world: RealWorld, hire: Hire) -> None:
    def work(desk: Desk) -> None:
        signal.signal(signal.SIGTERM, lambda *_: desk.give("interrupted"))
        desk.give("ready")
        signal.pause()
        desk.take()

    worker = hire(work)

    async def interrupt() -> Any:
        assert await worker.answer() == "ready"
        worker.interrupt()
        return await worker.answer()

    assert run(world, interrupt()) == "interrupted"


def test_a_worker_has_a_session_of_its_own(world: RealWorld, hire: Hire) -> None:
    worker = hire(lambda desk: desk.give((desk.take(), os.getsid(0))))
    assert run(world, worker.ask(None)) == (None, worker.pid)


def test_the_processors_are_those_that_this_process_may_use() -> None:
    assert processors() == sorted(os.sched_getaffinity(0))


def test_a_request_that_fills_the_socket_holds_up_nobody(world: RealWorld, hire: Hire) -> None:
    """The worker is still answering, at length, when the next request, as long, is sent."""
    long = "x" * (1 << 22)

    def work(desk: Desk) -> None:
        while True:
            desk.give(desk.take() + long)

    worker = hire(work)

    async def ask() -> list[int]:
        return [len(answer) for answer in await asyncio.gather(*(worker.ask(long) for _ in range(4)))]

    assert run(world, ask()) == [1 << 23] * 4
