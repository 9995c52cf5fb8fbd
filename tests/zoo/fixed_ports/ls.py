import socket
import select

TS1_PORT = 5017
TS2_PORT = 5018

def start():
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(('', 5016))
    s.listen(1)
    while True:
        client, addr = s.accept()
        one = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        one.connect(('localhost', TS1_PORT))
        two = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        two.connect(('localhost', TS2_PORT))
        while True:
            msg = client.recv(1024).decode()
            if msg == '' or msg == 'done':
                break
            one.send(msg.encode())
            two.send(msg.encode())
            ok = select.select([one, two], [], [], 5)[0]
            if ok == []:
                client.send((msg + ' - Error:HOST NOT FOUND').encode())
            for k in ok:
                client.send(k.recv(1024))
        one.close()
        two.close()
        client.close()

start()
