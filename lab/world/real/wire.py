"""Wires on real, non-blocking sockets: bytes with the kernel's own receive stamps, FIN and RST exactly as asked.

Each read is one `recvmsg` with `SO_TIMESTAMPNS`; the stamp is CLOCK_REALTIME and is turned into the monotonic clock
on the spot. After each read the socket acknowledges at once (TCP_QUICKACK), so that a sender with Nagle's algorithm
is not held up by the lab.
"""

import asyncio
import errno
import fcntl
import socket
import struct
import termios
import time

from lab.world.base import End, OnData, OnEnd

CHUNK = 65536
SO_TIMESTAMPNS = getattr(socket, "SO_TIMESTAMPNS", 35)
TIMESPEC = struct.Struct("@ll")
ANCILLARY = socket.CMSG_SPACE(TIMESPEC.size)
QUICKACK = getattr(socket, "TCP_QUICKACK", None)
LINGER_RESET = struct.pack("ii", 1, 0)
OLDEST_STAMP = 60.0
NARROW = 65536
"""Bytes that are kept unread: one segment of the loopback interface. With less the sender, once it is read again, waits
for a probe of the kernel, 200 ms for each 2 KiB (measured), and the jump clock waits for no kernel timer."""
BUSY = (BlockingIOError, InterruptedError)


def stamping() -> socket.socket:
    """A socket that keeps the kernel stamping, which it begins some time after the first socket that asks for it."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    return sock


class RealWire:
    """One end of a real TCP connection.

    Args:
        is_stamped: Whether the loop's clock is the one of the kernel's receive stamps.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, sock: socket.socket, *, is_stamped: bool = True) -> None:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if is_stamped and (hasattr(socket, "SO_TIMESTAMPNS") or QUICKACK is not None):
            sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self._loop = loop
        self._sock = sock
        self._fd = sock.fileno()
        self._on_data: OnData | None = None
        self._on_end: OnEnd | None = None
        self._pending = bytearray()
        self._finishing = self._closing = self._closed = False
        self._ended = self._muted = False

    def listen_to(self, on_data: OnData, on_end: OnEnd) -> None:
        """Hear of bytes and of the peer's end."""
        self._on_data, self._on_end = on_data, on_end
        self._read_on()

    def _read_on(self) -> None:
        if not (self._ended or self._closed or self._muted):
            self._loop.add_reader(self._fd, self._readable)

    def _readable(self) -> None:
        now = self._loop.time()
        try:
            data, ancillary, _, _ = self._sock.recvmsg(CHUNK, ANCILLARY)
        except BUSY:
            return
        except OSError:
            self._end("rst", now)
            return
        if not data:
            self._end("fin", now)
            return
        if QUICKACK is not None:
            self._sock.setsockopt(socket.IPPROTO_TCP, QUICKACK, 1)
        if self._on_data:
            self._on_data(data, _stamp(ancillary, now))

    def _end(self, how: End, now: float) -> None:
        self._ended = True
        if not self._closed:
            self._loop.remove_reader(self._fd)
        if how == "rst":
            self._drop()
        if self._on_end:
            self._on_end(how, now)

    def write(self, data: bytes) -> bool:
        """Send bytes now, or as soon as the kernel takes them."""
        if self._closed or self._finishing:
            return False
        if self._pending:
            self._pending += data
            return True
        return self._send(data)

    def _send(self, data: bytes) -> bool:
        try:
            sent = self._sock.send(data, socket.MSG_NOSIGNAL)
        except BUSY:
            sent = 0
        except OSError:
            self._broken()
            return False
        if sent < len(data):
            self._pending += data[sent:]
            self._loop.add_writer(self._fd, self._writable)
        elif self._ended:
            self._check()
        return True

    def _check(self) -> None:
        """After end of file nothing is read: a RST that answers a write is only seen in the socket's error."""
        error = self._sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error in (errno.ECONNRESET, errno.EPIPE):
            self._broken()

    def _broken(self) -> None:
        """The peer is gone; said from the loop, so that nobody is called back while writing."""
        self._drop()
        if self._on_end:
            self._loop.call_soon(self._on_end, "rst", self._loop.time())

    def _writable(self) -> None:
        data = bytes(self._pending)
        self._pending.clear()
        self._loop.remove_writer(self._fd)
        if self._send(data) and not self._pending:
            self._settle()

    def _settle(self) -> None:
        """What was to follow the last byte."""
        if self._closing:
            self._drop()
        elif self._finishing:
            self._shut()

    def _shut(self) -> None:
        try:
            self._sock.shutdown(socket.SHUT_WR)
        except OSError as error:
            if error.errno not in (errno.ENOTCONN, errno.EPIPE):
                raise

    def finish(self) -> None:
        """FIN behind what was written."""
        if self._closed or self._finishing:
            return
        self._finishing = True
        if not self._pending:
            self._shut()

    def close(self) -> None:
        """Close behind what was written."""
        if self._closed:
            return
        self._deafen()
        self._closing = True
        if not self._pending:
            self._drop()

    def reset(self) -> None:
        """RST at once."""
        if not self._closed:
            self._deafen()
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RESET)
            self._drop()

    def _deafen(self) -> None:
        self._on_data = self._on_end = None

    def _drop(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._loop.remove_reader(self._fd)
        self._loop.remove_writer(self._fd)
        self._pending.clear()
        self._sock.close()

    def mute(self, muted: bool) -> None:  # noqa: FBT001 - one word says it
        """Stop reading, or read again."""
        if muted == self._muted:
            return
        self._muted = muted
        if muted and not self._closed:
            self._loop.remove_reader(self._fd)
        elif self._on_data:
            self._read_on()

    def narrow(self) -> None:
        """Keep the kernel's buffer for what is not read yet from growing."""
        if not self._closed:
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, NARROW)

    @property
    def unread(self) -> int:
        """Bytes that the kernel keeps for us."""
        if self._closed:
            return 0
        return int(struct.unpack("i", fcntl.ioctl(self._fd, termios.FIONREAD, b"\0" * 4))[0])

    @property
    def unsent(self) -> int:
        """Bytes the kernel has not taken yet."""
        return len(self._pending)


def _stamp(ancillary: list[tuple[int, int, bytes]], now: float) -> float:
    """The kernel's time of arrival on the monotonic clock; the time of reading where there is none."""
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS and len(data) >= TIMESPEC.size:
            seconds, nanos = TIMESPEC.unpack_from(data)
            age = time.time() - (seconds + nanos * 1e-9)
            return now - age if 0 <= age < OLDEST_STAMP else now
    return now
