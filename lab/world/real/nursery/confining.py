"""Confining a program by Landlock, which any user may do: it signals nobody but its own, and writes where it may.

Linux 6.12 has what is needed for signals. What cannot be had is left out, and `lab doctor` says so.
"""

import contextlib
import ctypes
import os
import struct
from collections.abc import Mapping
from typing import Any, NamedTuple

CREATE, ADD, RESTRICT = 444, 445, 446
ASK_VERSION = 1
PATH_BENEATH = 1
SCOPED_SIGNALS, SINCE = 1 << 1, 6
PR_SET_NO_NEW_PRIVS = 38
NONE = "this kernel has no Landlock that confines signals (Linux 6.12 and later)"
WRITE_FILE, TRUNCATE = 1 << 1, 1 << 14
WRITES = sum(1 << bit for bit in (1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14))
"""To write to a file, remove one, make one of any kind, move one, and cut one short."""
ATTRIBUTES, RULE = struct.Struct("=QQQ"), struct.Struct("=Qi")
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/ptmx")
_LIBC = ctypes.CDLL(None, use_errno=True)


class Fence(NamedTuple):
    """What is found out once for all programs: the rules of all, and how many processes the user has already."""

    rules: int
    users: int


def version() -> int:
    """Which Landlock the kernel has; 0 if none."""
    return max(int(_LIBC.syscall(CREATE, None, 0, ASK_VERSION)), 0)


def confines() -> bool:
    """Whether programs can be confined here."""
    return version() >= SINCE


def signals_only() -> int:
    """A descriptor of the rule that signals stay within; -1 if there is none."""
    return _ruleset(0) if confines() else -1


def _ruleset(writes: int) -> int:
    attributes = ATTRIBUTES.pack(writes, 0, SCOPED_SIGNALS)
    return int(_LIBC.syscall(CREATE, attributes, len(attributes), 0))


def confine(rules: int) -> bool:
    """Hold this process, and all that it will start, to these rules, for good; whether it is now."""
    _LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return rules >= 0 and not _LIBC.syscall(RESTRICT, rules, 0)


def writing_below(*folders: str) -> int:
    """A descriptor of the rules that nothing is written but below these folders, and that signals stay within.

    Returns:
        -1 where there is no such rule.
    """
    rules = _ruleset(WRITES) if confines() else -1
    for path in (*folders, *DEVICES) if rules >= 0 else ():
        with contextlib.suppress(OSError):  # a device that is not there is not written to
            _allow(rules, path)
    return rules


def _allow(rules: int, path: str) -> None:
    fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        allowed = WRITES if os.path.isdir(path) else WRITE_FILE | TRUNCATE  # noqa: PTH112 - quickly
        _LIBC.syscall(ADD, rules, PATH_BENEATH, RULE.pack(allowed, fd), 0)
    finally:
        os.close(fd)


def rules_for(request: Mapping[str, Any], fence: Fence, page: str) -> int:
    """A descriptor of a program's rules: it signals nobody but its own, and, isolated, writes in its folder only.

    Args:
        request: What the keeper was asked to start, of which `isolated` and `folder` count here.
        fence: The rules of all.
        page: The file by which its clock goes, which it writes to; empty if it has none.
    """
    if not request["isolated"]:
        return fence.rules
    return writing_below(request["folder"], *([page] if page else []))
