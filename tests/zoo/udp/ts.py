import socket
import sys

table = {}
for line in open(sys.argv[2]):
    fields = line.split()
    if fields:
        table[fields[0].lower()] = line.strip()

u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.bind(('', int(sys.argv[1])))
while True:
    data, peer = u.recvfrom(512)
    if data.decode().lower() in table:
        u.sendto(table[data.decode().lower()].encode(), peer)
