import select

WAIT = 5


def race(name, upstreams):
    for u in upstreams:
        u.sendall(name + b"\n")
    readable, _, _ = select.select(upstreams, [], [], WAIT)
    for u in readable:
        return u.recv(4096).strip()
    return name + b" - Error:HOST NOT FOUND"
