import logging
import selectors
import socket
import sys

logging.basicConfig(level=logging.DEBUG, stream=sys.stdout, format="%(asctime)s %(levelname)s %(message)s")
sel = selectors.DefaultSelector()


def drain(sock):
    data = sock.recv(4096)
    logging.debug("drained %r", data)
    return data


def session(client):
    logging.info("*** NEW CLIENT ***")
    backends = [socket.create_connection((sys.argv[n], int(sys.argv[n + 1]))) for n in (2, 4)]
    for b in backends:
        sel.register(b, selectors.EVENT_READ)
    stream = client.makefile("r")
    for line in stream:
        logging.debug("line %r", line)
        if line.strip() == "done":
            logging.warning("client says done")
            break
        for b in backends:
            b.sendall(line.encode())
        events = sel.select(5)
        logging.debug("events %r", events)
        if events:
            client.sendall(drain(events[0][0].fileobj))
        else:
            logging.error("%s not found!!!", line.strip())
            client.sendall(line.strip().encode() + b" - Error:HOST NOT FOUND\n")
    for b in backends:
        sel.unregister(b)
        b.close()
    stream.close()


with socket.create_server(("", int(sys.argv[1]))) as door:
    print("#" * 70)
    while True:
        sock, _ = door.accept()
        with sock:
            session(sock)
