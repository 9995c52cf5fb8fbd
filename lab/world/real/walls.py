"""Wall clocks of servers that can be set: each has a number, under which a shared page keeps by how much it is ahead.

The shim of the jump clock answers for them; on the real clock it answers nothing else.
"""

import mmap
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

from lab.errors import LabTrouble
from lab.needs import Need
from lab.world.jump.building import shim, why_none
from lab.world.jump.page import NAME, SHIFTS, Page
from lab.world.real.nursery import kin
from lab.world.real.nursery.birth import PAGE

SHIFT = "FAULT_LAB_SHIFT"
MARK = NAME.encode()
GO = b"\xff Go buildinf:"
"""What a program in Go has in its file: it asks the kernel for the date, past every library."""


class Walls:
    """The wall clocks of one world.

    Args:
        page: The page by which its servers live anyway; None where they live in real time.
        place: The folder in which another page may have its name, when it is needed.

    Attributes:
        lacks: Why there can be none, where that is so.
    """

    def __init__(self, page: Page | None = None, place: Callable[[], Path | None] = lambda: None) -> None:
        why = "" if page else why_none()
        self.lacks: Mapping[Need, str] = {"wall clocks": why} if why else {}
        self.needs_exec = page is None
        """Whether a server must be executed anew to have one, as only then the shim is loaded."""
        self._page = page
        self._place = place
        self._free = deque(range(SHIFTS))

    def take(self) -> "Wall":
        """The next one that is free, as right as all others.

        Raises:
            LabTrouble: The shim cannot be built, or all are taken.
        """
        if not self._free:
            raise LabTrouble(f"more than {SHIFTS} servers whose clocks are set at once: run fewer scenarios at once")
        preloaded = {"LD_PRELOAD": str(shim())} if self.needs_exec else {}
        number = self._free.popleft()
        return Wall(self.page, number, {**preloaded, PAGE: self.page.path, SHIFT: str(number)})

    @property
    def page(self) -> Page:
        """The one in which they are."""
        if self._page is None:
            self._page = Page(self._place(), has_time=False)
            self._page.publish()
        return self._page

    def give_back(self, wall: "Wall") -> None:
        """Its server is gone."""
        wall.set(-wall.ahead)
        self._free.append(wall.number)

    def close(self) -> None:
        """Give up a page of its own."""
        if self.needs_exec and self._page is not None:
            self._page.close()


class Wall:
    """One server's wall clock, over all its starts.

    Attributes:
        environment: What the server must find in its environment to have it.
        ahead: Seconds by which it is ahead of the others.
    """

    def __init__(self, page: Page, number: int, environment: Mapping[str, str]) -> None:
        self.number = number
        self.environment = environment
        self.ahead = 0.0
        self._page = page

    def set(self, by: float) -> None:
        """Set it forwards, or backwards."""
        self.ahead += by
        self._page.shift(self.number, round(self.ahead * 1e9))


def has_wall(pid: int) -> bool:
    """Whether a process and its living descendants ask the shim for the date, and it answers from a page."""
    return all(_asks_the_shim(one) for one in (pid, *kin.descendants_of(pid)))


def _asks_the_shim(pid: int) -> bool:
    try:
        maps = Path(f"/proc/{pid}/maps").read_bytes()
        return not maps or (MARK in maps and shim().name.encode() in maps and not _is_go(pid))
    except (FileNotFoundError, ProcessLookupError):
        return True  # it has ended since it was listed
    except OSError:
        return False  # one with rights of its own


def _is_go(pid: int) -> bool:
    with Path(f"/proc/{pid}/exe").open("rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as program:
        return program.find(GO) >= 0
