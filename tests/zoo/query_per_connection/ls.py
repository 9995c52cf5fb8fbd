import sys
import socket
from select import select

# LS: one connection is one query

me = socket.socket()
me.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
me.bind(('127.0.0.1', int(sys.argv[1])))
me.listen(20)

def ask(addr, q):
    s = socket.socket()
    s.connect(addr)
    s.send(q)
    return s

while True:
    conn, _ = me.accept()
    q = conn.recv(256)
    if q in (b'', b'done'):
        conn.close()
        continue
    a = ask((sys.argv[2], int(sys.argv[3])), q)
    b = ask((sys.argv[4], int(sys.argv[5])), q)
    r, _, _ = select([a, b], [], [], 5)
    if r:
        conn.send(r[0].recv(256))
    else:
        conn.send(q + b' - Error:HOST NOT FOUND')
    a.close()
    b.close()
    conn.close()
