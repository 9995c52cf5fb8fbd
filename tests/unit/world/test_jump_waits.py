"""What a thread waits in, by the kernel's own words: only what waits for a time is told."""

import platform
import subprocess
import sys
import time

import pytest

from lab.world.jump.building import reader
from lab.world.jump.census import Census
from lab.world.jump.records import SAME
from lab.world.jump.waits import CALLS, timed_call, timed_wait

FOREVER_MS = 0xFFFFFFFF
INTEL = pytest.mark.skipif(platform.machine() != "x86_64", reason="the table has the numbers of x86_64")
NUMBER = {call.name: number for number, call in CALLS.items()}


def words(name: str, **arguments: int) -> list[bytes]:
    """The line of `/proc/PID/syscall` for a call with these arguments, `a0` to `a5`; the rest is zero."""
    values = [arguments.get(f"a{place}", 0) for place in range(6)]
    return [str(NUMBER[name]).encode(), *(hex(value).encode() for value in [*values, 0x7FFC00, 0x7F0000])]


@pytest.mark.parametrize(
    ("name", "arguments", "is_timed"),
    [
        ("clock_nanosleep", {}, True),
        ("restart_syscall", {}, True),
        ("ppoll", {"a2": 0}, False),
        ("ppoll", {"a2": 0x7FFC10}, True),
        ("pselect6", {"a4": 0}, False),
        ("pselect6", {"a4": 0x7FFC10}, True),
        ("epoll_pwait", {"a3": 2000}, True),
        ("epoll_pwait", {"a3": 0}, True),
        ("epoll_pwait", {"a3": FOREVER_MS}, False),
        ("epoll_pwait", {"a3": 0xFFFFFFFFFFFFFFFF}, False),
        ("epoll_pwait2", {"a3": 0}, False),
        ("epoll_pwait2", {"a3": 0x7FFC10}, True),
        ("futex", {"a1": 0, "a3": 0}, False),
        ("futex", {"a1": 0, "a3": 0x7FFC10}, True),
        ("futex", {"a1": 9 | 128, "a3": 0x7FFC10}, True),
        ("futex", {"a1": 9 | 128 | 256, "a3": 0x7FFC10}, True),
        ("futex", {"a1": 1, "a3": 0x7FFC10}, False),
        ("rt_sigtimedwait", {"a2": 0}, False),
        ("rt_sigtimedwait", {"a2": 0x7FFC10}, True),
        ("semtimedop", {"a3": 0x7FFC10}, True),
        ("mq_timedreceive", {"a4": 0}, False),
        ("recvmmsg", {"a4": 0x7FFC10}, True),
    ],
)
def test_a_call_is_timed_by_what_stands_at_its_place(name: str, arguments: dict[str, int], *, is_timed: bool) -> None:
    assert timed_call(words(name, **arguments)) == (name if is_timed else "")


@INTEL
@pytest.mark.parametrize(("timeout", "is_timed"), [(2000, True), (FOREVER_MS, False)])
def test_milliseconds_below_zero_are_no_time(timeout: int, *, is_timed: bool) -> None:
    assert bool(timed_call(words("poll", a2=timeout))) == is_timed


@pytest.mark.parametrize("line", [b"", b"running", b"-1 0x7ffc00 0x7f0000", b"99999 0x0 0x0 0x0 0x0 0x0 0x0 0x1 0x2"])
def test_what_is_no_known_call_is_no_timed_wait(line: bytes) -> None:
    assert timed_call(line.split()) == ""


def come_to_rest(pid: int) -> None:
    census = Census(reader())
    census.add(pid)
    deadline = time.monotonic() + 20
    while census.look() != SAME:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    census.remove(pid)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import time; time.sleep(60)", "clock_nanosleep"),
        ("import signal; signal.pause()", ""),
        ("import os; os.read(os.pipe()[0], 1)", ""),
        ("import threading; threading.Lock().acquire(); l = threading.Lock(); l.acquire(); l.acquire()", ""),
        ("import threading; l = threading.Lock(); l.acquire(); l.acquire(timeout=60)", "futex"),
    ],
)
def test_a_living_program_is_seen_in_its_wait(code: str, expected: str) -> None:
    script = f"import os; os.write(1, b'!')\n{code}"
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.read(1)
        try:
            come_to_rest(process.pid)
            assert timed_wait(process.pid, process.pid) == expected
        finally:
            process.kill()


def test_a_process_that_is_gone_waits_for_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait(20)
    assert timed_wait(process.pid, process.pid) == ""
