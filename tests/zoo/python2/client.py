import socket
import sys

c = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
c.connect((sys.argv[1], int(sys.argv[2])))
out = open("RESOLVED.txt", "w")
for name in open("PROJ2-HNS.txt"):
    c.send(name.strip())
    answer = c.recv(100)
    print "[C]: " + answer
    print >>out, answer
c.send("EOF")
c.close()
