"""The lab's side of a keeper: the troupe of one scenario."""

import asyncio
import contextlib
import errno
import json
import os
import select
import socket
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from lab.errors import BadInput, LabTrouble
from lab.world.base import OnExit, OnOutput, Program
from lab.world.facts import Excess, Remnant
from lab.world.real.networks import RealNetwork, Source
from lab.world.real.outputs import OUTPUT, Outputs
from lab.world.real.process import RealProcess
from lab.world.real.stock import STOCK, Networks
from lab.world.real.walls import Wall, Walls
from lab.world.real.warden import Warden

PACKET = 1 << 18
SILENT = 30.0
"""Seconds after which a keeper that says nothing is given up: a server may have stopped it."""
UNHEARD = f"the keeper of a scenario's servers says nothing for {SILENT:g} s: one of them may have stopped it"
CLOSE_ON_EXEC = getattr(socket, "MSG_CMSG_CLOEXEC", 0)
CANNOT_EXECUTE = (errno.ENOENT, errno.EACCES, errno.ENOEXEC, errno.ENOTDIR, errno.EPERM)


class RealTroupe:
    """The processes of one scenario and the socket to their keeper."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        warden: Warden,
        folder: Path,
        walls: Walls,
        join: Callable[[Source], RealNetwork],
    ) -> None:
        self._loop = loop
        self._warden = warden
        self._folder = folder
        self._walls = walls
        self._own_walls: dict[str, Wall] = {}
        self.keeper: asyncio.Future[int] = loop.create_future()
        self._sock, pid = warden.keeper()
        if pid:
            self.keeper.set_result(pid)
        self._processes: dict[int, RealProcess] = {}
        self._starting: deque[asyncio.Future[dict[str, Any]]] = deque()
        self._awaited: set[asyncio.Future[dict[str, Any]]] = set()
        self._over: asyncio.Future[dict[str, Any]] = loop.create_future()
        self._outputs = Outputs(loop, self._flooded)
        self._heard: dict[int, tuple[int, int]] = {}
        self._on_lost: Callable[[LabTrouble], None] | None = None
        self._on_excess: Callable[[Excess], None] = lambda _excess: None
        self._is_lost = False
        self._networks = Networks(self._request, self._await_words, self._answer, join, self._pid_of)
        loop.add_reader(self._sock, self._hear)

    @property
    def processes(self) -> Iterable[RealProcess]:
        """The programs that were started."""
        return self._processes.values()

    def on_lost(self, hear: Callable[[LabTrouble], None]) -> None:
        """Hear when the keeper ends by itself, and with it all servers."""
        self._on_lost = hear

    def on_excess(self, hear: Callable[[Excess], None]) -> None:
        """Hear of a program that is ended for what it took."""
        self._on_excess = hear

    def on_expired(self, hear: Callable[[str, float], None]) -> None:
        """The kernel tells nobody."""

    async def start(self, program: Program, on_output: OnOutput, on_exit: OnExit) -> RealProcess:
        """Ask the keeper to start a program, and wait until it says that it has."""
        wall = self._wall(program)
        own = wall.environment if wall else {}
        started: asyncio.Future[dict[str, Any]] = self._loop.create_future()
        (read_out, out), (read_err, err) = self._outputs.pipes(program.name, on_output)
        request = {
            "do": "start",
            "name": program.name,
            "argv": list(program.argv),
            "folder": str(program.folder),
            "launch": "exec" if wall and self._walls.needs_exec else program.launch,
            "files": self._warden.files,
            "isolated": program.isolated,
            "environment": self._warden.environment_of(program, own),
            "network": program.name if program.name in self._networks else "",
        }
        try:
            self._request(request, out, err)
        finally:
            os.close(out)
            os.close(err)
        self._starting.append(started)
        reply = await self._answer(started)
        if "failed" in reply:
            raise self._why(program, reply)
        process = RealProcess(program.name, reply["pid"], on_exit, wall)
        self._processes[process.pid] = process
        self._heard[process.pid] = (read_out, read_err)
        return process

    async def network(self, program: str) -> RealNetwork:
        """Have the keeper make a network, in which the program of this name starts from now on."""
        return await self._networks.make(program, self._walls.page.path)

    def _request(self, words: dict[str, Any], *fds: int) -> None:
        try:
            socket.send_fds(self._sock, [json.dumps(words).encode()], fds)
        except OSError as error:
            raise LabTrouble(f"nothing can be started, the keeper of a scenario's servers is gone: {error}") from error

    def _pid_of(self, program: str) -> int:
        living = (process.pid for process in self._processes.values() if process.name == program and process.alive)
        return next(living, 0)

    def _wall(self, program: Program) -> Wall | None:
        """The program's own wall clock, if it is to have one; it keeps it when it is started again."""
        if program.has_wall and program.name not in self._own_walls:
            self._own_walls[program.name] = self._walls.take()
        return self._own_walls.get(program.name)

    @staticmethod
    def _why(program: Program, reply: Mapping[str, Any]) -> Exception:
        what = f"{program.name} cannot be started: {program.argv[0]}: {reply['why']}"
        if reply["errno"] in CANNOT_EXECUTE:
            return BadInput.because(what, "check the command, and that the file is there and executable")
        return LabTrouble(what)

    def _hear(self) -> None:
        try:
            packet, fds, _, _ = socket.recv_fds(self._sock, PACKET, STOCK, CLOSE_ON_EXEC)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            packet = b""
        if not packet:
            self._lost()
            return
        words = json.loads(packet)
        if "network" in words or "sockets" in words:
            self._networks.take(words, fds)
        else:
            self._take(words)

    def _await_words(self) -> None:
        """Wait for the keeper's next words, and take them, whatever they are about."""
        waiting = select.poll()
        waiting.register(self._sock, select.POLLIN)
        if self._is_lost or not waiting.poll(round(SILENT * 1e3)):
            raise LabTrouble(UNHEARD)
        self._hear()

    def _take(self, words: dict[str, Any]) -> None:
        if "exited" in words:
            # A program may end before the lab has heard that it started: its turn comes after that reply.
            self._loop.call_soon(self._tell_exit, words["pid"], words["status"])
        elif "overran" in words:
            self._on_excess(Excess(words["overran"], words["what"], words["has"], words["allowed"]))
        elif "ended" in words:
            self._settle(self._over, words)
        elif "keeper" in words:
            self.keeper.set_result(words["keeper"])
        elif self._starting:
            self._settle(self._starting.popleft(), words)

    def _tell_exit(self, pid: int, status: int) -> None:
        process = self._processes.get(pid)
        if process is not None and process.alive:
            self._outputs.hear_out(self._heard.pop(pid, ()))  # what it printed comes before its end
            process.ended(status)

    @staticmethod
    def _settle(future: "asyncio.Future[dict[str, Any]]", words: dict[str, Any]) -> None:
        if not future.done():
            future.set_result(words)

    async def _answer(self, future: "asyncio.Future[dict[str, Any]]") -> dict[str, Any]:
        """What the keeper says, within the time that it may take."""
        timer = self._loop.call_later(SILENT, self._give_up, future, LabTrouble(UNHEARD))
        self._awaited.add(future)
        try:
            return await future
        finally:
            self._awaited.discard(future)
            timer.cancel()

    @staticmethod
    def _give_up(future: "asyncio.Future[dict[str, Any]]", trouble: LabTrouble) -> None:
        if not future.done():
            future.set_exception(trouble)
            future.exception()

    def _lost(self) -> None:
        self._loop.remove_reader(self._sock)
        self._is_lost = True
        trouble = LabTrouble("the keeper of a scenario's servers ended by itself, or was killed by one of them")
        self._give_up(self._over, trouble)
        self.trouble(trouble)

    def trouble(self, trouble: LabTrouble) -> None:
        """The scenario cannot go on: whoever waits for the keeper, and whoever asked to hear of it, hears why."""
        for future in self._awaited:
            self._give_up(future, trouble)
        if not self.keeper.done():
            self.keeper.set_exception(trouble)
            self.keeper.exception()
        if self._on_lost is not None:
            self._on_lost(trouble)

    def _flooded(self, name: str, has: int) -> None:
        """Who prints without end is ended."""
        request = {"do": "expel", "name": name, "what": "bytes of output", "has": has, "allowed": OUTPUT}
        with contextlib.suppress(OSError):  # the keeper is gone, and the program with it
            self._sock.send(json.dumps(request).encode())

    def name_of(self, pid: int) -> str:
        """The program that a process is, or that its session came from; empty if it is none of these."""
        with contextlib.suppress(OSError):
            process = self._processes.get(pid) or self._processes.get(os.getsid(pid))
            return process.name if process else ""
        return ""

    async def end(self) -> list[Remnant]:
        """Kill what is left; close the socket and the pipes.

        Raises:
            LabTrouble: The keeper does not say that it has.
        """
        try:
            with contextlib.suppress(OSError):  # it is gone already, which is heard of
                self._sock.send(json.dumps({"do": "end"}).encode())
            words = await self._answer(self._over)
        except LabTrouble:
            if not self._is_lost:
                raise
            words = {"remained": []}
        finally:
            self._close()
            if self._over.done() and not self._over.cancelled() and self._over.exception() is None:
                self._warden.take_back(self._sock, self.keeper.result())
            else:
                self._sock.close()
        return [Remnant(*one) for one in words["remained"]]

    def _close(self) -> None:
        self._on_lost, self._on_excess = None, lambda _excess: None
        self._loop.remove_reader(self._sock)
        self._outputs.close()
        self._networks.close()
        for wall in self._own_walls.values():
            self._walls.give_back(wall)
        self._own_walls.clear()
