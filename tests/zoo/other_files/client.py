import socket
import sys

with open('hosts.txt') as inp:
    hosts = inp.read().split()
ls = socket.create_connection((sys.argv[1], int(sys.argv[2])))
stream = ls.makefile('rw')
with open('output.txt', 'w') as output:
    for h in hosts:
        print(h, file=stream, flush=True)
        output.write(stream.readline())
print('done', file=stream, flush=True)
ls.close()
