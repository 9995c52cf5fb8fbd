import socket
import sys
import threading

rows = [r.split() for r in open("PROJ2-DNSTS2.txt") if r.strip()]


def work(sock):
    for wanted in sock.makefile("r"):
        for r in rows:
            if r[0].lower() == wanted.strip().lower():
                sock.sendall((" ".join(r) + "\n").encode())
    sock.close()


srv = socket.create_server(("", int(sys.argv[1])))
while True:
    threading.Thread(target=work, args=(srv.accept()[0],)).start()
