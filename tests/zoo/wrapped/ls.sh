#!/bin/sh
# usage: ./ls.sh lsListenPort ts1Hostname ts1ListenPort ts2Hostname ts2ListenPort
cd "$(dirname "$0")" || exit 1
exec python3 balancer/main.py "$@"
