import select
import socket
import sys

WELCOME = "Welcome to the load balancer!\n"


class Upstream:
    def __init__(self, host, port):
        self.sock = socket.create_connection((host, int(port)))
        self.file = self.sock.makefile("r", newline="\n")

    def fileno(self):
        return self.sock.fileno()

    def close(self):
        self.file.close()
        self.sock.close()


s = socket.create_server(("", int(sys.argv[1])))
while True:
    c, _ = s.accept()
    c.sendall(WELCOME.encode())
    ups = [Upstream(*sys.argv[2:4]), Upstream(*sys.argv[4:6])]
    with c.makefile("r", newline="\n") as queries:
        for query in queries:
            query = query.strip()
            if query == "done":
                break
            for up in ups:
                up.sock.sendall((query + "\n").encode())
            ready, _, _ = select.select(ups, [], [], 5)
            reply = ready[0].file.readline() if ready else query + " - Error:HOST NOT FOUND\n"
            c.sendall(reply.encode())
    for up in ups:
        up.close()
    c.close()
