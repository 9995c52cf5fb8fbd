import socket
import sys

port = int(sys.argv[1])
table = {}
f = open("PROJ2-DNSTS2.txt", "r")
for line in f:
    words = line.strip().split()
    if words:
        table[words[0].lower()] = line.strip()
f.close()

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(('', port))
s.listen(1)
c, addr = s.accept()
while True:
    q = c.recv(200).decode('utf-8')
    if not q:
        break
    print("[TS2]: asked for " + q)
    if q.lower() in table:
        c.send(table[q.lower()].encode('utf-8'))
s.close()
