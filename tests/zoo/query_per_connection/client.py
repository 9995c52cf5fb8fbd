import sys
import socket

fout = open('RESOLVED.txt', 'w')
for name in open('PROJ2-HNS.txt'):
    name = name.strip()
    sock = socket.socket()
    sock.connect((sys.argv[1], int(sys.argv[2])))
    sock.send(name.encode())
    fout.write(sock.recv(256).decode() + '\n')
    sock.close()
fout.close()
