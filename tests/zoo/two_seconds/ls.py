import socket, sys
from threading import Thread
from queue import Queue, Empty

TIMEOUT = 2

def pump(sock, q):
    f = sock.makefile()
    try:
        for l in f:
            q.put(l)
    except OSError:
        pass

def serve(c):
    q = Queue()
    socks = []
    for port in sys.argv[2:4]:
        s = socket.socket()
        s.connect(('localhost', int(port)))
        Thread(target=pump, args=(s, q), daemon=True).start()
        socks.append(s)
    f = c.makefile()
    for l in f:
        if l == 'done\n': break
        for s in socks: s.sendall(l.encode())
        try: c.sendall(q.get(timeout=TIMEOUT).encode())
        except Empty: c.sendall(('%s - Error:HOST NOT FOUND\n' % l.strip()).encode())
    f.close(); c.close()
    for s in socks: s.shutdown(2); s.close()

m = socket.socket()
m.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
m.bind(('', int(sys.argv[1])))
m.listen(9)
while True:
    Thread(target=serve, args=(m.accept()[0],), daemon=True).start()
