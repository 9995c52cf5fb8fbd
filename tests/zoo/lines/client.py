#!/usr/bin/env python3
import argparse
import socket

ap = argparse.ArgumentParser()
ap.add_argument("ls_host")
ap.add_argument("ls_port", type=int)
ap.add_argument("--names", default="PROJ2-HNS.txt")
ap.add_argument("--out", default="RESOLVED.txt")
opts = ap.parse_args()

s = socket.create_connection((opts.ls_host, opts.ls_port))
f = s.makefile("rw", newline="\n")
with open(opts.names) as names, open(opts.out, "w") as out:
    for name in names.read().split():
        f.write(name + "\n")
        f.flush()
        out.write(f.readline())
f.write("done\n")
f.flush()
s.close()
