"""Who of the system's threads sleeps: the double reading on which every jump of the clock rests.

A thread sleeps when its state says so, and `wchan` says that it is off every run queue (state S alone does not). It has
slept ever since the last look where its count of runs is what it was then. A look that finds all asleep is a first
reading, also if some ran before it, as `wchan` is read after their counts; one that finds nobody's count moved is a
second one. The files are kept open: a pass over seven threads costs some 30 us. Threads and children are listed anew
only where a count has moved, as nobody is born while all sleep.
"""

import contextlib
import os
from collections.abc import Iterator

from lab.world.jump.page import NAME

STATES_ASLEEP, STOPPED, GONE = b"STt", b"Tt", b"ZXx"
ON_A_QUEUE = b"0"
"""What `wchan` begins with while a thread runs or waits for a processor, whatever its state says."""
SAME, RAN, NEW, AWAKE = range(4)
"""What a look finds, from the best on: asleep as before, asleep after a run, not looked at yet, awake."""
THREADS, IMAGE = 17, slice(23, 26)
"""Fields of `stat` behind the name: how many threads there are; where code and stack begin, which every exec moves."""
MARK = NAME.encode()


class Thread:
    """One thread, with its files of the kernel open."""

    __slots__ = ("_count", "_files", "state", "tid", "vouched")

    def __init__(self, pid: int, tid: int) -> None:
        self.tid = tid
        self.state = ord("R")
        self.vouched = False
        self._count = b""
        self._files: list[int] = []
        try:
            for name in ("stat", "schedstat", "wchan", "children"):
                self._files.append(os.open(f"/proc/{pid}/task/{tid}/{name}", os.O_RDONLY | os.O_CLOEXEC))
        except OSError:
            self.close()
            raise

    def look(self) -> int:
        """Whether it sleeps, and whether it has run since the last look."""
        stat, schedstat, wchan, _ = self._files
        try:
            is_queued = os.pread(wchan, 1, 0) == ON_A_QUEUE
            count = os.pread(schedstat, 80, 0)
            if count == self._count and not is_queued:
                return SAME  # no thread comes to another state of sleep without running
            words = os.pread(stat, 80, 0)
            self.state = words[words.rindex(b") ") + 2]
            if self.state in GONE:
                count = b"gone"
            elif is_queued or self.state not in STATES_ASLEEP or os.pread(wchan, 1, 0) == ON_A_QUEUE:
                return AWAKE  # `wchan` was read again, for it may have run between the first time and its count
        except (OSError, ValueError):
            self.state, count = GONE[1], b"gone"
        if count == self._count:
            return SAME
        self._count, self.vouched = count, False
        return RAN

    @property
    def is_stopped(self) -> bool:
        """Whether a signal stopped it."""
        return self.state in STOPPED

    @property
    def is_gone(self) -> bool:
        """Whether it has ended."""
        return self.state in GONE

    def facts(self) -> list[bytes]:
        """The fields of its `stat` behind the name; empty if it is gone."""
        with contextlib.suppress(OSError, ValueError):
            words = os.pread(self._files[0], 1024, 0)
            return words[words.rindex(b") ") + 2 :].split()
        return []

    def children(self) -> list[bytes]:
        """The processes that it forked."""
        with contextlib.suppress(OSError):
            return os.pread(self._files[3], 1 << 16, 0).split()
        return []

    def close(self) -> None:
        """Close its files."""
        for fd in self._files:
            os.close(fd)


class Person:
    """One process of the census and its threads."""

    __slots__ = ("image", "is_dirty", "pid", "root", "threads")

    def __init__(self, pid: int, root: int) -> None:
        self.pid = pid
        self.root = root
        self.threads: dict[int, Thread] = {}
        self.is_dirty = True
        self.image = b""

    @property
    def is_root(self) -> bool:
        """Whether it is a keeper, and none of the system."""
        return self.pid == self.root

    @property
    def is_gone(self) -> bool:
        """Whether every thread has ended."""
        return bool(self.threads) and all(thread.is_gone for thread in self.threads.values())

    def look(self) -> int:
        """Whether all its threads sleep, and whether one has run since the last look."""
        for thread in self.threads.values():
            seen = thread.look()
            if seen == AWAKE:
                self.is_dirty = True
                return AWAKE
            if seen == RAN:
                self.is_dirty = True
        return RAN if self.is_dirty else SAME

    def list_again(self) -> bool:
        """Find its threads of now; False if it is no more."""
        self.is_dirty = False
        facts = self._facts()
        if not facts or facts[THREADS] != b"%d" % len(self.threads) or self._has_gone:  # a death would show
            if not self._list():
                return False
            facts = self._facts()
        self.image = b" ".join(facts[IMAGE]) or self.image
        return True

    def _facts(self) -> list[bytes]:
        leader = self.threads.get(self.pid)
        return leader.facts() if leader else []

    def _list(self) -> bool:
        try:
            tids = {int(name) for name in os.listdir(f"/proc/{self.pid}/task")}  # noqa: PTH208 - pathlib is slow
        except OSError:
            return False
        for tid in self.threads.keys() - tids:
            self.threads.pop(tid).close()
        for tid in tids - self.threads.keys():
            with contextlib.suppress(OSError):  # gone again
                self.threads[tid] = Thread(self.pid, tid)
                self.is_dirty = True
        return bool(self.threads)

    @property
    def _has_gone(self) -> bool:
        return any(thread.is_gone for thread in self.threads.values())

    def children(self) -> Iterator[int]:
        """The children of all its threads."""
        for thread in self.threads.values():
            yield from map(int, thread.children())

    def close(self) -> None:
        """Close its threads' files."""
        for thread in self.threads.values():
            thread.close()


class Census:
    """All processes below the keepers of one world, and the keepers themselves."""

    def __init__(self) -> None:
        self.people: dict[int, Person] = {}
        self._known: set[bytes] = set()
        self._awake: Person | None = None

    def add(self, keeper: int) -> None:
        """Count a keeper, and whatever descends from it; what it forks is attached to the page by its birth."""
        person = self.people[keeper] = Person(keeper, keeper)
        person.list_again()
        self._known.add(person.image)

    def remove(self, keeper: int) -> None:
        """Count a keeper and its descendants no more."""
        self._awake = None
        for person in [person for person in self.people.values() if person.root == keeper]:
            del self.people[person.pid]
            person.close()

    def look(self) -> int:
        """The worst that is found. `RAN`, too, is a first reading: who ran has been listed, and nobody is new."""
        if self._awake is not None and self._awake.look() == AWAKE:  # who ran will run: ask that one first
            return AWAKE
        self._awake = None
        seen = SAME
        for person in self.people.values():
            found = person.look()
            if found == AWAKE:
                self._awake = person
                return AWAKE
            seen = max(seen, found)
        return self._list_again() if seen == RAN else seen

    def _list_again(self) -> int:
        """Threads and children of those that ran; whether one is `NEW`. A keeper inherits orphans without running."""
        for person in list(self.people.values()):
            if not (person.is_dirty or person.is_root):
                continue
            if person.list_again():
                self._register(person)
            elif not person.is_root:
                del self.people[person.pid]
                person.close()
        return NEW if any(person.is_dirty for person in self.people.values()) else RAN

    def _register(self, parent: Person) -> None:
        for pid in parent.children():
            if pid not in self.people:
                self.people[pid] = Person(pid, parent.root)

    def thread(self, pid: int, tid: int) -> Thread | None:
        """A thread that is counted."""
        person = self.people.get(pid)
        return person.threads.get(tid) if person else None

    def awake(self) -> list[int]:
        """The processes of which a thread does not sleep now."""
        return [person.pid for person in self.people.values() if person.look() == AWAKE]

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
                if not (thread.vouched or thread.is_gone or thread.is_stopped):
                    yield person.pid, thread


def _maps_of(pid: int) -> bytes:
    """What a process has mapped; nothing once it has ended."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/maps", "rb") as file:  # noqa: PTH123 - quick
        return file.read()
    return b""
