import sys
from select import select
from socket import *

listener = socket(AF_INET, SOCK_STREAM)
listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
listener.bind(("", int(sys.argv[1])))
listener.listen(5)
while True:
    (peer, peerAddr) = listener.accept()
    A = socket(AF_INET, SOCK_STREAM)
    A.connect((sys.argv[2], int(sys.argv[3])))
    B = socket(AF_INET, SOCK_STREAM)
    B.connect((sys.argv[4], int(sys.argv[5])))
    line = ""
    f = peer.makefile("r")
    while True:
        line = f.readline()
        first = line.split()[0]
        if first == "done":
            break
        A.sendall(line.encode())
        B.sendall(line.encode())
        (rr, ww, xx) = select([A, B], [], [], 5)
        if rr == []:
            peer.sendall((first + " - Error:HOST NOT FOUND\n").encode())
        else:
            peer.sendall(rr[0].recv(2000))
    f.close()
    peer.close()
    A.close()
    B.close()
