import socket
import sys

rs = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
rs.connect((sys.argv[1], int(sys.argv[2])))
replies = rs.makefile("r")
with open("PROJ2-HNS.txt") as hns, open("RESOLVED.txt", "w") as resolved:
    for host in hns:
        rs.sendall((host.strip() + "\r\n").encode())
        resolved.write(replies.readline().strip() + "\n")
rs.sendall("done\r\n".encode())
rs.close()
