#!/usr/bin/env python3
import argparse
import socketserver

parser = argparse.ArgumentParser(description="top level server")
parser.add_argument("port", type=int)
parser.add_argument("table", help="the DNS table")
args = parser.parse_args()

RECORDS = {}
with open(args.table) as fh:
    for ln in fh.read().splitlines():
        if ln.strip():
            RECORDS[ln.split()[0].lower()] = ln.strip()


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        for q in self.rfile:
            hit = RECORDS.get(q.decode().strip().lower())
            if hit:
                self.wfile.write(hit.encode() + b"\n")


socketserver.ThreadingTCPServer.allow_reuse_address = True
socketserver.ThreadingTCPServer.daemon_threads = True
socketserver.ThreadingTCPServer(("", args.port), Handler).serve_forever()
