import socket
import sys
import random

print("=" * 60)
print(" CLIENT  v0.3 (final) (really)")
print("=" * 60)
host = sys.argv[1]
port = int(sys.argv[2])
print("connecting to", host, port, "...")
sock = socket.create_connection((host, port))
print("connected!", sock.getsockname(), file=sys.stderr)
f = sock.makefile("rwb", buffering=0)
result = open("RESOLVED.txt", "w")
for i, host in enumerate(open("PROJ2-HNS.txt")):
    print("DEBUG sending query number", i, repr(host), "lucky number", random.random())
    f.write(host.strip().encode() + b"\n")
    answer = f.readline().decode()
    print("DEBUG got", repr(answer))
    result.write(answer)
f.write(b"done\n")
print("bye")
