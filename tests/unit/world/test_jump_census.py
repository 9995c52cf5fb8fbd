"""The census on living processes: who sleeps, who has run, who was born, who is gone."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab.world.jump import records
from lab.world.jump.building import reader
from lab.world.jump.census import Census
from lab.world.jump.records import AWAKE, NEW, RAN, SAME

PATIENCE = 20.0
SLEEPS = "import os; os.write(1, b'!'); os.read(0, 1)"
SPINS = "import os; os.write(1, b'!')\nwhile True: pass"
THREADS = """
import os, threading
for _ in range(5):
    threading.Thread(target=os.read, args=(os.pipe()[0], 1), daemon=True).start()
os.write(1, b'!'); os.read(0, 1)
"""
FORKS_WHEN_TOLD = """
import os, signal
os.write(1, b'!'); os.read(0, 1)
if os.fork() == 0:
    os.write(1, b'?'); signal.pause()
os.read(0, 1)
"""


@contextlib.contextmanager
def running(code: str) -> "Iterator[subprocess.Popen[bytes]]":
    """A process that has begun, in a session of its own, and is killed with all that it forked."""
    command = [sys.executable, "-c", code]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, start_new_session=True
    ) as it:
        assert it.stdout is not None
        it.stdout.read(1)
        try:
            yield it
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(it.pid, signal.SIGKILL)


def eventually(holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.001)
    return True


def tell(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdin is not None
    process.stdin.write(b".")


def at_rest(census: Census) -> bool:
    return eventually(lambda: census.look() == SAME)


@pytest.fixture
def census() -> Iterator[Census]:
    made = Census(reader())
    yield made
    for pid in [pid for pid, person in made.people.items() if person.is_root]:
        made.remove(pid)


def test_who_sleeps_is_at_rest_from_the_second_look_on(census: Census) -> None:
    with running(SLEEPS) as process:
        census.add(process.pid)
        assert at_rest(census)
        assert [census.look() for _ in range(5)] == [SAME] * 5
        assert census.awake() == []


def test_who_never_sleeps_is_awake_and_named(census: Census) -> None:
    with running(SPINS) as process:
        census.add(process.pid)
        assert AWAKE in [census.look() for _ in range(50)]
        assert not any(census.look() == SAME for _ in range(50))
        assert census.awake() == [process.pid]


def test_who_ran_between_two_looks_is_found_out_although_it_sleeps_again(census: Census) -> None:
    with running("import os\nos.write(1, b'!')\nwhile os.read(0, 1): os.write(1, b'.')") as process:
        census.add(process.pid)
        assert at_rest(census)
        tell(process)
        assert process.stdout is not None
        process.stdout.read(1)
        assert census.look() in (AWAKE, RAN)
        assert at_rest(census)


def test_all_threads_are_counted(census: Census) -> None:
    with running(THREADS) as process:
        census.add(process.pid)
        assert at_rest(census)
        assert len(census.people[process.pid].threads) == 6
        assert census.thread(process.pid, process.pid) is not None
        assert census.thread(process.pid, 1) is None


def test_more_threads_than_there_is_room_for_are_an_error_and_not_left_out(
    census: Census, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "RECORDS", 3)
    with running(THREADS) as process, pytest.raises(OSError, match="Too many open files"):
        census.add(process.pid)


def test_a_child_is_counted_before_all_are_at_rest_again(census: Census) -> None:
    with running(FORKS_WHEN_TOLD) as process:
        census.add(process.pid)
        assert at_rest(census)
        tell(process)
        assert process.stdout is not None
        assert process.stdout.read(1) == b"?"
        seen = [census.look()]
        assert eventually(lambda: seen.append(census.look()) or seen[-1] in (SAME, RAN))
        (child,) = census.people.keys() - {process.pid}
        assert census.people[child].root == process.pid
        assert census.people[child].threads, "a first reading is one of all threads"
        assert NEW in seen
        assert at_rest(census)
        os.kill(child, signal.SIGKILL)
        assert eventually(lambda: census.look() == SAME and census.people[child].is_gone)


def test_a_stopped_process_sleeps_and_is_known_to_be_stopped(census: Census) -> None:
    with running(SPINS) as process:
        census.add(process.pid)
        process.send_signal(signal.SIGSTOP)
        assert at_rest(census)
        thread = census.thread(process.pid, process.pid)
        assert thread is not None
        assert thread.is_stopped
        process.send_signal(signal.SIGCONT)
        assert eventually(lambda: census.look() == AWAKE)


def test_what_does_not_live_by_a_page_is_found(census: Census) -> None:
    with running(FORKS_WHEN_TOLD) as keeper:
        census.add(keeper.pid)
        assert at_rest(census)
        tell(keeper)
        assert keeper.stdout is not None
        keeper.stdout.read(1)
        assert at_rest(census)
        assert census.unattached() is None, "a fork of the keeper has what the keeper has"
    with running("import os; os.write(1, b'!'); os.execvp('sleep', ['sleep', '60'])") as other:
        stranger = Census(reader())
        stranger.add(os.getpid())
        assert eventually(lambda: _lists(stranger, other.pid))
        assert eventually(lambda: stranger.unattached() is stranger.people[other.pid])
        stranger.remove(os.getpid())


def _lists(census: Census, pid: int) -> bool:
    census.look()
    for person in census.people.values():
        for thread in person.threads.values():
            thread.record.has_run = 1
    census._list_again()
    return pid in census.people


def test_no_file_is_left_open_when_a_keeper_is_counted_no_more() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    with running(THREADS) as process:
        made = Census(reader())
        made.add(process.pid)
        assert at_rest(made)
        made.remove(process.pid)
        assert made.people == {}
    assert len(list(Path("/proc/self/fd").iterdir())) == before
