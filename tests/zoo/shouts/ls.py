import select, socket, sys

NOT_FOUND = "ERROR: HOST NOT FOUND"

def serve_client(conn, one, two):
    while True:
        hostname = conn.recv(1024).decode("utf-8").strip()
        if not hostname or hostname.lower() == "done":
            return
        one.sendall(hostname.encode("utf-8"))
        two.sendall(hostname.encode("utf-8"))
        ready = select.select([one, two], [], [], 5.0)[0]
        if ready:
            reply = ready[0].recv(1024).decode("utf-8")
        else:
            reply = "%s - %s" % (hostname, NOT_FOUND)
        conn.sendall(reply.encode("utf-8"))

if __name__ == "__main__":
    listen_sock = socket.socket()
    listen_sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listen_sock.bind(("0.0.0.0", int(sys.argv[1])))
    listen_sock.listen(1)
    while True:
        conn, _ = listen_sock.accept()
        with conn, socket.create_connection((sys.argv[2], int(sys.argv[3]))) as one, \
                socket.create_connection((sys.argv[4], int(sys.argv[5]))) as two:
            serve_client(conn, one, two)
