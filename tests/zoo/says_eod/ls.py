import sys
import socket
import threading


class LoadBalancer:
    END = 'EOD'

    def __init__(self, argv):
        self.port = int(argv[0])
        self.ts_list = [(argv[1], int(argv[2])), (argv[3], int(argv[4]))]

    def one_ts(self, address, name, result, event):
        with socket.create_connection(address) as s:
            s.sendall(name.encode())
            s.settimeout(5)
            try:
                answer = s.recv(300)
            except socket.timeout:
                return
            if answer:
                result.append(answer)
                event.set()

    def resolve(self, name):
        result, event = [], threading.Event()
        for address in self.ts_list:
            threading.Thread(target=self.one_ts, args=(address, name, result, event), daemon=True).start()
        event.wait(5)
        return result[0] if result else (name + ' - Error:HOST NOT FOUND').encode()

    def session(self, client):
        while True:
            name = client.recv(300).decode()
            if name == self.END or name == '':
                client.close()
                return
            client.sendall(self.resolve(name))

    def run(self):
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(('', self.port))
        s.listen()
        while True:
            threading.Thread(target=self.session, args=(s.accept()[0],), daemon=True).start()


LoadBalancer(sys.argv[1:]).run()
