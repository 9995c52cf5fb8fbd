"""TS, a top-level server: it answers from a table, and of other names it says nothing.

Its law: the table is right before the server listens; then every query for a name it has gets the table's
own line, once, and every other query gets silence (C6). A thread for each connection (B11).

    python ts.py PORT TABLE [--host ADDRESS]
    (without options: --host 127.0.0.1; a line of TABLE is like: www.example.com 192.0.2.1 A)
"""

import contextlib
import getopt
import socket
import sys
import threading
import time

LIMIT = 4096  # bytes of a line: who sends more without an end is cut off
CHUNK = 65536  # bytes read at once
PAUSE = 0.1  # seconds between two looks for a free descriptor

Table = dict[bytes, tuple[int, bytes]]  # a name in lower case (C4): where it stands, and its answer


def read_table(path: str) -> Table:
    """Read the whole table; what is wrong is said with its place and the cure, and that is the end."""
    table: Table = {}
    try:
        with open(path, "rb") as file:
            lines = file.read().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    except OSError as trouble:
        sys.exit(f"{path}: cannot be read: {trouble.strerror}; name the table that this TS is to answer from")
    for number, line in enumerate(lines, 1):
        answer = line.split(b"#")[0].strip()
        if answer:
            complaint = enter(table, number, answer)
            if complaint:
                sys.exit(f"{path}:{number}: {complaint}")
    return table


def enter(table: Table, number: int, answer: bytes) -> str:
    """Put one entry into the table, or return what is wrong with it."""
    fields = answer.split()
    if len(fields) != 3 or fields[2] != b"A" or not is_text(answer):
        return "no entry; write a name, an address and A, with spaces or tabs between"
    name, address = fields[0].lower(), fields[1]
    if not is_address(address):
        return f"{address.decode()!r} is no IPv4 address; write one like 192.0.2.1"
    if len(answer) > LIMIT:
        return f"the entry is too long; it may have {LIMIT} bytes"
    where, _ = table.setdefault(name, (number, answer))
    return "" if where == number else f"{fields[0].decode()} is on line {where} already; remove one of the two"


def is_text(line: bytes) -> bool:
    """Say whether the bytes can be read by people."""
    try:
        return line.replace(b"\t", b" ").decode().isprintable()
    except UnicodeDecodeError:
        return False


def is_address(text: bytes) -> bool:
    """Say whether this is an IPv4 address in its usual form."""
    try:
        return bool(socket.inet_pton(socket.AF_INET, text.decode()))
    except OSError:
        return False


def attend(peer: socket.socket, table: Table) -> None:
    """Answer one connection until it ends, however it ends (B11)."""
    rest = b""
    with contextlib.suppress(OSError), peer:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while len(rest) <= LIMIT and (chunk := peer.recv(CHUNK)):
            *lines, rest = (rest + chunk).split(b"\n")  # wherever the bytes were split (B4)
            for line in lines:
                _, answer = table.get(line.strip().lower(), (0, b""))
                if answer:
                    peer.sendall(answer + b"\n")


def serve(listener: socket.socket, table: Table) -> None:
    """Give every connection a thread; out of descriptors or threads, wait a little and go on."""
    while True:
        try:
            peer, _ = listener.accept()
        except OSError:
            time.sleep(PAUSE)
            continue
        try:
            threading.Thread(target=attend, args=(peer, table), daemon=True).start()
        except RuntimeError:
            peer.close()
            time.sleep(PAUSE)


def arguments() -> tuple[tuple[str, int], str]:
    """Read the command line: where to listen, and where the table is."""
    options, words = getopt.gnu_getopt(sys.argv[1:], "", ["host=", "help"])
    given = {"--host": "127.0.0.1", **dict(options)}
    if "--help" in given:
        print(__doc__, end="")
        sys.exit()
    if len(words) != 2:
        raise ValueError("there must be a PORT and a TABLE, and nothing else")
    port, table = words
    if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
        raise ValueError(f"{port!r} is no port, which is a number from 1 to 65535")
    return (given["--host"], int(port)), table


def main() -> None:
    """Read the arguments and the table, listen, serve."""
    try:
        here, path = arguments()
    except (getopt.GetoptError, ValueError) as trouble:
        print(f"ts.py: in the arguments: {trouble} (--help says more)", file=sys.stderr)
        sys.exit(2)
    table = read_table(path)
    try:
        listener = socket.create_server(here, backlog=128)
    except (OSError, UnicodeError) as trouble:
        sys.exit("ts.py: cannot listen on {}:{}: {}".format(*here, trouble))
    with contextlib.suppress(OSError):
        print("ts.py: listening on {}:{}".format(*here), file=sys.stderr, flush=True)
    serve(listener, table)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
