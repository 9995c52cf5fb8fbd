import sys
import socket

db = {l.split()[0].lower(): l.strip() for l in open(sys.argv[2]) if l.strip()}
sk = socket.socket()
sk.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
sk.bind(('', int(sys.argv[1])))
sk.listen(20)
while True:
    conn, _ = sk.accept()
    name = conn.recv(256).decode()
    answer = db.get(name.lower())
    if answer:
        conn.send(answer.encode())
    conn.recv(1)
    conn.close()
