"""Who listens: read from the kernel's socket table, never found out by connecting (many servers accept only once).

`sock_diag` over netlink costs some 60 us for all listeners of the machine; `/proc/net/tcp` some 1.6 ms.
"""

import socket
import struct
from collections.abc import Callable, Iterator

from lab.errors import LabTrouble

SOCK_DIAG_BY_FAMILY = 20
REQUEST_DUMP = 0x301
DONE, ERROR = 3, 2
NETLINK_SOCK_DIAG = 4
LISTEN = 10
HEADER = struct.Struct("=IHHII")
QUESTION = struct.Struct("=BBBxI48x")
ANSWER = struct.Struct("=BBBB")
PORTS = struct.Struct(">HH")
ANY = {"0.0.0.0": "127.0.0.1"}  # noqa: S104 - what a server chose, not what we bind; `::` may be IPv6 alone


def listeners() -> dict[int, str]:
    """The address to dial for each port in LISTEN on this machine.

    Raises:
        LabTrouble: The kernel does not tell.
    """
    found: dict[int, str] = {}
    for family in (socket.AF_INET6, socket.AF_INET):
        for port, address in _dump(family):
            found[port] = ANY.get(address, address)
    return found


def _dump(family: int) -> Iterator[tuple[int, str]]:
    size = HEADER.size + QUESTION.size
    question = HEADER.pack(size, SOCK_DIAG_BY_FAMILY, REQUEST_DUMP, 1, 0)
    question += QUESTION.pack(family, socket.IPPROTO_TCP, 0, 1 << LISTEN)
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG) as sock:
            sock.send(question)
            while True:
                part = sock.recv(65536)
                yield from _listeners_in(part, family)
                if _is_last(part):
                    return
    except OSError as error:
        raise LabTrouble(f"the kernel's socket table cannot be read: {error}") from error


def _messages(part: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + HEADER.size <= len(part):
        length, kind, _, _, _ = HEADER.unpack_from(part, at)
        yield kind, part[at + HEADER.size : at + length]
        at += max((length + 3) & ~3, HEADER.size)


def _is_last(part: bytes) -> bool:
    return any(kind in (DONE, ERROR) for kind, _ in _messages(part))


def _listeners_in(part: bytes, family: int) -> Iterator[tuple[int, str]]:
    width = 4 if family == socket.AF_INET else 16
    for kind, body in _messages(part):
        if kind == SOCK_DIAG_BY_FAMILY and body[1] == LISTEN:
            port, _ = PORTS.unpack_from(body, ANSWER.size)
            start = ANSWER.size + PORTS.size
            yield port, socket.inet_ntop(family, body[start : start + width])


class Watch:
    """One port somebody wants to hear about."""

    def __init__(self, port: int, on_change: Callable[[str | None], None]) -> None:
        self.port = port
        self.address: str | None = None
        self.over = False
        self._on_change = on_change

    def look(self, found: dict[int, str]) -> None:
        """Tell of a change."""
        address = found.get(self.port)
        if not self.over and address != self.address:
            self.address = address
            self._on_change(address)

    def cancel(self) -> None:
        """Hear no more."""
        self.over = True
