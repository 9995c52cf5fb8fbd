"""The client: it asks LS for every name in a file, and writes what LS says, a line a name.

Its law: one name is asked at a time, and the line that comes is the line that is written: the client judges
nothing (C9). If LS closes, or is silent for 15 s, what came so far is in the file, and the exit status is 1.

    python client.py LS_HOST LS_PORT [--names FILE] [--out FILE] [--timeout SECONDS]
"""

import argparse
import contextlib
import socket
import sys
import time
from pathlib import Path
from typing import BinaryIO, NoReturn

LIMIT = 4096  # bytes of a line: what is longer is no reply
CHUNK = 65536  # bytes read at once


class Gone(Exception):
    """LS does not answer, and why."""


class Asker:
    """A connection to LS, on which a name is asked and a line comes back."""

    def __init__(self, ls: socket.socket, patience: float) -> None:
        self.ls = ls
        self.patience = patience
        self.rest = b""

    def ask(self, name: bytes) -> bytes:
        """Return LS's line about a name, wherever its bytes were split."""
        deadline = time.monotonic() + self.patience
        try:
            self.ls.sendall(name + b"\n")
            while b"\n" not in self.rest:
                self.rest += self.hear(deadline)
        except TimeoutError:
            raise Gone(f"LS has not replied for {self.patience:g} s") from None
        except OSError as trouble:
            raise Gone(f"the connection to LS broke: {trouble.strerror}") from None
        line, self.rest = self.rest.split(b"\n", 1)
        return line.removesuffix(b"\r")

    def hear(self, deadline: float) -> bytes:
        """Wait for some bytes of LS, but not beyond the deadline."""
        if len(self.rest) > LIMIT:
            raise Gone(f"LS sent more than {LIMIT} bytes without an end of line")
        self.ls.settimeout(max(0.001, deadline - time.monotonic()))
        chunk = self.ls.recv(CHUNK)
        if not chunk:
            raise Gone("LS closed the connection")
        return chunk


def ask_all(asker: Asker, names: list[bytes], out: BinaryIO) -> None:
    """Ask every name and write every reply as it comes, so that nothing that came can be lost."""
    for number, name in enumerate(names, 1):
        progress(f"{number}/{len(names)}")
        try:
            reply = asker.ask(name)
        except Gone as trouble:
            raise Gone(f"{trouble}; {number - 1} of {len(names)} names have a reply") from None
        out.write(reply + b"\n")
        out.flush()
    with contextlib.suppress(OSError):
        asker.ls.sendall(b"done\n")


def progress(message: str) -> None:
    """Show how far it is, if somebody watches."""
    if sys.stderr.isatty():
        print(f"\r{message} ", end="", file=sys.stderr, flush=True)


def dial(host: str, port: int, patience: float) -> socket.socket:
    """Connect to LS."""
    try:
        return socket.create_connection((host, port), patience)
    except (OSError, UnicodeError) as trouble:
        raise Gone(f"cannot connect to LS at {host}:{port}: {trouble}") from None


def read_names(path: Path) -> list[bytes]:
    """Read the names, one a line; blank lines ask nothing."""
    return [line.strip() for line in path.read_bytes().split(b"\n") if line.strip()]


class Parser(argparse.ArgumentParser):
    """Arguments; what is wrong with them is said in one line."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and exit 2."""
        self.exit(2, f"{self.prog}: {message} (--help says more)\n")


def port(text: str) -> int:
    """Read a port."""
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is no port, which is a number from 1 to 65535")
    return int(text)


def seconds(text: str) -> float:
    """Read a time-out."""
    with contextlib.suppress(ValueError):
        if 0 < float(text) <= 86400:
            return float(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0 and up to 86400")


def arguments() -> argparse.Namespace:
    """Read the arguments."""
    parser = Parser(prog="client.py", description="Asks LS for names and writes its answers to a file.")
    parser.add_argument("host", metavar="LS_HOST")
    parser.add_argument("port", type=port, metavar="LS_PORT")
    parser.add_argument("--names", type=Path, default="PROJ2-HNS.txt", help="a name a line (default: %(default)s)")
    parser.add_argument("--out", type=Path, default="RESOLVED.txt", help="the answers (default: %(default)s)")
    parser.add_argument("--timeout", type=seconds, default=15.0, metavar="SECONDS", help="patience (default: 15)")
    return parser.parse_args()


def main() -> None:
    """Read the names, ask, write."""
    given = arguments()
    try:
        names = read_names(given.names)
        given.out.write_bytes(b"")  # before LS is dialled: an old file must not pass for a new one
        with dial(given.host, given.port, given.timeout) as ls, given.out.open("wb") as out:
            ask_all(Asker(ls, given.timeout), names, out)
    except (Gone, OSError) as trouble:
        progress("\n")
        sys.exit(f"client.py: {trouble}")
    progress("\n")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
