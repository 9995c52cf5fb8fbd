from socket import *
import sys
import threading
import queue

SIZE = 200

def fixed(text):
    return text.ljust(SIZE).encode()

def receive(sock):
    data = b""
    while len(data) < SIZE:
        more = sock.recv(SIZE - len(data))
        if not more:
            return None
        data += more
    return data.decode().strip()

def listen_to(ts, inbox):
    while True:
        answer = receive(ts)
        if answer is None:
            return
        inbox.put(answer)

class Session(threading.Thread):
    def __init__(self, sock):
        super().__init__(daemon=True)
        self.sock = sock
    def run(self):
        inbox = queue.Queue()
        servers = []
        for host, port in ((sys.argv[2], sys.argv[3]), (sys.argv[4], sys.argv[5])):
            ts = socket(AF_INET, SOCK_STREAM)
            ts.connect((host, int(port)))
            threading.Thread(target=listen_to, args=(ts, inbox), daemon=True).start()
            servers.append(ts)
        while True:
            q = receive(self.sock)
            if q is None or q == "done":
                break
            for ts in servers:
                ts.sendall(fixed(q))
            try:
                a = inbox.get(timeout=5)
            except queue.Empty:
                a = q + " - Error:HOST NOT FOUND"
            self.sock.sendall(fixed(a))
        for ts in servers:
            ts.shutdown(SHUT_RDWR)
            ts.close()
        self.sock.close()

server = socket(AF_INET, SOCK_STREAM)
server.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
server.bind(("", int(sys.argv[1])))
server.listen(10)
while True:
    conn, addr = server.accept()
    Session(conn).start()
