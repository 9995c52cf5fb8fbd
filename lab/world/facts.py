"""What a world tells of its programs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a process has: open descriptors, threads, and bytes of memory in use."""

    descriptors: int
    threads: int
    memory: int


@dataclass(frozen=True, slots=True)
class Excess:
    """What a program took more of than it may, in that unit (`processes`, `bytes of output`, and so on)."""

    server: str
    what: str
    has: int
    allowed: int


@dataclass(frozen=True, slots=True)
class Remnant:
    """A process that was still there after its server had ended; `server` is empty where it cannot be told whose."""

    pid: int
    command: str
    server: str = ""
