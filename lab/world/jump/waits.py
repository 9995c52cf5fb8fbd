"""What a sleeping thread waits in, by the kernel's own word: the system call it is blocked in, and whether it is timed.

A timed wait that is not in the page runs on real time: its program reached the kernel past the shim, and the jump
clock would run away from it. `/proc/PID/task/TID/syscall` tells the call's number and its first six arguments.
"""

import platform
from dataclasses import dataclass
from pathlib import Path

from lab.world.real.nursery.kin import read

NONE = 0
ENDLESS_MS = 0x80000000
"""A time-out in milliseconds is an int, and below zero it is none: as it stands in a register, from here on."""
TIMED_FUTEX = (0, 6, 9, 11, 13)
"""futex operations that wait: WAIT, LOCK_PI, WAIT_BITSET, WAIT_REQUEUE_PI, LOCK_PI2."""


@dataclass(frozen=True, slots=True)
class Call:
    """A system call that may wait for a time.

    Attributes:
        argument: Where its time-out stands, from 0; -1: it is always timed.
        is_ms: Whether that is a number of milliseconds, and not a pointer.
    """

    name: str
    argument: int = -1
    is_ms: bool = False


NUMBERS = {
    "x86_64": {
        7: Call("poll", 2, is_ms=True),
        23: Call("select", 4),
        35: Call("nanosleep"),
        128: Call("rt_sigtimedwait", 2),
        202: Call("futex", 3),
        208: Call("io_getevents", 4),
        219: Call("restart_syscall"),
        220: Call("semtimedop", 3),
        230: Call("clock_nanosleep"),
        232: Call("epoll_wait", 3, is_ms=True),
        242: Call("mq_timedsend", 4),
        243: Call("mq_timedreceive", 4),
        270: Call("pselect6", 4),
        271: Call("ppoll", 2),
        281: Call("epoll_pwait", 3, is_ms=True),
        299: Call("recvmmsg", 4),
        426: Call("io_uring_enter"),
        441: Call("epoll_pwait2", 3),
        449: Call("futex_waitv", 3),
    },
    "aarch64": {
        4: Call("io_getevents", 4),
        22: Call("epoll_pwait", 3, is_ms=True),
        72: Call("pselect6", 4),
        73: Call("ppoll", 2),
        98: Call("futex", 3),
        101: Call("nanosleep"),
        115: Call("clock_nanosleep"),
        128: Call("restart_syscall"),
        137: Call("rt_sigtimedwait", 2),
        182: Call("mq_timedsend", 4),
        183: Call("mq_timedreceive", 4),
        192: Call("semtimedop", 3),
        243: Call("recvmmsg", 4),
        426: Call("io_uring_enter"),
        441: Call("epoll_pwait2", 3),
        449: Call("futex_waitv", 3),
    },
}
CALLS = NUMBERS.get(platform.machine(), {})


def timed_wait(pid: int, tid: int) -> str:
    """The name of the timed system call a thread is blocked in; empty if it waits for no time, or is gone."""
    try:
        words = read(f"/proc/{pid}/task/{tid}/syscall").split()
    except ProcessLookupError:
        return ""
    except OSError as error:
        return "" if not Path(f"/proc/{pid}").exists() else f"an unknown call ({error.strerror})"
    return timed_call(words)


def timed_call(words: list[bytes]) -> str:
    """The name of the call that these words of the kernel tell of, if it waits for a time."""
    if not words or not words[0].lstrip(b"-").isdigit():
        return ""
    call = CALLS.get(int(words[0]))
    if call is None:
        return ""
    arguments = [int(word, 16) for word in words[1:7]]
    if call.name == "futex" and arguments[1] & 127 not in TIMED_FUTEX:
        return ""
    return call.name if call.argument < 0 or _is_timed(arguments[call.argument], is_ms=call.is_ms) else ""


def _is_timed(timeout: int, *, is_ms: bool) -> bool:
    return timeout & 0xFFFFFFFF < ENDLESS_MS if is_ms else timeout != NONE
