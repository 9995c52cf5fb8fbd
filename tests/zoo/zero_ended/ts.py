import socket, sys

def load(name):
    d = dict()
    for l in open(name):
        parts = l.split()
        if len(parts) == 3:
            d[parts[0].lower()] = ' '.join(parts)
    return d

records = load(sys.argv[2])
sock = socket.socket()
sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
sock.bind(('', int(sys.argv[1])))
sock.listen(1)
while True:
    peer, _ = sock.accept()
    pending = b''
    while True:
        chunk = peer.recv(1024)
        if not chunk:
            break
        pending += chunk
        while b'\0' in pending:
            word, pending = pending.split(b'\0', 1)
            word = word.decode().lower()
            if word in records:
                peer.sendall(records[word].encode() + b'\0')
    peer.close()
