from socket import *
import sys

c = socket(AF_INET, SOCK_STREAM)
c.connect((sys.argv[1], int(sys.argv[2])))
resolved = open("RESOLVED.txt", "w")
for host in open("PROJ2-HNS.txt"):
    c.sendall(host.strip().ljust(200).encode())
    resolved.write(c.recv(200, MSG_WAITALL).decode().rstrip() + "\n")
c.sendall("done".ljust(200).encode())
resolved.close()
c.close()
