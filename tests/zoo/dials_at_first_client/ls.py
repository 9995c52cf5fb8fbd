import select
import socket
import sys

ts = []          # connections, made when they are needed
args = sys.argv[1:]
listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listening.bind(("", int(args[0])))
listening.listen(5)


def get_line(sock):
    line = b""
    while not line.endswith(b"\n"):
        c = sock.recv(1)
        if not c:
            return b""
        line += c
    return line


while True:
    conn, who = listening.accept()
    if not ts:
        print("first client, connecting to the top level servers")
        ts = [socket.create_connection((args[1], int(args[2]))), socket.create_connection((args[3], int(args[4])))]
    while True:
        q = get_line(conn)
        if q in (b"", b"done\n"):
            break
        ts[0].sendall(q)
        ts[1].sendall(q)
        some = select.select(ts, [], [], 5)[0]
        if some:
            conn.sendall(get_line(some[0]))
        else:
            conn.sendall(q[:-1] + b" - Error:HOST NOT FOUND\n")
    conn.close()
