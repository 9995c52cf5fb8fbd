"""The keeper: one process per scenario that starts its servers, tells of their ends, and outlives none of them."""

import contextlib
import errno
import json
import os
import select
import signal
import socket
import time
import traceback
from collections.abc import Mapping
from typing import Any

from lab.world.real.nursery import birth, bounds, kin
from lab.world.real.nursery.confining import Fence
from lab.world.real.nursery.networks import Kind, Networks

PACKET = 1 << 18
FDS = 4
MOST_TOLD, LONGEST_COMMAND = 10, 300
SOON, GRACE, LOOK_AGAIN = 0.2, 0.3, 0.01
"""Seconds: a scenario that lasts no longer is over soon; what a server started may follow it so late; between looks."""


class Bell:
    """SIGCHLD as a readable descriptor."""

    def __init__(self) -> None:
        self.read, write = os.pipe()
        os.set_blocking(self.read, False)
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def silence(self) -> None:
        """Take the rings so far."""
        with contextlib.suppress(BlockingIOError):
            os.read(self.read, 4096)


class Birth:
    """A program on its way into the world.

    Args:
        fence: What holds it back.
        networks: Where it may live.
        request: What the lab asked for.
        out: The program's standard output, which is the child's alone once it is born.
        err: Its standard error, likewise.
    """

    pid = error = 0

    def __init__(self, fence: Fence, networks: Networks, request: dict[str, Any], out: int, err: int) -> None:
        self.request = request
        self._fence = fence
        self._networks = networks
        self._streams = out, err
        self._report = self._child_report = -1

    def prepare(self) -> None:
        """Do all that can be done before a fork."""
        argv, environment = self.request["argv"], self.request["environment"]
        if self.request["network"] and birth.PAGE in environment:
            environment[birth.PAGE] = self._networks.path_of(environment[birth.PAGE])
        at = birth.script_in(argv) if self.request["launch"] == "fork" else 0
        self._script = birth.read_script(self.request["folder"], argv[at]) if at else None
        try:
            self._report, self._child_report = os.pipe()
        except OSError as error:
            self.error = error.errno or errno.EIO

    def bear(self, me: int) -> None:
        """Fork. It returns in the keeper only."""
        if self.error:
            return
        try:
            self.pid = kin.fork()
        except OSError as error:
            self.error = error.errno or errno.EIO
            return
        if self.pid == 0:
            self._live(me)

    def _live(self, me: int) -> None:
        """Never returns."""
        kept = self._child_report
        try:
            kept = os.dup2(self._child_report, birth.FIRST_FREE + 97, inheritable=False)
            if self.request["network"]:
                self._networks.enter(self.request["network"])
            birth.settle(me, self.request, self._streams, kept, self._fence)
            if self._script:
                os.close(kept)
                birth.become(self.request["argv"], self._script)
            birth.execute(self.request["argv"], self.request["environment"], kept)
        except OSError as error:
            os.write(kept, str(error.errno or errno.EIO).encode())
        except Exception:  # noqa: BLE001 - a bug of the lab, which is to be seen where the program would have spoken
            os.write(2, f"the lab could not start this program:\n{traceback.format_exc()}".encode())
        finally:
            os._exit(127)

    def outcome(self) -> int:
        """The errno of what went wrong, 0 if nothing did; the keeper's descriptors are closed."""
        for fd in (*self._streams, self._child_report):
            if fd >= 0:
                os.close(fd)
        if self._report >= 0:
            trouble = b"" if self._script or self.error else os.read(self._report, 64)
            os.close(self._report)
            if trouble:
                os.waitpid(self.pid, 0)
                self.error = int(trouble)
        return self.error


class Keeper:
    """Serves one scenario over its socket until the other end closes it."""

    def __init__(self, sock: socket.socket, fence: Fence) -> None:
        kin.adopt_orphans()
        self._sock = sock
        self._fence = fence
        self._next_look = self._began = 0.0
        self._names: dict[int, str] = {}
        self._origins: dict[int, Mapping[str, Any]] = {}
        self._numbers: dict[str, int] = {}
        self._expelled: set[str] = set()
        self._filling = bounds.Filling()
        self._networks = Networks()

    def serve(self) -> None:
        """Take requests until the lab is done, or gone; then end whatever is left."""
        bell = Bell()
        self._say(keeper=os.getpid())
        try:
            while self._turn(bell):
                pass
        finally:
            kin.end_all()

    def _turn(self, bell: Bell) -> bool:
        waiting: list[Any] = [self._sock, bell.read]
        left = max(self._next_look - time.monotonic(), 0.0) if self._origins else None
        ready = select.select(waiting, [], [], left)[0]
        if bell.read in ready:
            bell.silence()
            self._tell_ends(kin.reap())
        if self._origins and time.monotonic() >= self._next_look:
            self._look()
        return self._take_requests() if self._sock in ready else True

    def _take_requests(self) -> bool:
        """Take what has come. Programs that start together are forked in a row: then fewer pages are copied."""
        births = list[Birth]()
        while True:
            packet, fds = b"", list[int]()
            with contextlib.suppress(ConnectionResetError):  # the lab went before it had read everything
                packet, fds, _, _ = socket.recv_fds(self._sock, PACKET, FDS)
            if not packet:
                return False
            request = json.loads(packet)
            if request["do"] == "start":
                births.append(Birth(self._fence, self._networks, request, *fds))
            elif request["do"] == "expel":
                self._expel(*(request[word] for word in ("name", "what", "has", "allowed")))
            elif request["do"] == "network":
                self._make_network(request["network"], request["addresses"], request["page"])
            elif request["do"] == "sockets":
                self._make_sockets(request["network"], request["kind"], request["count"])
            if request["do"] == "end" or not select.select([self._sock], [], [], 0)[0]:
                self._start(births)
                if request["do"] == "end":
                    self._end()
                return True

    # Bounds

    def _look(self, *, thoroughly: bool = False) -> None:
        """End the programs that take more of the machine than they may, with all that came from them, dead or alive."""
        self._next_look = time.monotonic() + bounds.PERIOD
        families: dict[str, list[int]] = {}
        for pid in kin.descendants_of(os.getpid()):
            families.setdefault(self._owner_of(pid), []).append(pid)
        folders = {origin["name"]: origin["folder"] for origin in self._origins.values()}
        counts = thoroughly or self._filling.has_filled(next(iter(folders.values())))
        for name, folder in folders.items():
            over = bounds.excess(families.get(name, []), folder if counts else None)
            if over is not None and (name in families or name not in self._expelled):  # its files stay where they are
                self._expel(name, *over)

    def _expel(self, name: str, what: str, has: int, allowed: int) -> None:
        self._expelled.add(name)
        self._say(overran=name, what=what, has=has, allowed=allowed)
        self._tell_ends(kin.end_those(lambda: self._family(name)))

    def _family(self, name: str) -> list[int]:
        return [pid for pid in kin.descendants_of(os.getpid()) if self._owner_of(pid) == name]

    def _owner_of(self, pid: int) -> str:
        """The name of the program that a process is, or comes from; empty if it cannot be told."""
        return self._names.get(pid) or str(self._origin_of(pid).get("name", ""))

    def _say(self, *fds: int, **words: object) -> None:
        with contextlib.suppress(OSError):
            socket.send_fds(self._sock, [json.dumps(words).encode()], fds)

    def _make_network(self, name: str, addresses: list[str], page: str) -> None:
        try:
            self._networks.make(name, addresses, page)
        except OSError as error:
            self._say(network=name, why=str(error.strerror))
        else:
            self._say(network=name)

    def _make_sockets(self, name: str, kind: Kind, count: int) -> None:
        try:
            made = self._networks.sockets(name, kind, count)
        except OSError as error:
            self._say(sockets=name, kind=kind, why=str(error.strerror))
            return
        self._say(*(sock.fileno() for sock in made), sockets=name, kind=kind)
        for sock in made:
            sock.close()

    def _tell_ends(self, ended: list[tuple[int, int]]) -> None:
        for pid, status in ended:
            name = self._names.pop(pid, None)
            if name is not None:
                self._say(exited=name, pid=pid, status=status)

    def _start(self, births: list[Birth]) -> None:
        if births and not self._origins:
            self._began = time.monotonic()
            self._next_look = self._began + bounds.PERIOD
            self._filling.begin(births[0].request["folder"])
        me = os.getpid()
        for one in births:
            one.request["number"] = self._numbers.setdefault(one.request["name"], len(self._numbers))
            one.prepare()
        for one in births:
            one.bear(me)
        for one in births:
            self._tell_start(one)

    def _tell_start(self, one: Birth) -> None:
        name, error = one.request["name"], one.outcome()
        if error:
            self._say(failed=name, why=os.strerror(error), errno=error)
            return
        self._names[one.pid] = name
        self._origins[one.pid] = one.request
        self._say(started=name, pid=one.pid)

    def _end(self) -> None:
        """Kill everything; tell what was no server, and the ends of those that were.

        Who had time for it has taken no more than it may by now, either; most scenarios of a clock that jumps are over
        too soon for anything to grow.
        """
        if self._origins and time.monotonic() - self._began > SOON:
            self._look(thoroughly=True)
        until = time.monotonic() + GRACE
        while self._strangers() and time.monotonic() < until:
            time.sleep(LOOK_AGAIN)
        remained = [self._told(pid) for pid in self._strangers()]
        if len(remained) > MOST_TOLD:
            remained[MOST_TOLD:] = [(0, f"(and {len(remained) - MOST_TOLD} more)", remained[MOST_TOLD][2])]
        self._tell_ends(kin.end_all())
        self._names.clear()
        self._origins.clear()
        self._numbers.clear()
        self._expelled.clear()
        self._networks.forget()
        self._say(ended=True, remained=remained)

    def _strangers(self) -> list[int]:
        """Living descendants that are no started program."""
        return [pid for pid in kin.descendants_of(os.getpid()) if pid not in self._names and kin.command_of(pid)]

    def _told(self, pid: int) -> tuple[int, str, str]:
        """A process, what it runs, and which program it came from."""
        origin = self._origin_of(pid)
        command = kin.command_of(pid)
        if command == kin.command_of(os.getpid()):  # a fork that was never executed bears the keeper's own command
            command = " ".join(origin.get("argv", ())) or command
        return pid, command[:LONGEST_COMMAND], origin.get("name", "")

    def _origin_of(self, pid: int) -> Mapping[str, Any]:
        """The program whose mark, session or folder a process has, whoever is its parent by now."""
        mark = bounds.mark_of(pid)
        for origin in self._origins.values():
            if bounds.file_limit(origin["number"]) == mark:
                return origin
        places = kin.places_of(pid)
        with contextlib.suppress(OSError):
            places.append(self._origins.get(os.getsid(pid), {}).get("folder", ""))
        return next((origin for origin in self._origins.values() if origin["folder"] in places), {})
