import sys
from upstream import race

import socket


def run(port, *rest):
    pairs = list(zip(rest[0::2], map(int, rest[1::2])))
    with socket.create_server(("", port), backlog=16) as listener:
        while True:
            client, _ = listener.accept()
            with client:
                handle(client, [socket.create_connection(p) for p in pairs])


def handle(client, upstreams):
    for line in client.makefile("rb"):
        name = line.strip()
        if name == b"done":
            break
        client.sendall(race(name, upstreams) + b"\n")
    for u in upstreams:
        u.close()


run(int(sys.argv[1]), *sys.argv[2:])
