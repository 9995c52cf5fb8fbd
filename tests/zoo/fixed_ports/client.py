import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(('localhost', 5016))
names = [x.strip() for x in open('PROJ2-HNS.txt')]
o = open('RESOLVED.txt', 'w')
for n in names:
    s.send(n.encode())
    o.write(s.recv(1024).decode() + '\n')
s.send('done'.encode())
o.close()
s.close()
