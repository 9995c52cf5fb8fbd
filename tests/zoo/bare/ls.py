import select
import socket
import sys

# Load balancing server

if len(sys.argv) != 6:
    print("usage: python ls.py lsListenPort ts1Hostname ts1ListenPort ts2Hostname ts2ListenPort")
    exit()

lsListenPort = int(sys.argv[1])
ts1Hostname = sys.argv[2]
ts1ListenPort = int(sys.argv[3])
ts2Hostname = sys.argv[4]
ts2ListenPort = int(sys.argv[5])

ss = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ss.bind(('', lsListenPort))
ss.listen(1)
print("[LS]: waiting for the client")
csockid, addr = ss.accept()
print("[LS]: Got a connection request from a client at {}".format(addr))

ts1 = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ts1.connect((ts1Hostname, ts1ListenPort))
ts2 = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ts2.connect((ts2Hostname, ts2ListenPort))

while 1:
    query = csockid.recv(200).decode('utf-8')
    if query == "done" or not query:
        break
    ts1.send(query.encode('utf-8'))
    ts2.send(query.encode('utf-8'))
    readable, writable, err = select.select([ts1, ts2], [], [], 5)
    if len(readable) == 0:
        csockid.send((query + " - Error:HOST NOT FOUND").encode('utf-8'))
    else:
        answer = readable[0].recv(200)
        csockid.send(answer)

ts1.close()
ts2.close()
ss.close()
exit()
