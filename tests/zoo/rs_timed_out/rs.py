"""Root server. python3 rs.py rsListenPort ts1Hostname ts1ListenPort ts2Hostname ts2ListenPort"""
import socket
import sys
import selectors

BUFSIZE = 1024


def lookup(hostname, servers):
    sel = selectors.DefaultSelector()
    for server in servers:
        server.send((hostname + "\r\n").encode())
        sel.register(server, selectors.EVENT_READ)
    events = sel.select(timeout=5)
    sel.close()
    for key, _ in events:
        return key.fileobj.recv(BUFSIZE).decode()
    return hostname + " - TIMED OUT\r\n"


def main():
    rsListenPort = int(sys.argv[1])
    rs = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    rs.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    rs.bind(("", rsListenPort))
    rs.listen(5)
    servers = []
    while True:
        client, address = rs.accept()
        if not servers:
            for i in (2, 4):
                ts = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
                ts.connect((sys.argv[i], int(sys.argv[i + 1])))
                servers.append(ts)
        lines = client.makefile("r")
        for line in lines:
            if line.strip() == "done":
                break
            client.send(lookup(line.strip(), servers).encode())
        lines.close()
        client.close()


main()
