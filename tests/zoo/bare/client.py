import socket
import sys

lsHostname = sys.argv[1]
lsListenPort = int(sys.argv[2])

out = open("RESOLVED.txt", "w")
cs = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
cs.connect((lsHostname, lsListenPort))
with open("PROJ2-HNS.txt") as hns:
    for hostname in hns:
        hostname = hostname.strip()
        if hostname == "":
            continue
        cs.send(hostname.encode('utf-8'))
        reply = cs.recv(200).decode('utf-8')
        print(reply)
        out.write(reply + "\n")
cs.send("done".encode('utf-8'))
out.close()
cs.close()
