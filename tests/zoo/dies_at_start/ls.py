import socket
import select
import sys

ls_port = int(sys.argv[1])
ts1 = (sys.argv[2], int(sys.argv[3]))
ts2 = (sys.argv[4], int(sys.argv[5]))

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.bind(("", lsPort))
server.listen(1)
while True:
    client, _ = server.accept()
    name = client.recv(100)
    a, b = socket.create_connection(ts1), socket.create_connection(ts2)
    a.send(name)
    b.send(name)
    found = select.select([a, b], [], [], 5)[0]
    client.send(found[0].recv(100) if found else name + b" - Error:HOST NOT FOUND")
