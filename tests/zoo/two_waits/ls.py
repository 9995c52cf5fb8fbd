import socket
import sys

def query(sock, name):
    sock.settimeout(5)
    try:
        return sock.recv(200)
    except socket.timeout:
        return None

ls = socket.socket()
ls.bind(('', int(sys.argv[1])))
ls.listen(1)
while True:
    c, a = ls.accept()
    ts1 = socket.socket()
    ts1.connect((sys.argv[2], int(sys.argv[3])))
    ts2 = socket.socket()
    ts2.connect((sys.argv[4], int(sys.argv[5])))
    while True:
        name = c.recv(200)
        if not name or name == b'done':
            break
        ts1.send(name)
        ts2.send(name)
        # first wait for one, then for the other
        ans = query(ts1, name) or query(ts2, name)
        if ans is None:
            c.send(name + b' - Error:HOST NOT FOUND')
        else:
            c.send(ans)
    c.close()
    ts1.close()
    ts2.close()
