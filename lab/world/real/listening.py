"""Who listens: read from the kernel's socket table, never found out by connecting (many servers accept only once).

`sock_diag` over netlink costs some 6 us for one port at the address where nearly all listen, some 60 us and more for
all listeners of the machine; `/proc/net/tcp` some 1.6 ms.
"""

import socket
import struct
from collections.abc import Callable, Iterable, Iterator

from lab.errors import LabTrouble

SOCK_DIAG_BY_FAMILY = 20
REQUEST, REQUEST_DUMP = 0x001, 0x301
DONE, ERROR = 3, 2
NETLINK_SOCK_DIAG = 4
LISTEN = 10
HEADER = struct.Struct("=IHHII")
QUESTION_HEAD = struct.Struct("=BBBxI")
QUESTION = struct.Struct("=BBBxI48x")
ANSWER = struct.Struct("=BBBB")
PORTS = struct.Struct(">HH")
ADDRESSES = struct.Struct("=16s16xI8s")
NO_COOKIE = b"\xff" * 8
LOOPBACK = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}
LONGEST_ANSWER = 4096
UNREADABLE = "the kernel's socket table cannot be read"
Place = tuple[int, socket.AddressFamily]
ANY = {"0.0.0.0": "127.0.0.1"}  # noqa: S104 - what a server chose, not what we bind; `::` may be IPv6 alone


def listeners() -> dict[int, str]:
    """The address to dial for each port in LISTEN on this machine.

    Raises:
        LabTrouble: The kernel does not tell.
    """
    table = Table()
    try:
        return table.listeners()
    finally:
        table.close()


def _dump(sock: socket.socket, family: int) -> Iterator[tuple[int, str]]:
    size = HEADER.size + QUESTION.size
    question = HEADER.pack(size, SOCK_DIAG_BY_FAMILY, REQUEST_DUMP, 1, 0)
    sock.send(question + QUESTION.pack(family, socket.IPPROTO_TCP, 0, 1 << LISTEN))
    while True:
        part = sock.recv(65536)
        messages = list(_messages(part))
        yield from _listeners_in(messages, family)
        if any(kind in (DONE, ERROR) for kind, _ in messages):
            return


class Table:
    """The kernel's socket table, asked port by port.

    Args:
        sock: A socket of sock_diag, made in the network whose table is asked; the machine's own if there is none.

    Raises:
        LabTrouble: The kernel does not tell.
    """

    def __init__(self, sock: socket.socket | None = None) -> None:
        try:
            self._sock = sock or socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG)
        except OSError as error:
            raise LabTrouble(f"{UNREADABLE}: {error}") from error
        self._questions: dict[Place, bytes] = {}
        self._answers: dict[Place, tuple[bytes, str | None]] = {}

    def listener(self, port: int) -> str | None:
        """The address to dial for a port; None if nobody listens there.

        Raises:
            LabTrouble: The kernel does not tell.
        """
        try:
            found = self._at(port, socket.AF_INET) or self._at(port, socket.AF_INET6)
        except OSError as error:
            raise LabTrouble(f"{UNREADABLE}: {error}") from error
        return found or self.listeners().get(port)  # at another address, such as that of the host's name

    def listeners(self) -> dict[int, str]:
        """The address to dial for each port in LISTEN.

        Raises:
            LabTrouble: The kernel does not tell.
        """
        try:
            found = [*_dump(self._sock, socket.AF_INET6), *_dump(self._sock, socket.AF_INET)]
        except OSError as error:
            raise LabTrouble(f"{UNREADABLE}: {error}") from error
        return {port: ANY.get(address, address) for port, address in found}

    def _at(self, port: int, family: socket.AddressFamily) -> str | None:
        """Who listens where a dial of the loopback address of this family comes to; most answers are the last one."""
        place = port, family
        if place not in self._questions:
            self._questions[place] = _question(port, family)
        self._sock.send(self._questions[place])
        answer = self._sock.recv(LONGEST_ANSWER)
        if place not in self._answers or self._answers[place][0] != answer:
            self._answers[place] = answer, _listener_in(answer, port)
        return self._answers[place][1]

    def close(self) -> None:
        """Ask no more."""
        self._sock.close()


def _question(port: int, family: socket.AddressFamily) -> bytes:
    address = socket.inet_pton(family, LOOPBACK[family])
    asked = QUESTION_HEAD.pack(family, socket.IPPROTO_TCP, 0, 1 << LISTEN)
    asked += PORTS.pack(port, 0) + ADDRESSES.pack(address, 0, NO_COOKIE)
    return HEADER.pack(HEADER.size + len(asked), SOCK_DIAG_BY_FAMILY, REQUEST, 1, 0) + asked


def _listener_in(answer: bytes, port: int) -> str | None:
    for kind, body in _messages(answer):
        if kind == SOCK_DIAG_BY_FAMILY:
            found = [where for found, where in _listeners_in([(kind, body)], body[0]) if found == port]
            return ANY.get(found[0], found[0]) if found else None
    return None


def _messages(part: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + HEADER.size <= len(part):
        length, kind, _, _, _ = HEADER.unpack_from(part, at)
        yield kind, part[at + HEADER.size : at + length]
        at += max((length + 3) & ~3, HEADER.size)


def _listeners_in(messages: Iterable[tuple[int, bytes]], family: int) -> Iterator[tuple[int, str]]:
    width = 4 if family == socket.AF_INET else 16
    for kind, body in messages:
        if kind == SOCK_DIAG_BY_FAMILY and body[1] == LISTEN:
            port, _ = PORTS.unpack_from(body, ANSWER.size)
            start = ANSWER.size + PORTS.size
            yield port, socket.inet_ntop(family, body[start : start + width])


class Watch:
    """One port somebody wants to hear about.

    Args:
        find: The address to dial for a port; None if nobody listens there.
    """

    def __init__(self, port: int, on_change: Callable[[str | None], None], find: Callable[[int], str | None]) -> None:
        self.port = port
        self.address: str | None = None
        self.over = False
        self._on_change = on_change
        self._find = find

    def look(self) -> bool:
        """Tell of a change; whether there was one."""
        address = self._find(self.port)
        if self.over or address == self.address:
            return False
        self.address = address
        self._on_change(address)
        return True

    def cancel(self) -> None:
        """Hear no more."""
        self.over = True
