import socket
import sys
import threading

answer = None
arrived = threading.Event()

def hear(sock):
    global answer
    while True:
        data = sock.recv(1024)
        if not data:
            return
        answer = data
        arrived.set()

lsn = socket.socket()
lsn.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
lsn.bind(('', int(sys.argv[1])))
lsn.listen(1)
servers = None
while True:
    cl, _ = lsn.accept()
    if servers is None:
        servers = [socket.create_connection(sys.argv[2:4]), socket.create_connection(sys.argv[4:6])]
        for srv in servers:
            threading.Thread(target=hear, args=(srv,), daemon=True).start()
    while True:
        q = cl.recv(1024)
        if q in (b'', b'done'):
            break
        for srv in servers:
            srv.sendall(q)
        if arrived.wait(5):
            cl.sendall(answer)
        else:
            cl.sendall(q + b' - Error:HOST NOT FOUND')
        arrived.clear()
    cl.close()
