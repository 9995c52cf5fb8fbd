#!/usr/bin/env python3
"""Load balancer. One thread per client."""
import argparse
import select
import socket
import threading
import time


def handle(conn, upstreams):
    socks = []
    for addr in upstreams:
        try:
            socks.append(socket.create_connection(addr))
        except OSError as e:
            print("no connection to", addr, e)
    rest = {s: b"" for s in socks}
    f = conn.makefile("rb")
    for raw in f:
        name = raw.strip().decode()
        if name == "done":
            break
        if not name:
            continue
        answer = None
        for s in list(rest):
            try:
                s.sendall((name + "\n").encode())
            except OSError:
                del rest[s]
        end = time.monotonic() + 5
        while answer is None:
            left = end - time.monotonic()
            if left <= 0:
                break
            ready, _, _ = select.select(list(rest), [], [], left)
            for s in ready:
                data = s.recv(4096)
                if not data:
                    del rest[s]
                    continue
                rest[s] += data
                while b"\n" in rest[s]:
                    line, rest[s] = rest[s].split(b"\n", 1)
                    if line.split()[:1] and line.split()[0].decode().lower() == name.lower():
                        answer = line.decode()
        if answer is None:
            answer = name + " - Error:HOST NOT FOUND"
        conn.sendall((answer + "\n").encode())
    for s in socks:
        s.close()
    f.close()
    conn.close()


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("port", type=int)
    p.add_argument("ts1_host")
    p.add_argument("ts1_port", type=int)
    p.add_argument("ts2_host")
    p.add_argument("ts2_port", type=int)
    a = p.parse_args()
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("0.0.0.0", a.port))
    server.listen(50)
    while True:
        client, _ = server.accept()
        threading.Thread(target=handle, daemon=True,
                         args=(client, [(a.ts1_host, a.ts1_port), (a.ts2_host, a.ts2_port)])).start()
