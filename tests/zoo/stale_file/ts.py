import socket
import sys

entries = open(sys.argv[2]).read().split('\n')
server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.bind(('', int(sys.argv[1])))
server.listen(3)
while True:
    conn, _ = server.accept()
    fin = conn.makefile('r')
    for asked in fin:
        for e in entries:
            if e.split() and e.split()[0].lower() == asked.strip().lower():
                conn.sendall((e.strip() + '\n').encode())
    fin.close()
    conn.close()
