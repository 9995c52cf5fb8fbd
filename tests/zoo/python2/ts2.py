import socket
import sys

dns = {}
for line in open("PROJ2-DNSTS2.txt"):
    if line.strip():
        dns[line.split()[0].lower()] = line.strip()
print "[TS2]: %d entries" % len(dns)
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(('', int(sys.argv[1])))
s.listen(1)
while 1:
    c, addr = s.accept()
    while 1:
        q = c.recv(100)
        if not q:
            break
        if dns.has_key(q.lower()):
            c.send(dns[q.lower()])
    c.close()
