"""The warden: one warm Python per run that forks keepers, and at the end of the lab ends everything."""

import contextlib
import gc
import os
import select
import shutil
import signal
import socket
from typing import Any

from lab.world.real.nursery import birth, bounds, confining, kin, users
from lab.world.real.nursery.keeper import FDS, Bell, Keeper

READY = b"ready"
PASSED = 0o711
"""The mode of a folder through which another user comes to its own, and sees nothing else there."""
WARM = (
    "argparse",
    "collections",
    "getopt",
    "io",
    "logging",
    "queue",
    "random",
    "re",
    "select",
    "selectors",
    "signal",
    "socket",
    "socketserver",
    "string",
    "struct",
    "subprocess",
    "threading",
    "time",
    "traceback",
)


def main(fd: int, scratch: str, pristine: frozenset[str]) -> None:
    """Serve the lab over the socket `fd` until its end; then kill all descendants and remove the scratch folder.

    Args:
        fd: A packet socket: each packet brings the descriptor of a new keeper's socket.
        scratch: The run's folder of temporary files, which is made here, lest anybody else have to remove it.
        pristine: The modules a fresh interpreter has.
    """
    with contextlib.suppress(OSError):
        os.setsid()
    sock = socket.socket(fileno=fd)
    try:
        os.mkdir(scratch, 0o700)  # noqa: PTH102 - pathlib is warmed below
        if users.stranger():
            os.chmod(scratch, PASSED)  # noqa: PTH101 - as above
    except OSError as error:
        sock.send(str(error.strerror).encode())
        return
    kin.adopt_orphans()
    for module in WARM:
        __import__(module)
    _rehearse()
    birth.prepare_streams()
    birth.hide_modules(pristine)
    gc.collect()
    gc.freeze()
    fence = confining.Fence(confining.signals_only(), bounds.processes_of_user())
    bell = Bell()
    with contextlib.suppress(OSError):  # the lab may be gone already; then the end of file is next
        sock.send(READY)
    keepers: set[int] = set()
    try:
        while _turn(sock, bell, keepers, fence):
            pass
    finally:
        kin.end_all()
        shutil.rmtree(scratch, ignore_errors=True)


def _rehearse() -> None:
    """Do what most servers do at their start: read a command line, look up a host. What that loads is kept."""
    import argparse  # noqa: PLC0415 - warm by now

    socket.gethostbyname("127.0.0.1")

    parser = argparse.ArgumentParser(description="a server")
    parser.add_argument("port", type=int)
    parser.add_argument("rest", nargs="*")
    parser.add_argument("--option", type=float, default=0.0, metavar="S", help="an option")
    parser.parse_args(["1", "2", "--option", "3"])


def _turn(sock: socket.socket, bell: Bell, keepers: set[int], fence: confining.Fence) -> bool:
    waiting: list[Any] = [sock, bell.read]
    ready = select.select(waiting, [], [])[0]
    if bell.read in ready:
        bell.silence()
        keepers -= {pid for pid, _ in kin.reap()}
        kin.end(set(kin.children_of(os.getpid())) - keepers)
    return _new_keeper(sock, keepers, fence) if sock in ready else True


def _new_keeper(sock: socket.socket, keepers: set[int], fence: confining.Fence) -> bool:
    packet, fds = b"", list[int]()
    with contextlib.suppress(ConnectionResetError):  # the lab went before it had read everything
        packet, fds, _, _ = socket.recv_fds(sock, 64, FDS)
    if not packet:
        return False
    me = os.getpid()
    pid = os.fork()
    if pid == 0:
        _become_keeper(me, sock, fds[0], fence)
    keepers.add(pid)
    for fd in fds:
        os.close(fd)
    return True


def _become_keeper(warden: int, sock: socket.socket, fd: int, fence: confining.Fence) -> None:
    """Never returns."""
    try:
        kin.die_with_parent(warden)
        signal.set_wakeup_fd(-1)
        sock.close()
        Keeper(socket.socket(fileno=fd), fence).serve()
    finally:
        os._exit(0)
