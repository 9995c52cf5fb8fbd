from socket import create_connection
from sys import argv

ls = create_connection((argv[1], int(argv[2])))
lines = []
for host in open("PROJ2-HNS.txt").read().split():
    ls.sendall(host.encode())
    lines.append(ls.recv(500).decode())
ls.sendall("end".encode())
ls.close()
open("RESOLVED.txt", "w").write("\n".join(lines) + "\n")
