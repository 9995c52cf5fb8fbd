"""One try: a keeper of its own, programs in copies of the submission, and doors of the lab in place of the others."""

import asyncio
import shutil
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from lab.errors import LabTrouble
from lab.runner.furnishing import LEFT_OUT
from lab.runner.futures import settle
from lab.runner.trying.ears import Answerer
from lab.scenario.commands import fill, split
from lab.world.base import Process, Program, Timer, Troupe, World

KEPT = 1 << 16
STARTS_WITHIN = 5.0
HOST = "127.0.0.1"


class Tried:
    """A program that was started.

    Attributes:
        folder: Its copy of the submission.
        address: Where it listens; empty while it does not.
    """

    def __init__(self, world: World, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.address = ""
        self.status: int | None = None
        self.process: Process | None = None
        self._world = world
        self._printed: dict[str, bytes] = {}
        self._changed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def hear(self, stream: str, data: bytes) -> None:
        """What it prints, up to a cap."""
        self._printed[stream] = (self._printed.get(stream, b"") + data)[-KEPT:]

    def exited(self, status: int) -> None:
        """It has ended."""
        self.status = status
        settle(self._changed, None)

    def listening(self, address: str | None) -> None:
        """It listens, or does not any more."""
        self.address = address or ""
        settle(self._changed, None)

    async def settles(self, within: float, is_so: Callable[["Tried"], bool]) -> bool:
        """Whether something becomes so within so many seconds, and before it ends."""
        deadline = self._world.now() + within
        while not is_so(self) and self.status is None and self._world.now() < deadline:
            changed = self._changed = asyncio.get_running_loop().create_future()
            timer = self._world.at(deadline, partial(settle, changed, None))
            await changed
            timer.cancel()
        return is_so(self)

    async def listens(self) -> bool:
        """Wait until it listens: False if it has ended before, or does not in time."""
        return await self.settles(STARTS_WITHIN, lambda tried: bool(tried.address))

    async def ends(self, within: float) -> bool:
        """Whether it ends by itself within so many seconds."""
        return await self.settles(within, lambda tried: tried.status is not None)

    @property
    def last_words(self) -> str:
        """The last line on its standard error, or else on its standard output."""
        for stream in ("stderr", "stdout"):
            lines = self._printed.get(stream, b"").decode("utf-8", "replace").strip().splitlines()
            if lines:
                return lines[-1].strip()
        return ""

    @property
    def complaint(self) -> str:
        """How it ended, in words."""
        said = f": {self.last_words}" if self.last_words else ""
        return f"it ended with {self.status}{said}" if self.status is not None else "it did not listen on its port"


class Stand:
    """A try; `async with` ends all that was started in it.

    Args:
        submission: The folder that programs get copies of.
        folder: Where they get them.
    """

    def __init__(self, world: World, submission: Path, folder: Path) -> None:
        self.world = world
        self._submission = submission
        self._folder = folder
        self._troupe: Troupe | None = None
        self._watches: list[Timer] = []
        self._doors: list[Answerer] = []

    async def __aenter__(self) -> Self:
        self._troupe = await self.world.troupe(self._folder)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for watch in self._watches:
            watch.cancel()
        for answerer in self._doors:
            answerer.door.close()
        if self._troupe is not None:
            await self._troupe.end()
        shutil.rmtree(self._folder, ignore_errors=True)

    def answerer(self, answer: Callable[[str], str]) -> Answerer:
        """A door in place of a server."""
        door = Answerer(self.world, answer)
        self._doors.append(door)
        return door

    def copy(self, name: str, files: Mapping[str, str]) -> Path:
        """A fresh copy of the submission, with these texts in it.

        Raises:
            LabTrouble: It cannot be made.
        """
        folder = self._folder / name
        try:
            shutil.copytree(self._submission, folder, symlinks=True, ignore=LEFT_OUT)
            for file, text in files.items():
                (folder / file).unlink(missing_ok=True)
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                (folder / file).write_text(text, encoding="utf-8")
        except (OSError, shutil.Error) as error:
            raise LabTrouble(f"{self._submission} cannot be copied, to try what is in it: {error}") from error
        return folder

    async def start(self, name: str, words: str, values: Mapping[str, str], port: int, folder: Path) -> Tried:
        """Start a program.

        Args:
            name: What the lab calls it.
            words: Its command, with placeholders as in a profile.
            values: What stands for these.
            port: Where it is to listen; 0 for a client.
            folder: Its working folder.

        Raises:
            BadInput: The command cannot be executed.
        """
        assert self._troupe is not None
        argv = tuple(fill(split([words]), {"python": sys.executable, "port": str(port), **values}))
        tried = Tried(self.world, folder, port)
        if port:
            self._watches.append(self.world.watch(port, tried.listening))
        program = Program(name, argv, folder, port)
        tried.process = await self._troupe.start(program, tried.hear, tried.exited)
        return tried
