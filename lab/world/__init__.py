"""The one door to time, sockets, processes and signals (law 3)."""
