"""The engine performs what the pipeline wants done: writes, ends, doors, signals, alarms, and notes in the history."""

import asyncio
from collections import deque
from collections.abc import Iterable
from functools import partial

from lab.actions import (
    Deafen,
    Dialled,
    Edge,
    Exited,
    Limit,
    Limited,
    Listening,
    SetClock,
    SetDoor,
    Signal,
    Start,
    Stopped,
    Unread,
    Withhold,
)
from lab.dice import roll
from lab.effects import Alarm, Deed, Effect, Note, Piece, Shut, Write
from lab.history import as_text
from lab.pipeline import Pipeline
from lab.runner.links import Connection, Link
from lab.runner.servers import Server
from lab.runner.stage import Stage
from lab.scenario.model import FaultEntry
from lab.slots import Slot, flow_matches

STOP_LOOK = 0.0005


class Engine:
    """Faults at work in one scenario."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.links: dict[str, Link] = {}
        self.servers: dict[str, Server] = {}
        self._queue: deque[tuple[Effect, float]] = deque()
        self._busy = False
        self._final = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._missed: set[str] = set()
        self._pausing: dict[str, set[str]] = {}
        self._deaf: dict[str, str] = {}
        slots = [Slot(entry.id, entry.fault.model_copy(deep=True)) for entry in stage.scenario.faults]
        stage.pipeline = Pipeline(slots, stage.protocol, self._roll)

    def _roll(self, fault: str, flow: str, name: str, nth: int) -> float:
        return roll(self.stage.seed, self.stage.scenario.name, fault, flow, name, nth)

    @property
    def _now(self) -> float:
        return self.stage.world.now()

    @property
    def _pipeline(self) -> Pipeline:
        return self.stage.pipeline

    def add(self, link: Link) -> None:
        """One more link; faults that were there before it hold for it too."""
        self.links[link.name] = link
        link.on_closing = partial(self._closing, link.name)
        for fault, pattern in self._deaf.items():
            self._deafen_link(fault, link, pattern, deaf=True)

    # Faults in time

    def arm(self) -> None:
        """Flow faults without a `when` begin at once; whatever waits for a moment waits from now on."""
        for entry in self.stage.scenario.faults:
            if entry.when is not None:
                self._at_moment(entry, "when")
            elif not entry.fault.acts_once:
                self.tell(self._pipeline.happened(entry.id, "when", self._now))
            self._at_moment(entry, "until")
            self._at_moment(entry, "release")

    def _at_moment(self, entry: FaultEntry, edge: Edge) -> None:
        moment = getattr(entry, edge, None) or getattr(entry.fault, edge, None)
        if moment is not None:
            self.stage.when(f"{entry.id}.{edge}", moment, partial(self._happened, entry.id, edge))

    def _happened(self, fault: str, edge: Edge) -> None:
        self.tell(self._pipeline.happened(fault, edge, self._now))

    def begin(self) -> None:
        """Zero: door and process faults without a `when` act."""
        for entry in self.stage.scenario.faults:
            if entry.when is None and entry.fault.acts_once:
                self.tell(self._pipeline.happened(entry.id, "when", self._now))

    def heal(self, *, recovering: bool) -> None:
        """Undo every fault; dead servers are started again only if something is to be asked of them."""
        self._final = not recovering
        for entry in self.stage.scenario.faults:
            self.tell(self._pipeline.heal(entry.id, self._now))

    # Events of servers

    def mirror_again(self, server: str) -> None:
        """Links made while a server listens already get their doors."""
        addresses = {link.address for link in self.links.values() if link.server == server and link.address}
        for link in self.links.values():
            if link.server == server and addresses:
                link.mirror(next(iter(addresses)))

    def is_withheld(self, server: str) -> bool:
        """Whether a fault keeps a server from its first start."""
        self.tell(self._pipeline.starting(server, self._now))
        return self._pipeline.is_withheld(server)

    def listening(self, server: str, address: tuple[str, int] | None) -> None:
        """A server listens, or no more: its doors follow."""
        for link in self.links.values():
            if link.server == server:
                link.mirror(address)
        if address is not None:
            self.tell(self._pipeline.tell(Listening(server), self._now))

    def exited(self, server: str, status: int) -> None:
        """A server ended."""
        self.listening(server, None)
        self.tell(self._pipeline.tell(Exited(server, status, self._now), self._now))

    # Effects

    def tell(self, effects: Iterable[Effect]) -> None:
        """Perform effects that have no arrival time of their own."""
        self.apply(effects, self._now)

    def apply(self, effects: Iterable[Effect], at: float) -> None:
        """Perform effects in order; those that arise meanwhile come after them."""
        self._queue.extend((effect, at) for effect in list(effects))
        if self._busy:
            return
        self._busy = True
        try:
            while self._queue:
                effect, stamp = self._queue.popleft()
                self._perform(effect, stamp)
        finally:
            self._busy = False

    def _perform(self, effect: Effect, at: float) -> None:
        match effect:
            case Write():
                self._write(effect, at)
            case Shut():
                self._shut(effect)
            case Note():
                self._note(effect, at)
            case Alarm():
                self._alarm(effect)
            case Deed():
                self._deed(effect)

    def _connection(self, conn: int) -> tuple[Link, Connection] | None:
        for link in self.links.values():
            if conn in link.connections:
                return link, link.connections[conn]
        return None

    def _write(self, effect: Write, at: float) -> None:
        found = self._connection(effect.conn)
        wire = found[1].receiver(effect.flow) if found else None
        before = self._now
        kind = "passed" if wire is not None and wire.write(effect.data) else "lost"
        for piece in effect.pieces:
            self.stage.record(kind, before, **_fields(effect.flow, effect.conn, piece))
        if effect.part:
            self._part(effect.flow, effect.conn, effect.part, at, passed=kind == "passed")

    def _part(self, flow: str, conn: int, data: bytes, at: float, *, passed: bool) -> None:
        self.stage.record("part", at, flow=flow, conn=conn, text=as_text(data), passed=passed)

    def _shut(self, effect: Shut) -> None:
        found = self._connection(effect.conn)
        if found is None:
            return
        link, connection = found
        piece = Piece(b"", 0, "")
        self.stage.record("passed", **{**_fields(effect.flow, effect.conn, piece), "what": effect.how})
        connection.ended.add(effect.flow)
        if effect.how == "rst" or not effect.mirrored or len(connection.ended) > 1:
            link.forget(connection, effect.how)
            return
        wire = connection.receiver(effect.flow)
        if wire is not None:
            wire.finish()

    def _note(self, note: Note, at: float) -> None:
        if note.kind == "arrived" and note.piece is not None:
            self.stage.record("arrived", at, **_fields(note.flow, note.conn, note.piece))
            return
        if note.kind == "part" and note.piece is not None:
            self._part(note.flow, note.conn, note.piece.data, at, passed=False)
            return
        data: dict[str, object] = {"fault": note.fault}
        if note.kind in ("fired", "released", "lost"):
            piece = note.piece
            data |= {"flow": note.flow, "n": piece.n if piece else 0, "name": piece.name if piece else ""}
        if note.kind == "fired":
            if note.fault in self._missed:
                return
            data["did"] = note.did
        self.stage.record(note.kind, **data)

    def _alarm(self, alarm: Alarm) -> None:
        self.stage.later(alarm.at, lambda: self.tell(self._pipeline.woke(alarm.fault, alarm.token, alarm.at)))

    def _deed(self, deed: Deed) -> None:
        match deed.action:
            case SetDoor(link, state, how):
                for name in self._links_like(link):
                    self.links[name].hold(deed.fault, state, how)
            case Deafen(flow, deaf):
                self._deafen(deed.fault, flow, deaf=deaf)
            case Limit(server, spare):
                self._limit(deed.fault, server, spare)
            case SetClock(server, by):
                if not self.servers[server].set_clock(by, deed.fault):
                    self._missed.add(deed.fault)
            case Signal(server, name):
                self._signal(deed.fault, server, name)
            case Start(server):
                self._start(server)
            case Withhold():
                return

    def _closing(self, link: str, conn: int) -> None:
        self.tell(self._pipeline.tell(Dialled(link, conn), self._now))

    def _deafen(self, fault: str, pattern: str, *, deaf: bool) -> None:
        self._deaf.pop(fault, None)
        if deaf:
            self._deaf[fault] = pattern
        for link in self.links.values():
            self._deafen_link(fault, link, pattern, deaf=deaf)

    def _deafen_link(self, fault: str, link: Link, pattern: str, *, deaf: bool) -> None:
        """Before a flow is read again, what was sent and not read is told of: it proves the harm."""
        for flow in (link.name, link.reverse):
            if not flow_matches(pattern, flow, link.dialler):
                continue
            for conn in [] if deaf else link.unread(flow):
                self.tell(self._pipeline.hear(fault, Unread(flow, conn), self._now))
            link.deafen(fault, flow, deaf=deaf)

    def _limit(self, fault: str, name: str, spare: int | None) -> None:
        process = self.servers[name].process
        files = process.limit_files(spare) if process is not None and process.alive else 0
        if files and spare is not None:
            self.tell(self._pipeline.hear(fault, Limited(name, files), self._now))

    def _links_like(self, pattern: str) -> list[str]:
        dialler, server = pattern.split("->")
        return [link.name for link in self.links.values() if link.server == server and dialler in ("*", link.dialler)]

    def _signal(self, fault: str, name: str, signal: str) -> None:
        """A signal that reaches no process is no harm: what its fault then says that it did is not recorded."""
        server, pausing = self.servers[name], self._pausing.setdefault(name, set())
        pausing.add(fault) if signal == "STOP" else pausing.discard(fault)
        if signal == "CONT" and pausing:
            return
        if not server.signal(signal, fault):
            self._missed.add(fault)
            return
        self._missed.discard(fault)
        if signal == "STOP":
            self._await_stop(server)

    def _await_stop(self, server: Server) -> None:
        """Tell of a stop only when every thread has come to one: the signal alone does not stop a read under way."""
        if server.process is None or server.process.is_stopped():
            self.tell(self._pipeline.tell(Stopped(server.name, self._now), self._now))
        else:
            self.stage.later(self.stage.world.now() + STOP_LOOK, lambda: self._await_stop(server))

    def _start(self, name: str) -> None:
        if self._final:
            return
        task = asyncio.ensure_future(self.servers[name].start())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _fields(flow: str, conn: int, piece: Piece) -> dict[str, object]:
    text = as_text(piece.data)
    return {"flow": flow, "conn": conn, "what": piece.what, "n": piece.n, "text": text, "name": piece.name}
