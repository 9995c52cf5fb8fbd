import socket, threading, sys, time

port, h1, p1, h2, p2 = sys.argv[1:6]
answers = {}
lock = threading.Condition()


def reader(ts):
    for line in ts.makefile():
        with lock:
            answers[line.split()[0].lower()] = line
            lock.notify_all()


def client_thread(c):
    tss = [socket.create_connection((h1, int(p1))), socket.create_connection((h2, int(p2)))]
    for t in tss:
        threading.Thread(target=reader, args=(t,), daemon=True).start()
    for line in c.makefile():
        name = line.strip()
        if name == 'done':
            break
        with lock:
            answers.pop(name.lower(), None)
        for t in tss:
            t.sendall(line.encode())
        with lock:
            lock.wait_for(lambda: name.lower() in answers, timeout=5)
            reply = answers.get(name.lower(), name + ' - Error:HOST NOT FOUND\n')
        c.sendall(reply.encode())
    for t in tss:
        t.shutdown(socket.SHUT_RDWR)
        t.close()
    c.shutdown(socket.SHUT_RDWR)
    c.close()


srv = socket.create_server(('', int(port)))
while True:
    c, _ = srv.accept()
    threading.Thread(target=client_thread, args=(c,), daemon=True).start()
