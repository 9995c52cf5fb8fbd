from socket import *
import sys
import threading

if len(sys.argv) < 3:
    sys.exit("usage: ts.py port file")

names = {}
for entry in open(sys.argv[2]).readlines():
    if entry.strip() != "":
        names[entry.split()[0].lower()] = entry.strip()

def talk(c):
    while True:
        block = c.recv(200, MSG_WAITALL)
        if len(block) < 200:
            break
        found = names.get(block.decode().strip().lower())
        if found is not None:
            c.sendall(found.ljust(200).encode())
    c.close()

s = socket(AF_INET, SOCK_STREAM)
s.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
s.bind(("", int(sys.argv[1])))
s.listen(10)
while 1:
    c, _ = s.accept()
    threading.Thread(target=talk, args=[c]).start()
