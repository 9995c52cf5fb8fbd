"""The processes in which servers are born: the warden, a keeper per scenario, and the servers they fork.

Nothing here imports the rest of the lab or anything heavy: what is imported before a fork is in every server.

The warden (one per run) is a warm Python that forks a keeper for each scenario; a keeper forks the scenario's
servers. Both are child subreapers, hold a socket from the lab, and at its end of file kill every descendant, again
until none is left: also after `kill -9` of the lab. Requests are one JSON object a packet, descriptors beside it.
"""
