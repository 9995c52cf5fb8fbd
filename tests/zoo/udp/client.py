import socket
import sys

u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.settimeout(10)
resolved = open('RESOLVED.txt', 'w')
for host in open('PROJ2-HNS.txt').read().split():
    u.sendto(host.encode(), (sys.argv[1], int(sys.argv[2])))
    resolved.write(u.recvfrom(512)[0].decode() + '\n')
u.sendto(b'done', (sys.argv[1], int(sys.argv[2])))
resolved.close()
