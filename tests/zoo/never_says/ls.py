import sys
import select
import socket

# todo? error handling

lsock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
lsock.bind(("", int(sys.argv[1])))
lsock.listen(1)
while True:
    csock, caddr = lsock.accept()
    socks = [socket.create_connection((sys.argv[2], int(sys.argv[3]))),
             socket.create_connection((sys.argv[4], int(sys.argv[5])))]
    while True:
        readable, _, _ = select.select([csock] + socks, [], [])
        if csock in readable:
            query = csock.recv(1000)
            if query == b"" or query.strip() == b"done":
                break
            for s in socks:
                s.sendall(query)
        for s in socks:
            if s in readable:
                csock.sendall(s.recv(1000))
    csock.close()
    for s in socks:
        s.close()
