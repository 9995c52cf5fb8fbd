import os, select, socket, sys

DEBUG = True

def log(*what):
    if DEBUG:
        print("[ls %d]" % os.getpid(), *what)

def fork_for(conn):
    ts = []
    for k in (2, 4):
        log("dialling", sys.argv[k:k + 2])
        ts.append(socket.create_connection((sys.argv[k], int(sys.argv[k + 1]))))
    text = conn.makefile("r")
    for q in text:
        q = q.rstrip()
        log("query", q)
        if q == "done":
            break
        for t in ts:
            t.sendall(q.encode() + b"\n")
        hit, _, _ = select.select(ts, [], [], 5)
        log("readable", hit)
        conn.sendall(hit[0].recv(2048) if hit else q.encode() + b" - Error:HOST NOT FOUND\n")

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", int(sys.argv[1])))
s.listen(8)
log("hello")
while True:
    conn, peer = s.accept()
    log("client", peer)
    fork_for(conn)
    conn.close()
