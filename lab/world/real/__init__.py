"""The real world: the kernel's sockets, processes and clock."""
