import socket, sys, select

def read_string(s):
    buf = b''
    while not buf.endswith(b'\0'):
        b = s.recv(1)
        if b == b'':
            return None
        buf = buf + b
    return buf[:-1].decode()

def write_string(s, text):
    s.sendall(text.encode() + b'\0')

def main():
    port = int(sys.argv[1])
    listener = socket.socket()
    listener.bind(('', port))
    listener.listen(5)
    while True:
        client, where = listener.accept()
        tsOne = socket.socket()
        tsOne.connect((sys.argv[2], int(sys.argv[3])))
        tsTwo = socket.socket()
        tsTwo.connect((sys.argv[4], int(sys.argv[5])))
        while True:
            host = read_string(client)
            if host is None or host == 'done':
                break
            write_string(tsOne, host)
            write_string(tsTwo, host)
            got, _, _ = select.select([tsOne, tsTwo], [], [], 5.0)
            if got:
                write_string(client, read_string(got[0]))
            else:
                write_string(client, host + ' - Error:HOST NOT FOUND')
        client.close()
        tsOne.close()
        tsTwo.close()

main()
