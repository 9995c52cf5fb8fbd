"""LS, the load-balancing server: it asks every TS at once and relays whichever answers.

Its law: one client, one thread, one query at a time, and nothing waits but `Session.pump`.
Every session has TS connections of its own, so that what one client or TS does reaches no other session.
An answer is known by the name it begins with; whatever else a TS sends is read and thrown away.

    python ls.py PORT TS1_HOST TS1_PORT [TS2_HOST TS2_PORT ...] [--timeout SECONDS] [--host ADDRESS]
    (without options: --timeout 5 --host 127.0.0.1)
"""

import contextlib
import errno
import getopt
import math
import select
import socket
import sys
import threading
import time
from collections.abc import Iterator

LIMIT = 4096  # bytes of a line: what is longer is no message (B5, B7)
CHUNK = 65536  # bytes read at once, and bytes a TS may leave untaken before its connection counts as dead
RETRY = 0.5  # seconds between two dials of an absent TS, while a query waits (B3)
HUNG = 1.0  # seconds after which a dial that nobody answers is made anew (B3)
LOST = 2000  # milliseconds after which bytes the TS's machine never acknowledged end the connection (B3)
GRACE = 0.25  # seconds beyond the time-out by which the client must have taken its reply (B8)
LINGER = 0.15  # seconds for the client to close too, once the session has ended (B8)
PAUSE = 0.1  # seconds between two looks for a free descriptor (B10)
NOT_FOUND = b" - Error:HOST NOT FOUND"

Address = tuple[str, int]


def is_answer(line: bytes, name: bytes) -> bool:
    """Say whether a line is `name address A`, in whatever case the name is (C4); all else is noise (B5)."""
    fields = line.split()
    if len(line) > LIMIT or len(fields) < 3 or fields[0].lower() != name.lower() or fields[2] != b"A":
        return False
    with contextlib.suppress(OSError, ValueError):
        socket.inet_pton(socket.AF_INET, fields[1].decode())
        return line.decode().strip().replace("\t", " ").isprintable()
    return False


class Link:
    """One session's connection to one TS: dialled when a query needs it, and never waited for (B2)."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.dialled = -math.inf
        self.sock: socket.socket | None = None
        self.connected = False
        self.unsent = b""
        self.rest = b""  # of a line that has not ended yet

    def __str__(self) -> str:
        return "{}:{}".format(*self.address)

    def hang_up(self) -> None:
        """Forget the connection and what was under way on it: half an answer is none."""
        if self.sock:
            self.sock.close()
        self.sock, self.connected, self.unsent, self.rest = None, False, b"", b""

    def due(self, began: float) -> float:
        """Return when to dial: at once if a query has not tried yet, then every now and again (B3)."""
        if self.connected:
            return math.inf
        if self.sock:
            return self.dialled + HUNG
        return self.dialled + RETRY if self.dialled >= began else began

    def dial(self, query: bytes) -> None:
        """Begin to connect; the query goes out as soon as the TS picks up."""
        self.hang_up()
        self.dialled, self.unsent = time.monotonic(), query
        try:
            self.sock = socket.socket()
            self.sock.settimeout(0)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if hasattr(socket, "TCP_USER_TIMEOUT"):
                self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, LOST)
            if self.sock.connect_ex(self.address) not in {0, errno.EINPROGRESS}:
                self.hang_up()
        except OSError:  # no descriptor to be had (B10): this TS counts as absent for the moment
            self.hang_up()

    def ask(self, query: bytes) -> None:
        """Send a query, or have it sent when the dial under way succeeds."""
        self.unsent = self.unsent + query if self.connected else query
        with contextlib.suppress(OSError):  # the next read meets the same error, and deals with it
            self.flush()

    def flush(self) -> None:
        """Write what the TS takes now."""
        if self.connected and self.sock and self.unsent:
            with contextlib.suppress(BlockingIOError):
                self.unsent = self.unsent[self.sock.send(self.unsent) :]
            if len(self.unsent) > CHUNK:
                self.hang_up()

    def work(self, sock: socket.socket) -> list[bytes]:
        """Do all that needs no waiting; return the lines that came. Trouble ends this connection only (B2)."""
        lines = []
        try:
            self.pick_up(sock)
            lines = self.read(sock)
            self.flush()
        except OSError:
            self.hang_up()
        return lines

    def pick_up(self, sock: socket.socket) -> None:
        """Finish the dial, if that is to be done. A port where nobody listens may be answered by the dialler itself."""
        if not self.connected:
            if sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) or sock.getsockname() == sock.getpeername():
                raise ConnectionRefusedError
            self.connected = True

    def read(self, sock: socket.socket) -> list[bytes]:
        """Read once; return the lines that ended, wherever the bytes were split (B4)."""
        try:
            chunk = sock.recv(CHUNK)
        except BlockingIOError:
            return []
        if not chunk:
            raise ConnectionAbortedError
        *lines, rest = (self.rest + chunk).split(b"\n")
        self.rest = rest[: LIMIT + 1]  # enough to know the line for too long when its end comes (B5)
        return lines


class Session:
    """One client, from its first line to `done`, its end of file or its disappearance."""

    def __init__(self, client: socket.socket, servers: list[Address], timeout: float) -> None:
        self.client = client
        self.links = [Link(address) for address in servers]
        self.timeout = timeout
        self.deadline = 0.0  # of the latest query
        self.name = b""  # of the open query, if one is
        self.reply = b""
        self.last: tuple[bytes, Link | None] = b"", None  # the name answered last, and by which TS (B13)

    def run(self) -> None:
        """Serve the client; whatever becomes of it concerns this session only (B7, B12)."""
        with contextlib.suppress(OSError), self.client:
            self.client.settimeout(0)
            self.client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for name in self.queries():
                self.tell(self.ask(name))
            self.part()
        for link in self.links:
            link.hang_up()

    def queries(self) -> Iterator[bytes]:
        """Yield the client's queries in order; no more is read until those that came are answered (B4)."""
        rest = b""
        while len(rest) <= LIMIT and (chunk := self.hear()):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                name = line.strip()
                if name == b"done" or len(line) > LIMIT:
                    return
                if name:
                    yield name

    def hear(self) -> bytes:
        """Wait for bytes of the client, as long as it takes (B14)."""
        while not self.pump(math.inf, select.POLLIN):
            pass
        return self.client.recv(CHUNK)

    def ask(self, name: bytes) -> bytes:
        """Ask every TS, and wait for the first answer or the deadline, which nothing moves (C2, C5, B6)."""
        began = time.monotonic()
        self.deadline = began + self.timeout
        self.name, self.reply = name, b""
        for link in self.links:
            link.ask(name + b"\n")
        while not self.reply and time.monotonic() < self.deadline:
            due = min(self.redial(link, began) for link in self.links)
            if self.pump(min(due, self.deadline), 0) & select.POLLERR:
                raise ConnectionResetError  # nobody is left to be answered
        self.name = b""
        return self.reply or name + NOT_FOUND

    def redial(self, link: Link, began: float) -> float:
        """Dial an absent TS if it is time to, and return when it is time again."""
        if link.due(began) <= time.monotonic():
            link.dial(self.name + b"\n")
        return link.due(began)

    def pump(self, until: float, interest: int) -> int:
        """Wait for anything to happen and see to the TSes, TS1 first (B13); return what happened to the client."""
        poll = select.poll()  # made anew each time, so that it is never stale; it needs no descriptor (B10)
        poll.register(self.client, interest)
        for link in self.links:
            if link.sock:
                idle = link.connected and not link.unsent
                poll.register(link.sock, select.POLLIN if idle else select.POLLIN | select.POLLOUT)
        ready = dict(poll.poll(None if until == math.inf else max(0, (until - time.monotonic()) * 1000)))
        for link in self.links:
            if link.sock and link.sock.fileno() in ready:
                for line in link.work(link.sock):
                    self.take(line, link)
        return ready.get(self.client.fileno(), 0)

    def take(self, line: bytes, link: Link) -> None:
        """Keep the answer to the open query; throw away the late, the second and the foreign (B1, B5, B13)."""
        name, source = self.last
        if self.name and is_answer(line, self.name):
            self.reply, self.last, self.name = line.removesuffix(b"\r"), (self.name, link), b""
        elif source and link is not source and is_answer(line, name):
            say(f"conflict: {link} answers {name.decode()!a} as well as {source}; its answer is thrown away")

    def tell(self, reply: bytes) -> None:
        """Write a reply; a client that has not taken it by the deadline has stopped reading (B7, B8)."""
        unsent = reply + b"\n"
        while True:
            with contextlib.suppress(BlockingIOError):
                unsent = unsent[self.client.send(unsent) :]
            if not unsent:
                return
            if time.monotonic() >= self.deadline + GRACE:
                raise TimeoutError
            self.pump(self.deadline + GRACE, select.POLLOUT)

    def part(self) -> None:
        """Close in peace (C8): what the client wrote after `done` is read, lest it turn the end into a reset."""
        self.client.shutdown(socket.SHUT_WR)
        until = time.monotonic() + LINGER
        while time.monotonic() < until:
            if self.pump(until, select.POLLIN) and not self.client.recv(CHUNK):
                return


def say(message: str) -> None:
    """Tell whoever watches the server; if nobody does, that is no trouble."""
    with contextlib.suppress(OSError, ValueError):
        print(f"ls.py: {message}\n", end="", file=sys.stderr, flush=True)


def serve(listener: socket.socket, servers: list[Address], timeout: float) -> None:
    """Give every client a thread (B11); out of descriptors or threads, wait a little and go on (B10)."""
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            time.sleep(PAUSE)
            continue
        try:
            threading.Thread(target=Session(client, servers, timeout).run, daemon=True).start()
        except RuntimeError:
            client.close()
            time.sleep(PAUSE)


def arguments() -> tuple[Address, list[Address], float]:
    """Read the command line. A host is looked up once, here: later a look-up would block a session."""
    options, words = getopt.gnu_getopt(sys.argv[1:], "", ["timeout=", "host=", "help"])
    given = {"--timeout": "5", "--host": "127.0.0.1", **dict(options)}
    if "--help" in given:
        print(__doc__, end="")
        sys.exit()
    if len(words) < 3 or len(words) % 2 == 0:
        raise ValueError("after PORT there must be a host and a port for every TS")
    for word in words[::2]:
        if not (word.isascii() and word.isdecimal() and 0 < int(word) < 65536):
            raise ValueError(f"{word!r} is no port, which is a number from 1 to 65535")
    timeout = float(given["--timeout"])
    if not 0 < timeout <= 86400:
        raise ValueError(f"{timeout:g} is no number of seconds above 0 and up to 86400")
    port, *ports = map(int, words[::2])
    hosts = map(socket.gethostbyname, words[1::2])
    return (given["--host"], port), list(zip(hosts, ports, strict=True)), timeout


def main() -> None:
    """Read the arguments, listen, serve."""
    try:
        here, servers, timeout = arguments()
    except (getopt.GetoptError, OSError, ValueError) as trouble:
        say(f"in the arguments: {trouble} (--help says more)")
        sys.exit(2)
    try:
        listener = socket.create_server(here, backlog=128)  # reuses its port (B15)
    except (OSError, UnicodeError) as trouble:
        sys.exit("ls.py: cannot listen on {}:{}: {}".format(*here, trouble))
    say("listening on {}:{}".format(*here))
    serve(listener, servers, timeout)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
