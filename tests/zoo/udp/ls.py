import socket
import sys

port = int(sys.argv[1])
ts = [(sys.argv[2], int(sys.argv[3])), (sys.argv[4], int(sys.argv[5]))]

front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
front.bind(('', port))

while True:
    query, who = front.recvfrom(512)
    if query == b'done':
        continue
    back = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    back.settimeout(5)
    for t in ts:
        back.sendto(query, t)
    try:
        answer, _ = back.recvfrom(512)
        front.sendto(answer, who)
    except socket.timeout:
        front.sendto(query + b' - Error:HOST NOT FOUND', who)
    back.close()
