import socket
import sys
import select

# the client closes its socket when it has no more names

class TopLevel(object):

    def __init__(self, address):
        self.s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.s.connect(address)

    def ask(self, name):
        self.s.sendall(name)

ls = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ls.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
ls.bind(('', int(sys.argv[1])))
ls.listen(1)
while True:
    client, _ = ls.accept()
    top = [TopLevel((sys.argv[2], int(sys.argv[3]))), TopLevel((sys.argv[4], int(sys.argv[5])))]
    name = client.recv(100)
    while name:
        for t in top:
            t.ask(name)
        ready, _, _ = select.select([t.s for t in top], [], [], 5)
        client.sendall(ready[0].recv(100) if ready else name + b' - Error:HOST NOT FOUND')
        name = client.recv(100)
    client.close()
    for t in top:
        t.s.close()
