"""Another user: where the lab is root, isolated programs are *nobody*, who owns nothing but what they are handed.

A program that is to be nobody must be able to reach what it consists of. What nobody may reach is told by the modes of
files, since nobody is in no group of theirs.
"""

import ctypes
import os
import pwd
import stat
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

NAME = "nobody"
PR_SET_DUMPABLE = 4
READ, PASS = 4, 1
"""What is wanted of a file, and of a folder on the way to it, as bits of a mode."""
_LIBC = ctypes.CDLL(None, use_errno=True)


class User(NamedTuple):
    """A user and its group, by number."""

    uid: int
    gid: int


@cache
def stranger() -> User | None:
    """Whom isolated programs are to be; None where the lab is not root, or there is no such user."""
    if os.geteuid():
        return None
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        return None
    return User(entry.pw_uid, entry.pw_gid)


def become(user: User) -> None:
    """Be another user from now on, in no group but its own.

    Raises:
        OSError: The system does not let us.
    """
    os.setgroups([])
    os.setresgid(user.gid, user.gid, user.gid)
    os.setresuid(user.uid, user.uid, user.uid)
    _LIBC.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)  # or it could not read what /proc says of itself


def closed(path: str, user: User) -> str:
    """The part of a path at which a user may not go on or, at its end, not read; empty if there is none.

    What is not there is not closed.
    """
    for place in _way(path):
        try:
            status = os.stat(place)  # noqa: PTH116 - as all of the nursery
        except FileNotFoundError:
            return ""
        except OSError:
            return place
        wanted = PASS if stat.S_ISDIR(status.st_mode) else READ
        if not _bits(status, user) & wanted:
            return place
    return ""


def _way(path: str) -> Iterator[str]:
    """All that is passed on the way to a path, itself included, and to where it really is, if that is elsewhere."""
    for goal in dict.fromkeys((path, os.path.realpath(path))):  # noqa: PTH118, PTH120, RUF100 - as above
        parts = goal.split("/")
        yield from ("/".join(parts[:end]) or "/" for end in range(1, len(parts) + 1))


def _bits(status: os.stat_result, user: User) -> int:
    """What a user may do, as the last three bits of a mode."""
    if status.st_uid == user.uid:
        return status.st_mode >> 6
    return status.st_mode >> 3 if status.st_gid == user.gid else status.st_mode


def hand_over(folder: str, user: User) -> None:
    """Give a folder, and all in it, to a user, unless it has been given before.

    What is deepest goes first: so all folders on the way to what is given are still root's, and no program of that user
    can have put a link in place of one. For the same reason it is done once: later its owner could.

    Raises:
        OSError: It cannot be.
    """
    if os.stat(folder).st_uid == user.uid:  # noqa: PTH116 - as above
        return
    for place, folders, files in os.walk(folder, topdown=False):
        for name in (*folders, *files):
            os.chown(os.path.join(place, name), *user, follow_symlinks=False)  # noqa: PTH118 - as above
    os.chown(folder, *user)
