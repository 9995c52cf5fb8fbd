import socket
import sys
import threading
import time

local = socket.gethostbyname(socket.gethostname())
print("[S]: Server host name is", socket.gethostname(), "and its IP address is", local)
door = socket.socket()
door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
door.bind((local, int(sys.argv[1])))
door.listen(5)


class Question:
    def __init__(self, name):
        self.name = name
        self.answer = None
        self.done = threading.Event()


def from_ts(sock, current):
    for line in sock.makefile("rb"):
        question = current.get("q")
        if question and line.lower().startswith(question.name.lower() + b" "):
            question.answer = line
            question.done.set()


def to_client(sock):
    current = {}
    tops = [socket.create_connection((sys.argv[2], int(sys.argv[3]))),
            socket.create_connection((sys.argv[4], int(sys.argv[5])))]
    for top in tops:
        threading.Thread(target=from_ts, args=(top, current), daemon=True).start()
    for name in sock.makefile("rb"):
        if name.strip() == b"done":
            break
        question = current["q"] = Question(name.strip())
        for top in tops:
            top.sendall(name)
        question.done.wait(5)
        sock.sendall(question.answer or question.name + b" - Error:HOST NOT FOUND\n")
    for s in [sock] + tops:
        s.shutdown(socket.SHUT_RDWR)
        s.close()


while True:
    threading.Thread(target=to_client, args=(door.accept()[0],), daemon=True).start()
