"""Who isolated programs are: where the lab is root they are nobody, if nobody can reach what they consist of."""

import contextlib
import os
import resource
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from functools import cache

from lab.world.base import Program
from lab.world.real.nursery import kin
from lab.world.real.nursery.birth import PAGE
from lab.world.real.nursery.users import NAME, User, become, closed, stranger
from lab.world.real.scratch import scratch

PRELOADED = "LD_PRELOAD"


@cache
def refusal() -> str:
    """Why programs cannot be another user than the lab, where that is root; empty if they can, or it is not.

    It is tried once, by a fork that becomes another user.

    Raises:
        LabTrouble: There is no place for temporary files.
    """
    user = stranger()
    if user is None:
        return "" if os.geteuid() else f"there is no user {NAME}"
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(BaseException):  # a fork of the lab must not go on as the lab
            os.fchown(os.memfd_create(NAME), *user)
            become(user)
            os.write(write, b"1")
            signal.pause()
        os._exit(1)
    os.close(write)
    try:
        if not os.read(read, 1):
            return f"this root may not become {NAME}, or give files away"
        _watched(pid)
    except OSError:
        return f"this root may not watch and limit what {NAME} runs (CAP_SYS_PTRACE, CAP_SYS_RESOURCE)"
    finally:
        os.close(read)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return _closed_in((sys.executable, os.__file__, str(scratch().parent)), user)


def _watched(pid: int) -> None:
    """Do to a process what the lab must be able to do to a program.

    Raises:
        OSError: It cannot.
    """
    for name in ("fd", "task"):
        os.listdir(f"/proc/{pid}/{name}")  # noqa: PTH208 - as in `RealProcess`
    kin.read(f"/proc/{pid}/environ")
    resource.prlimit(pid, resource.RLIMIT_NOFILE, resource.prlimit(pid, resource.RLIMIT_NOFILE))


def user_of(program: Program, environment: Mapping[str, str]) -> User | None:
    """Whom a program is to be; None: who the lab is.

    Args:
        program: Its folder is given to that user anyway.
        environment: All that it will find there.
    """
    user = stranger() if program.isolated else None
    return None if user is None or refusal() or why_not(program.argv, environment, str(program.folder)) else user


def why_not(argv: Sequence[str], environment: Mapping[str, str], folder: str = "") -> str:
    """Why a command cannot be run by another user, where the lab is root; empty if it can.

    Args:
        argv: Its words; those that are paths must be open to that user, unless they lead into the folder.
        environment: What the program finds there.
        folder: Its working folder; empty if that is not known yet.
    """
    user = stranger()
    if user is None:
        return ""
    words = [shutil.which(argv[0]) or "", *argv[1:], environment.get(PAGE, ""), environment.get(PRELOADED, "")]
    inside = f"{folder}{os.sep}" if folder else "\0"
    return _closed_in([word for word in words if word.startswith(os.sep) and not word.startswith(inside)], user)


def _closed_in(paths: Sequence[str], user: User) -> str:
    found = (_closed(path, user) for path in paths)
    return next((f"{place} is closed to the user {NAME}" for place in found if place), "")


_closed = cache(closed)
