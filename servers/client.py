"""The client: it asks LS for every name in a file, and writes what LS says, a line a name.

Its law: one name is asked at a time, and the line that comes is the line that is written: the client judges
nothing (C9). If LS closes, or is silent for 15 s, what came so far is in the file, and the exit status is 1.

    python client.py LS_HOST LS_PORT [--names FILE] [--out FILE] [--timeout SECONDS]
    (without options: --names PROJ2-HNS.txt --out RESOLVED.txt --timeout 15)
"""

import contextlib
import getopt
import io
import socket
import sys
import time

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


def ask_all(asker: Asker, names: list[bytes], out: io.BufferedWriter) -> None:
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


def read_names(path: str) -> list[bytes]:
    """Read the names, one a line; blank lines ask nothing."""
    with open(path, "rb") as file:
        return [line.strip() for line in file if line.strip()]


def arguments() -> tuple[tuple[str, int], str, str, float]:
    """Read the command line: where LS is, the files of names and of answers, and how long a reply may take."""
    options, words = getopt.gnu_getopt(sys.argv[1:], "", ["names=", "out=", "timeout=", "help"])
    given = {"--names": "PROJ2-HNS.txt", "--out": "RESOLVED.txt", "--timeout": "15", **dict(options)}
    if "--help" in given:
        print(__doc__, end="")
        sys.exit()
    if len(words) != 2:
        raise ValueError("there must be the host and the port of LS, and nothing else")
    host, port = words
    if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
        raise ValueError(f"{port!r} is no port, which is a number from 1 to 65535")
    patience = float(given["--timeout"])
    if not 0 < patience <= 86400:
        raise ValueError(f"{patience:g} is no number of seconds above 0 and up to 86400")
    return (host, int(port)), given["--names"], given["--out"], patience


def main() -> None:
    """Read the names, ask, write."""
    try:
        there, questions, answers, patience = arguments()
    except (getopt.GetoptError, ValueError) as trouble:
        print(f"client.py: in the arguments: {trouble} (--help says more)", file=sys.stderr)
        sys.exit(2)
    try:
        names = read_names(questions)
        # the file is emptied before LS is dialled: old answers must not pass for new ones
        with open(answers, "wb") as out, dial(*there, patience) as ls:
            ask_all(Asker(ls, patience), names, out)
    except (Gone, OSError) as trouble:
        progress("\n")
        sys.exit(f"client.py: {trouble}")
    progress("\n")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
