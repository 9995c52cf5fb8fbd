import socket, sys

sock = socket.socket()
sock.connect((sys.argv[1], int(sys.argv[2])))
results = []
for host in open('PROJ2-HNS.txt').read().splitlines():
    sock.sendall(host.strip().encode() + b'\0')
    text = ''
    while True:
        ch = sock.recv(1)
        if ch in (b'', b'\0'):
            break
        text += ch.decode()
    results.append(text)
sock.sendall(b'done\0')
sock.close()
with open('RESOLVED.txt', 'w') as f:
    for r in results:
        f.write('%s\n' % r)
