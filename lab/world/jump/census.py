"""Who of the system's threads sleeps: the double reading on which every jump of the clock rests.

A thread sleeps when its state says so, and `wchan` says that it is off every run queue (state S alone does not). It has
slept ever since the last look where its count of runs is what it was then. A look that finds all asleep is a first
reading, also if some ran before it, as `wchan` is read after their counts; one that finds nobody's count moved is a
second one. The files are kept open: a pass over seven threads costs some 30 us. Threads and children are listed anew
only where a count has moved, as nobody is born while all sleep.
"""

import contextlib
import ctypes
import os
from collections.abc import Iterator
from pathlib import Path

from lab.world.jump.page import NAME
from lab.world.jump.records import AWAKE, FILES, NEW, RAN, Records

STOPPED, GONE = b"Tt", b"ZXx"
MARK = NAME.encode()


class Thread:
    """One thread, with its files of the kernel open.

    Raises:
        OSError: It is gone, or no more files can be opened.
    """

    __slots__ = ("_number", "_records", "record", "tid")

    def __init__(self, records: Records, pid: int, tid: int) -> None:
        self.tid = tid
        self._records = records
        files: list[int] = []
        try:
            files.extend(os.open(f"/proc/{pid}/task/{tid}/{name}", os.O_RDONLY | os.O_CLOEXEC) for name in FILES)
        except OSError:
            for fd in files:
                os.close(fd)
            raise
        self._number, self.record = records.take()
        self.record.stat, self.record.schedstat, self.record.wchan, self.record.children = files

    def vouch(self) -> None:
        """It waits for no time that the page does not know of, until it has run again."""
        self.record.vouched = 1

    @property
    def is_stopped(self) -> bool:
        """Whether a signal stopped it."""
        return self.record.state in STOPPED

    @property
    def is_gone(self) -> bool:
        """Whether it has ended."""
        return self.record.state in GONE

    def children(self) -> list[int]:
        """The processes that it forked."""
        with contextlib.suppress(OSError):
            return [int(pid) for pid in os.pread(self.record.children, 1 << 16, 0).split()]
        return []

    def close(self) -> None:
        """Close its files."""
        for name in FILES:
            os.close(getattr(self.record, name))
        self._records.leave(self._number)


class Person:
    """One process of the census and its threads."""

    __slots__ = ("_records", "has_new", "image", "pid", "root", "threads")

    def __init__(self, records: Records, pid: int, root: int) -> None:
        self.pid = pid
        self.root = root
        self.threads: dict[int, Thread] = {}
        self.image = b""
        self.has_new = False
        self._records = records

    @property
    def is_root(self) -> bool:
        """Whether it is a keeper, and none of the system."""
        return self.pid == self.root

    @property
    def is_gone(self) -> bool:
        """Whether every thread has ended."""
        return bool(self.threads) and all(thread.is_gone for thread in self.threads.values())

    @property
    def has_run(self) -> bool:
        """Whether one of its threads was seen to have run since they were listed."""
        return any(thread.record.has_run for thread in self.threads.values())

    @property
    def is_awake(self) -> bool:
        """Whether one of its threads does not sleep now."""
        return any(self._records.c.glance(ctypes.byref(one.record)) == AWAKE for one in self.threads.values())

    def list_again(self) -> bool:
        """Find its threads of now, and whether it `has_new` ones that nobody has looked at; False if it is no more."""
        threads = self._threads_now()
        has_gone = any(thread.is_gone for thread in self.threads.values())  # their number may not show a death
        self.has_new = False
        if not threads or has_gone or threads != len(self.threads):
            if not self._list():
                return False
            self._threads_now()
        leader = self.threads.get(self.pid)
        self.image = leader.record.image if leader and leader.record.image else self.image
        for thread in self.threads.values():
            thread.record.has_run = 0
        return True

    def _threads_now(self) -> int:
        """How many threads there are, 0 if that is not known; the leader's image is noted."""
        leader = self.threads.get(self.pid)
        return self._records.c.threads_beside(ctypes.byref(leader.record)) if leader else 0

    def _list(self) -> bool:
        try:
            tids = {int(name) for name in os.listdir(f"/proc/{self.pid}/task")}  # noqa: PTH208 - pathlib is slow
        except OSError:
            return False
        for tid in self.threads.keys() - tids:
            self.threads.pop(tid).close()
        for tid in tids - self.threads.keys():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # gone again
                self.threads[tid] = Thread(self._records, self.pid, tid)
                self.has_new = True
        return bool(self.threads)

    def newborn(self) -> Iterator[int]:
        """The children of all its threads, of those that have others than when this was asked last."""
        for thread in self.threads.values():
            if self._records.c.has_other_children(ctypes.byref(thread.record)):
                yield from thread.children()

    def close(self) -> None:
        """Close its threads' files."""
        for thread in self.threads.values():
            thread.close()


class Census:
    """All processes below the keepers of one world, and the keepers themselves.

    Args:
        library: The built `census.c`.
    """

    def __init__(self, library: Path) -> None:
        self.people: dict[int, Person] = {}
        self._records = Records(library)
        self._known: set[bytes] = set()

    def add(self, keeper: int) -> None:
        """Count a keeper, and whatever descends from it; what it forks is attached to the page by its birth."""
        person = self.people[keeper] = Person(self._records, keeper, keeper)
        person.list_again()
        self._known.add(person.image)

    def remove(self, keeper: int) -> None:
        """Count a keeper and its descendants no more."""
        for person in [person for person in self.people.values() if person.root == keeper]:
            del self.people[person.pid]
            person.close()

    def look(self) -> int:
        """The worst that is found. `RAN`, too, is a first reading: who ran has been listed, and nobody is new.

        Raises:
            OSError: There are more threads than can be looked at.
        """
        seen = self._records.look()
        return self._list_again() if seen == RAN else seen

    def _list_again(self) -> int:
        """Threads and children of those that ran; whether one is `NEW`. A keeper inherits orphans without running."""
        found = RAN
        moved = [person for person in self.people.values() if person.is_root or person.has_run]
        for person in moved:
            if person.list_again():
                found = NEW if person.has_new else found
                moved.extend(self._newborn(person))
            elif not person.is_root:
                del self.people[person.pid]
                person.close()
        return found

    def _newborn(self, parent: Person) -> Iterator[Person]:
        """Its children that were not counted yet, and are from now on."""
        for pid in parent.newborn():
            if pid not in self.people:
                self.people[pid] = Person(self._records, pid, parent.root)
                yield self.people[pid]

    def thread(self, pid: int, tid: int) -> Thread | None:
        """A thread that is counted."""
        person = self.people.get(pid)
        return person.threads.get(tid) if person else None

    def awake(self) -> list[int]:
        """The processes of which a thread does not sleep now."""
        return [person.pid for person in self.people.values() if person.is_awake]

    def unattached(self) -> Person | None:
        """A process that does not live by the page; to be asked while all sleep."""
        for person in self.people.values():
            if person.image in self._known or person.is_gone:
                continue
            maps = _maps_of(person.pid)
            if maps and MARK not in maps:
                return person
            if maps:
                self._known.add(person.image)
        return None

    def strangers(self) -> Iterator[tuple[int, Thread]]:
        """The sleeping threads of the system that nobody has vouched for since they ran: process and thread."""
        for person in self.people.values():
            if person.is_root:
                continue
            for thread in person.threads.values():
                if not (thread.record.vouched or thread.is_gone or thread.is_stopped):
                    yield person.pid, thread


def _maps_of(pid: int) -> bytes:
    """What a process has mapped; nothing once it has ended."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/maps", "rb") as file:  # noqa: PTH123 - quick
        return file.read()
    return b""
