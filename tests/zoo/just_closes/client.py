import socket
import sys

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect((sys.argv[1], int(sys.argv[2])))
fh = open('RESOLVED.txt', 'w')
for line in open('PROJ2-HNS.txt'):
    s.sendall(line.strip().encode())
    fh.write('%s\n' % s.recv(100).decode())
fh.close()
s.close()
