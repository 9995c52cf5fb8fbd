"""Where a run's temporary files are: in memory where there is room, as every scenario makes and removes some.

A disk's file system may take 0.2 ms of processor for a file, if many were removed a moment ago; memory takes 7 us.
"""

import os
import secrets
import tempfile
from pathlib import Path

from lab.errors import LabTrouble

MEMORY = Path("/dev/shm")  # noqa: S108 - the folder in it has a name that nobody can guess
CHOSEN = ("TMPDIR", "TEMP", "TMP")
"""Variables by which people say where temporary files are to be."""
ROOM = 1 << 30
"""Bytes that are to be free in memory."""
CURE = "set TMPDIR to a folder that can be written"


def scratch() -> Path:
    """A folder that is still to be made, which the warden does: it alone removes it, also after `kill -9` of the lab.

    Raises:
        LabTrouble: There is no place for temporary files.
    """
    try:
        base = MEMORY if _has_room(MEMORY) else Path(tempfile.gettempdir())
    except OSError as error:
        raise LabTrouble(f"no folder for temporary files is to be had: {error.strerror}: {CURE}") from error
    return base / f"fault-lab-{secrets.token_hex(8)}"


def _has_room(memory: Path) -> bool:
    """Whether nobody has said otherwise, and files can be made there, and executed."""
    if any(name in os.environ for name in CHOSEN) or not os.access(memory, os.W_OK | os.X_OK):
        return False
    place = os.statvfs(memory)
    return place.f_bavail * place.f_frsize >= ROOM and not place.f_flag & os.ST_NOEXEC
