"""Whether programs can have networks of their own on this machine, and what they are to find there."""

import contextlib
import os
import select
import socket
import sys
from functools import cache

from lab.world.real.nursery.networks import Networks
from lab.world.real.ports import HOST

MOST_ADDRESSES = 8
LONGEST = 5000
"""Milliseconds that the trial may take."""
WORKS = "works"


def addresses() -> list[str]:
    """The machine's IPv4 addresses but those of the loopback interface, which are everywhere."""
    import psutil  # noqa: PLC0415 - seldom needed

    found = [one.address for of in psutil.net_if_addrs().values() for one in of if one.family == socket.AF_INET]
    return [address for address in dict.fromkeys(found) if not address.startswith("127.")][:MOST_ADDRESSES]


@cache
def refusal() -> str:
    """Why programs cannot have networks of their own here; empty if they can.

    It is tried once, by a fork that listens on one port in two of them.
    """
    if not sys.platform.startswith("linux"):
        return "only Linux has network namespaces"
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(write, _tried().encode())
        os._exit(0)
    os.close(write)
    try:
        waiting = select.poll()
        waiting.register(read, select.POLLIN)
        said = os.read(read, 4096).decode() if waiting.poll(LONGEST) else "they are not made in 5 s"
    finally:
        os.close(read)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, 9)
        os.waitpid(pid, 0)
    return said.removeprefix(WORKS)


def _tried() -> str:
    made = Networks()
    try:
        listening, port = list[socket.socket](), 0
        for name in ("one", "other"):
            made.make(name, addresses())
            (sock,) = made.sockets(name, "tcp", 1)
            listening.append(sock)
            sock.bind((HOST, port))
            sock.listen()
            port = sock.getsockname()[1]
    except BaseException as error:  # noqa: BLE001 - a fork of the lab must not go on as the lab
        return f"network namespaces cannot be made: {error}"
    return WORKS
