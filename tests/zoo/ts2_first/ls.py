import select
import socket
import sys

a = sys.argv
srv = socket.create_server(("", int(a[1])))
while True:
    client, _ = srv.accept()
    t1 = socket.create_connection((a[2], int(a[3])))
    t2 = socket.create_connection((a[4], int(a[5])))
    reader = client.makefile("r")
    while True:
        q = reader.readline()
        if not q or q == "done\n":
            break
        t1.sendall(q.encode())
        t2.sendall(q.encode())
        r = select.select([t1, t2], [], [], 5)[0]
        client.sendall(r[0].recv(999) if r else (q.strip() + " - Error:HOST NOT FOUND\n").encode())
    reader.close()
    for k in (client, t1, t2):
        k.close()
