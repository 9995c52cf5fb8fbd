import sys, socket, select

def make(host, port):
    s = socket.socket()
    s.connect((host, port))
    return s

lport = int(sys.argv[1])
s = socket.socket()
s.bind(('', lport))
s.listen(1)
conn, _ = s.accept()
s.close()
ts1 = make(sys.argv[2], int(sys.argv[3]))
ts2 = make(sys.argv[4], int(sys.argv[5]))
rd = conn.makefile('r')
line = rd.readline()
while line != '' and line.strip() != 'done':
    ts1.send(line.encode())
    ts2.send(line.encode())
    x, y, z = select.select([ts1, ts2], [], [], 5)
    if x:
        conn.send(x[0].recv(4096))
    else:
        conn.send((line.strip() + ' - Error:HOST NOT FOUND\n').encode())
    line = rd.readline()
print('client left, so do I')
