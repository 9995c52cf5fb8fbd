import select
import socket
import sys

def main():
    if len(sys.argv) != 6:
        print "usage: python ls.py port ts1 port1 ts2 port2"
        sys.exit(1)
    try:
        ss = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        print "[LS]: Server socket created"
    except socket.error, err:
        print '{} \n'.format("socket open error ", err)
    ss.bind(('', int(sys.argv[1])))
    ss.listen(1)
    while True:
        csockid, addr = ss.accept()
        print "[LS]: Got a connection request from", addr
        ts1 = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        ts1.connect((socket.gethostbyname(sys.argv[2]), int(sys.argv[3])))
        ts2 = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        ts2.connect((socket.gethostbyname(sys.argv[4]), int(sys.argv[5])))
        while True:
            data = csockid.recv(100)
            if not data or data == "EOF":
                break
            ts1.send(data)
            ts2.send(data)
            r, w, e = select.select([ts1, ts2], [], [], 5)
            if r:
                csockid.send(r[0].recv(100))
            else:
                csockid.send(data + " - Error:HOST NOT FOUND")
        ts1.close()
        ts2.close()
        csockid.close()

main()
