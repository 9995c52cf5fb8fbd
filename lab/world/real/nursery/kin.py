"""Descendants: finding them, being told of them, and ending them, again until none is left. Linux's /proc and prctl."""

import contextlib
import ctypes
import errno
import os
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
ROUNDS = 400
MANY = 16
CHUNK = 1 << 16
_LIBC = ctypes.CDLL(None, use_errno=True)
_FORK = ctypes.PyDLL(None, use_errno=True).fork
"""The C library's own, which returns twice into the one thread there is, with Python's lock held as before."""
_ATTACH = getattr(_LIBC, "fault_lab_attach", None)
"""The shim's, where it is loaded: looked up before any fork, as every child would have to do it again."""


def fork() -> int:
    """Fork without what Python does after a fork: it makes locks anew that one thread cannot have left locked.

    That writes to a quarter of all pages that a server's start writes to, each of which the kernel copies. Only for a
    process of one thread; see `lab.world.real.nursery.birth.REPAIRS`, too.

    Raises:
        OSError: There can be no more processes.
    """
    pid: int = _FORK()
    if pid < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return pid


def adopt_orphans() -> None:
    """Become the parent of every orphaned descendant."""
    _LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def die_with_parent(parent: int) -> None:
    """Be killed when the parent process ends, also if it ended before this call."""
    _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def attach(page: str) -> None:
    """Live by the time of a page from now on (see `lab/world/jump/shim.c`, which is loaded already).

    Raises:
        OSError: The page cannot be had.
    """
    error = _ATTACH(os.fsencode(page)) if _ATTACH is not None else errno.ENOSYS
    if error:
        raise OSError(error, os.strerror(error))


def read(path: str) -> bytes:
    """The whole of a file of the kernel's; pathlib takes four times as long, and every scenario's end waits for it."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        found = part = os.read(fd, CHUNK)
        while part:
            part = os.read(fd, CHUNK)
            found += part
        return found
    finally:
        os.close(fd)


def children_of(pid: int) -> list[int]:
    """The living children of a process, of all its threads."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - pathlib is four times as slow
            with contextlib.suppress(OSError):
                found += map(int, read(f"/proc/{pid}/task/{task}/children").split())
    return found


def descendants_of(pid: int) -> list[int]:
    """All living descendants, parents before their children."""
    found = dict.fromkeys(children_of(pid))
    unasked = list(found)
    while unasked:
        newborn = [grandchild for child in unasked for grandchild in children_of(child) if grandchild not in found]
        found.update(dict.fromkeys(newborn))
        unasked = newborn
    return list(found)


def command_of(pid: int) -> str:
    """What a process runs, in one line; empty if it is gone or a zombie."""
    try:
        return read(f"/proc/{pid}/cmdline").replace(b"\0", b" ").decode("utf-8", "replace").strip()
    except OSError:
        return ""


def places_of(pid: int) -> list[str]:
    """The working directory of a process, and the HOME that it was executed with."""
    places: list[str] = []
    with contextlib.suppress(OSError):
        places.append(str(Path(f"/proc/{pid}/cwd").readlink()))
    with contextlib.suppress(OSError):
        words = read(f"/proc/{pid}/environ").split(b"\0")
        places += [os.fsdecode(word.removeprefix(b"HOME=")) for word in words if word.startswith(b"HOME=")]
    return places


def end(pids: Iterable[int], number: int = signal.SIGKILL) -> None:
    """SIGKILL, or another signal."""
    for pid in pids:
        with contextlib.suppress(OSError):
            os.kill(pid, number)


def reap() -> list[tuple[int, int]]:
    """The children that have ended: pid, and exit code or minus the signal."""
    ended: list[tuple[int, int]] = []
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if not pid:
            return ended
        ended.append((pid, os.waitstatus_to_exitcode(status)))


def end_all() -> list[tuple[int, int]]:
    """Kill every descendant until none is left; those that were reaped on the way."""
    return end_those(lambda: descendants_of(os.getpid()))


def end_those(find: Callable[[], list[int]]) -> list[tuple[int, int]]:
    """Kill all that is found until nothing is; those that were reaped on the way.

    Many are stopped first: then none of them forks while the others are killed.
    """
    ended: list[tuple[int, int]] = []
    for attempt in range(ROUNDS):
        left = find()
        if not left:
            break
        if len(left) > MANY:
            end(left, signal.SIGSTOP)
            left = find()
        end(left)
        time.sleep(min(0.0005 * (attempt + 1), 0.02))
        ended += reap()
    return ended + reap()
