import sys
import socket

with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as s:
    with open('RESOLVED.txt', 'w') as out:
        for n in open('PROJ2-HNS.txt').read().splitlines():
            s.sendall(n.strip().encode())
            out.write(s.recv(300).decode() + '\n')
    s.sendall('EOD'.encode())
