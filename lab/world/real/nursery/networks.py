"""Networks of their own: namespaces in which programs have all ports to themselves, made by a keeper. Linux.

A socket stays in the network it was made in, whoever has it: what the keeper makes there serves the lab, which could
not go there itself. An ordinary user may make networks only in a user namespace of his own, which the keeper enters
for good. No process in it may look at one outside, so where the page that the lab shares with programs is but a
descriptor of the lab's, the keeper opens it before, and they open it through the keeper; for that the kernel wants them
to have what rights the keeper has, which are over these networks and nothing else.
"""

import ctypes
import errno
import fcntl
import os
import socket
import struct
from collections.abc import Iterable
from contextlib import closing, suppress
from typing import Literal

Kind = Literal["tcp", "tcp6", "udp", "table"]
KINDS: dict[Kind, tuple[int, int, int]] = {
    "tcp": (socket.AF_INET, socket.SOCK_STREAM, 0),
    "tcp6": (socket.AF_INET6, socket.SOCK_STREAM, 0),
    "udp": (socket.AF_INET, socket.SOCK_DGRAM, 0),
    "table": (getattr(socket, "AF_NETLINK", -1), socket.SOCK_RAW, 4),
}
"""What sockets there are, by family, type and protocol; `table` tells who listens (sock_diag)."""
NEW_USER, NEW_NETWORK = 0x10000000, 0x40000000
SET_FLAGS, SET_ADDRESS, SET_MASK = 0x8914, 0x8916, 0x891C
UP = 0x41
ALONE = b"\xff" * 4
HIDDEN = "/proc/"
NETWORK_ADMIN, SYSTEM_ADMIN = 12, 21
"""The rights that making and entering networks takes, none of which makes a file or a port accessible."""
RIGHTS_VERSION, PR_CAP_AMBIENT, RAISE = 0x20080522, 47, 2
_LIBC = ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: object) -> None:
    """A call of the C library.

    Raises:
        OSError: It failed, or there is none of that name.
    """
    call = getattr(_LIBC, name, None)
    if call is None:
        raise OSError(errno.ENOSYS, f"there is no {name} here")
    if call(*arguments):
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


class Networks:
    """The networks of one keeper, by name."""

    def __init__(self) -> None:
        self._made: dict[str, int] = {}
        self._pages: dict[str, int] = {}
        self._is_own_user = False

    def make(self, name: str, addresses: Iterable[str] = (), page: str = "") -> None:
        """One more, with the loopback interface up; the keeper is in it.

        Args:
            name: What it is called.
            addresses: IPv4 addresses of the machine's, which programs may bind, as that of its host name, there too.
            page: The path of what the lab shares with programs; empty if there is nothing. One that has a name in a
                folder is opened by that; confined programs could not open another process's descriptor.

        Raises:
            OSError: This machine does not let us.
        """
        if page.startswith(HIDDEN) and page not in self._pages and not self._is_own_user:
            self._pages[page] = os.open(page, os.O_RDWR | os.O_CLOEXEC)
        self._unshare()
        self._made[name] = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        if not os.geteuid():
            _open_all_ports()
        with closing(socket.socket(*KINDS["udp"])) as sock:
            fcntl.ioctl(sock, SET_FLAGS, struct.pack("16sh22x", b"lo", UP))
            for number, address in enumerate(addresses):
                alias = f"lo:{number}".encode()
                fcntl.ioctl(sock, SET_ADDRESS, _request(alias, socket.inet_aton(address)))
                fcntl.ioctl(sock, SET_MASK, _request(alias, ALONE))

    def _unshare(self) -> None:
        if os.geteuid() and not self._is_own_user:
            self._become_own_user()
        try:
            _call("unshare", NEW_NETWORK)
        except PermissionError:
            if self._is_own_user:
                raise
            self._become_own_user()  # a root without the right to
            _call("unshare", NEW_NETWORK)

    def _become_own_user(self) -> None:
        """Have all rights in a user namespace of one's own, in which one is who one was."""
        user, group = os.geteuid(), os.getegid()
        _call("unshare", NEW_USER)
        self._is_own_user = True
        for name, text in (("setgroups", "deny"), ("gid_map", f"{group} {group} 1"), ("uid_map", f"{user} {user} 1")):
            fd = os.open(f"/proc/self/{name}", os.O_WRONLY | os.O_CLOEXEC)
            try:
                os.write(fd, text.encode())
            finally:
                os.close(fd)
        if user:
            _keep_rights()

    def path_of(self, page: str) -> str:
        """The path by which a program in a network opens a page of the lab's."""
        return f"/proc/{os.getpid()}/fd/{self._pages[page]}" if self._is_own_user and page in self._pages else page

    def enter(self, name: str) -> None:
        """Make sockets there from now on, and have children there."""
        _call("setns", self._made[name], NEW_NETWORK)

    def sockets(self, name: str, kind: Kind, count: int) -> list[socket.socket]:
        """New sockets there.

        Raises:
            OSError: They cannot be made.
        """
        self.enter(name)
        return [socket.socket(*KINDS[kind]) for _ in range(count)]

    def forget(self) -> None:
        """Let them go: each ends with the last process and the last socket in it."""
        for fd in self._made.values():
            os.close(fd)
        self._made.clear()


def _open_all_ports() -> None:
    """Let any user listen at any port of this network, as root, who made it, may."""
    with suppress(OSError):  # it cannot be said where /proc is not to be written to
        fd = os.open("/proc/sys/net/ipv4/ip_unprivileged_port_start", os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.write(fd, b"0")
        finally:
            os.close(fd)


def _keep_rights() -> None:
    """Have those rights only that networks take, and hand them on to what is executed."""
    bits = 1 << NETWORK_ADMIN | 1 << SYSTEM_ADMIN
    _call("capset", struct.pack("Ii", RIGHTS_VERSION, 0), struct.pack("6I", bits, bits, bits, 0, 0, 0))
    for right in (NETWORK_ADMIN, SYSTEM_ADMIN):
        _call("prctl", PR_CAP_AMBIENT, RAISE, right, 0, 0)


def _request(interface: bytes, address: bytes) -> bytes:
    """The kernel's `ifreq` with an IPv4 address."""
    return struct.pack("16sHH4s16x", interface, socket.AF_INET, 0, address)
