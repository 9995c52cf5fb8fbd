"""The records of all threads that the census counts, and the C that fills them: `census.c`, with the same layout."""

import ctypes
import errno
import mmap
import os
from pathlib import Path

SAME, RAN, NEW, AWAKE = range(4)
"""What a look finds, from the best on: asleep as before, asleep after a run, not looked at yet, awake."""
RECORDS = 1 << 16
FILES = ("stat", "schedstat", "wchan", "children")


class Record(ctypes.Structure):
    """What is read of one thread (`struct thread` in `census.c`)."""

    _fields_ = (
        *((name, ctypes.c_int32) for name in FILES),
        *((name, ctypes.c_int32) for name in ("state", "has_run", "vouched", "size")),
        ("brood", ctypes.c_uint64),
        ("count", ctypes.c_char * 72),
        ("image", ctypes.c_char * 72),
    )


class Records:
    """Room for the records of all threads, side by side, which costs memory only where it was ever used.

    Args:
        library: The built `census.c`.
    """

    def __init__(self, library: Path) -> None:
        self.c = ctypes.CDLL(str(library))
        self._all = (Record * RECORDS).from_buffer(mmap.mmap(-1, ctypes.sizeof(Record) * RECORDS, mmap.MAP_PRIVATE))
        self._awake = ctypes.c_int(-1)
        self._used = 0
        self._free: list[int] = []

    def look(self) -> int:
        """The worst of all records."""
        found: int = self.c.look(self._all, self._used, ctypes.byref(self._awake))
        return found

    def take(self) -> tuple[int, Record]:
        """A record that is nobody's, and its number.

        Raises:
            OSError: There is none any more.
        """
        if not self._free and self._used == RECORDS:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        number = self._free.pop() if self._free else self._used
        if number == self._used:
            self._used += 1
        record = self._all[number]
        ctypes.memset(ctypes.byref(record), 0, ctypes.sizeof(record))
        record.stat = -1
        return number, record

    def leave(self, number: int) -> None:
        """It is nobody's again."""
        self._all[number].stat = -1
        self._free.append(number)
