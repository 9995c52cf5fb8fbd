import socket
import sys
import time

# python3 ls.py ts1Host ts1Port ts2Host ts2Port lsPort
addresses = [(sys.argv[1], int(sys.argv[2])), (sys.argv[3], int(sys.argv[4]))]
port = int(sys.argv[5])

acceptor = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
acceptor.bind(("", port))
acceptor.listen(2)
while 1:
    connection, _ = acceptor.accept()
    tops = []
    for address in addresses:
        t = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        t.connect(address)
        t.settimeout(0.005)
        tops.append(t)
    queries = connection.makefile()
    query = queries.readline().strip()
    while query and query != "done":
        for t in tops:
            t.sendall((query + "\n").encode())
        everything = b""
        deadline = time.monotonic() + 5
        while everything == b"" and time.monotonic() < deadline:
            for t in tops:
                try:
                    everything += t.recv(8192)
                except socket.timeout:
                    pass
        # whatever is there is the answer
        everything = everything or (query + " - Error:HOST NOT FOUND\n").encode()
        connection.sendall(everything)
        query = queries.readline().strip()
    queries.close()
    connection.close()
    for t in tops:
        t.close()
