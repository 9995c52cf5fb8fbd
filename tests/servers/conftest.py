"""Real servers, real sockets, loopback only; whatever a test started is ended after it."""

import itertools
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SERVERS = Path(__file__).resolve().parents[2] / "servers"
PATIENCE = 20.0  # for what must come: only a hang takes this long
OPEN: list[socket.socket] = []  # every connection of the test that runs
PORTS = itertools.cycle(random.sample(range(20000, 32000), 12000))


def free_port() -> int:
    """Return a port of 20000-32000 that nobody listens on."""
    for port in itertools.islice(PORTS, 200):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    pytest.fail("no free port")


def until(happened: Callable[[], object], why: str) -> None:
    """Wait for something to happen."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, f"never happened: {why}"
        time.sleep(0.01)


class Peer:
    """A connection, of a client to LS or of LS to a TS that the test plays."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.sock.settimeout(PATIENCE)
        self.rest = b""
        OPEN.append(sock)

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def line(self) -> bytes:
        while b"\n" not in self.rest:
            chunk = self.sock.recv(65536)
            assert chunk, f"closed after {self.rest!r}"
            self.rest += chunk
        line, self.rest = self.rest.split(b"\n", 1)
        return line

    def ask(self, name: bytes) -> bytes:
        self.send(name + b"\n")
        return self.line()

    def flood(self, data: bytes, times: int = 1000) -> BaseException | None:
        """Send the same again and again, until it is taken no more."""
        try:
            for _ in range(times):
                self.send(data)
        except OSError as refusal:
            return refusal
        return None

    def silent(self, seconds: float) -> bool:
        self.sock.settimeout(seconds)
        try:
            self.rest += self.sock.recv(1)
        except TimeoutError:
            return not self.rest
        except ConnectionError:
            return False
        else:
            return False  # bytes, or the end
        finally:
            self.sock.settimeout(PATIENCE)

    def ended(self) -> bool:
        """Wait for the other side's end; say whether nothing came before it."""
        try:
            return not self.rest and self.sock.recv(1) == b""
        except ConnectionResetError:
            return True

    def close(self) -> None:
        self.sock.close()

    def reset(self) -> None:
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.sock.close()


class Listener:
    """A TS played by the test."""

    def __init__(self, port: int = 0) -> None:
        self.port = port or free_port()
        self.sock = socket.create_server(("127.0.0.1", self.port), backlog=64)
        self.sock.settimeout(PATIENCE)

    def accept(self) -> Peer:
        return Peer(self.sock.accept()[0])

    def close(self) -> None:
        self.sock.close()


class Program:
    """One of the three programs, running."""

    def __init__(self, folder: Path, role: str, words: tuple[object, ...]) -> None:
        # -I -S: the standard library, and no module of a neighbour, is all that each needs
        self.words = [sys.executable, "-I", "-S", str(SERVERS / f"{role}.py"), *map(str, words)]
        self.port = int(number) if (number := str(words[min(len(words) - 1, role == "client")])).isdigit() else 0
        self.output, self.errors = (folder / f"{role}-{self.port}.{kind}" for kind in ("out", "err"))
        self.skip = self.errors.stat().st_size if self.errors.exists() else 0  # what a predecessor said
        with self.output.open("ab") as output, self.errors.open("ab") as errors:
            self.process = subprocess.Popen(
                self.words, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=errors
            )
        self.pid = self.process.pid

    def said(self) -> str:
        return self.errors.read_bytes()[self.skip :].decode()

    def listens(self) -> "Program":
        until(lambda: "listening on" in self.said() or self.ended(), "listening")
        assert not self.ended(), self.said()
        return self

    def ended(self) -> bool:
        return self.process.poll() is not None

    def status(self) -> int:
        return self.process.wait(PATIENCE)

    def stop(self) -> None:
        """Stop it, and wait until every thread of it stands still."""
        self.process.send_signal(signal.SIGSTOP)
        tasks = list(Path(f"/proc/{self.pid}/task").iterdir())
        until(lambda: all(") T " in (task / "stat").read_text() for task in tasks), "it stops")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def connect(self) -> Peer:
        return Peer(socket.create_connection(("127.0.0.1", self.port), PATIENCE))

    def descriptors(self) -> int:
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def threads(self) -> int:
        return len(list(Path(f"/proc/{self.pid}/task").iterdir()))

    def cpu(self) -> float:
        """Return the seconds of processor time used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Lab:
    """Starts programs and plays TSes; ends them all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs: list[Program] = []
        self.listeners: list[Listener] = []

    until = staticmethod(until)
    free_port = staticmethod(free_port)

    def start(self, role: str, *words: object) -> Program:
        self.programs.append(Program(self.folder, role, words))
        return self.programs[-1]

    def play(self, port: int = 0) -> Listener:
        self.listeners.append(Listener(port))
        return self.listeners[-1]

    def ts(self, *entries: str, port: int = 0) -> Program:
        port = port or free_port()
        table = self.folder / f"table-{port}"
        table.write_text("".join(f"{entry}\n" for entry in entries))
        return self.start("ts", port, table).listens()

    def ls(self, *servers: Program | Listener | int, timeout: float = 5) -> Program:
        ports = [server if isinstance(server, int) else server.port for server in servers]
        pairs = [word for port in ports for word in ("127.0.0.1", port)]
        return self.start("ls", free_port(), *pairs, "--timeout", timeout).listens()

    def end(self) -> None:
        while OPEN:
            OPEN.pop().close()
        for listener in self.listeners:
            listener.close()
        for program in self.programs:
            if not program.ended():
                program.process.send_signal(signal.SIGCONT)
            program.kill()


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    made = Lab(tmp_path)
    yield made
    made.end()
