import socket
import sys

conn = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
conn.connect((sys.argv[1], int(sys.argv[2])))
fin = conn.makefile('r')
replies = []
for host in open('PROJ2-HNS.txt'):
    conn.sendall((host.strip() + '\n').encode())
    replies.append(fin.readline())
conn.sendall(b'done\n')
conn.close()
with open('RESOLVED.txt', 'w') as resolved:
    for r in reply:
        resolved.write(r)
