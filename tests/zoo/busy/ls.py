import socket
import sys
import time


def try_recv(s):
    try:
        return s.recv(200)
    except BlockingIOError:
        return None


def answer_for(q, ts1, ts2):
    ts1.send(q)
    ts2.send(q)
    start = time.time()
    while True:
        reply = try_recv(ts1) or try_recv(ts2)
        if reply:
            return reply
        if time.time() - start > 5:
            return q + b" - Error:HOST NOT FOUND"


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", int(sys.argv[1])))
s.listen(1)
while True:
    c, _ = s.accept()
    ts1 = socket.create_connection((sys.argv[2], int(sys.argv[3])))
    ts2 = socket.create_connection((sys.argv[4], int(sys.argv[5])))
    ts1.setblocking(False)
    ts2.setblocking(False)
    q = c.recv(200)
    while q and q != b"done":
        c.send(answer_for(q, ts1, ts2))
        q = c.recv(200)
    c.close()
    ts1.close()
    ts2.close()
