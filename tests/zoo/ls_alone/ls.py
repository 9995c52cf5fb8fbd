import socket
import sys
import time


def open_ts(host, port):
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    s.connect((host, port))
    s.setblocking(False)
    return s


def poll(sockets, seconds):
    began = time.time()
    while time.time() - began < seconds:
        for s in sockets:
            try:
                return s.recv(200)
            except BlockingIOError:
                pass
        time.sleep(0.01)
    return None


lsSocket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
lsSocket.bind(('', int(sys.argv[1])))
lsSocket.listen(1)
while True:
    clientSocket, clientAddress = lsSocket.accept()
    print('client from', clientAddress)
    servers = [open_ts(sys.argv[2], int(sys.argv[3])), open_ts(sys.argv[4], int(sys.argv[5]))]
    while True:
        host = clientSocket.recv(200)
        if len(host) == 0 or host.decode() == 'done':
            break
        for s in servers:
            s.send(host)
        response = poll(servers, 5)
        clientSocket.send(response if response else host + b' - Error:HOST NOT FOUND')
    for s in servers:
        s.close()
    clientSocket.close()
