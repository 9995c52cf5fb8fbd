from socket import socket, create_server, create_connection
from select import poll, POLLIN
from sys import argv

server = create_server(("", int(argv[1])))
while True:
    customer, _ = server.accept()
    shops = [create_connection((argv[2], int(argv[3]))), create_connection((argv[4], int(argv[5])))]
    poller = poll()
    for shop in shops:
        poller.register(shop, POLLIN)
    while True:
        wish = customer.recv(500).decode()
        if wish == "end" or wish == "":
            break
        for shop in shops:
            shop.sendall(wish.encode())
        events = poller.poll(5000)
        if not events:
            customer.sendall(f"{wish} - Error:HOST NOT FOUND".encode())
        for shop in shops:
            if events and shop.fileno() == events[0][0]:
                customer.sendall(shop.recv(500))
    for sock in shops + [customer]:
        sock.close()
