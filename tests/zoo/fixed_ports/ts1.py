import socket

TABLE = {}
for row in open('PROJ2-DNSTS1.txt'):
    if row.strip():
        TABLE[row.split()[0].lower()] = row.rstrip()

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('', 5017))
s.listen(1)
while True:
    c, a = s.accept()
    while True:
        m = c.recv(1024).decode()
        if m == '':
            break
        if m.lower() in TABLE:
            c.send(TABLE[m.lower()].encode())
    c.close()
