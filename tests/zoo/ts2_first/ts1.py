# start ts2 before this one!  usage: ts1.py PORT TS2HOST TS2PORT
import socket
import sys

peer = socket.create_connection((sys.argv[2], int(sys.argv[3])))  # is ts2 up?
peer.close()

rows = [r.split() for r in open("PROJ2-DNSTS1.txt") if r.strip()]
srv = socket.create_server(("", int(sys.argv[1])))
while True:
    ls, _ = srv.accept()
    for wanted in ls.makefile("r"):
        for r in rows:
            if r[0].lower() == wanted.strip().lower():
                ls.sendall((" ".join(r) + "\n").encode())
    ls.close()
