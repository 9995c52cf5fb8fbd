import socket
import sys
import select

def connect(h, p):
    k = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    k.connect((h, int(p)))
    return k

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.bind(('', int(sys.argv[1])))
server.listen(3)
while True:
    conn, _ = server.accept()
    up = [connect(sys.argv[2], sys.argv[3]), connect(sys.argv[4], sys.argv[5])]
    fin = conn.makefile('r')
    while True:
        asked = fin.readline()
        if asked.strip() in ('', 'done'):
            break
        [u.sendall(asked.encode()) for u in up]
        ready = select.select(up, [], [], 5)[0]
        if ready:
            conn.sendall(ready[0].recv(500))
        else:
            conn.sendall((asked.strip() + ' - Error:HOST NOT FOUND\n').encode())
    fin.close()
    conn.close()
    [u.close() for u in up]
