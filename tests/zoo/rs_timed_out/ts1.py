import socket
import sys


def read_dns():
    dns = {}
    with open("PROJ2-DNSTS1.txt") as file:
        for line in file:
            if line.strip():
                host, ip, flag = line.split()
                dns[host.lower()] = host + " " + ip + " " + flag + " IN"
    return dns


def main():
    ts1 = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    ts1.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    ts1.bind(("", int(sys.argv[1])))
    ts1.listen(5)
    dns = read_dns()
    while True:
        conn, _ = ts1.accept()
        with conn, conn.makefile("r") as lines:
            for line in lines:
                answer = dns.get(line.strip().lower())
                if answer is not None:
                    conn.sendall((answer + "\r\n").encode())


main()
