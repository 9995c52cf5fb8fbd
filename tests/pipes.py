"""A pipeline driven by hand: bytes in at times, bytes out, with alarms kept in order. No sockets, no clock."""

import heapq
from collections.abc import Iterable
from itertools import count

from lab.dice import roll
from lab.effects import Alarm, Effect, Note, Shut, Write
from lab.faults.base import Fault
from lab.pipeline import Pipeline
from lab.protocols.line import Line
from lab.slots import Slot

LINK, FLOW, QUERIES, CONN = "ls->ts1", "ts1->ls", "ls->ts1", 1


class Pipe:
    """One connection of ls->ts1 through these faults; `out` is what LS has received, `ends` how it ended."""

    def __init__(self, *faults: Fault, seed: int = 0, active: bool = True) -> None:
        self.slots = [Slot(f"f{number}", fault.model_copy(deep=True)) for number, fault in enumerate(faults)]
        self.pipeline = Pipeline(self.slots, Line(), lambda *what: roll(seed, *what))
        self.now = 0.0
        self.out = b""
        self.writes: list[tuple[float, bytes]] = []
        self.ends: list[str] = []
        self.notes: list[Note] = []
        self._alarms: list[tuple[float, int, Alarm]] = []
        self._number = count()
        self.pipeline.dialled(CONN, LINK)
        if active:
            for slot in self.slots:
                self._take(self.pipeline.happened(slot.id, "when", self.now))

    def feed(self, data: bytes, at: float | None = None) -> None:
        self.run(until=self.now if at is None else at)
        self._take(self.pipeline.arrived(CONN, FLOW, data, self.now))

    def ask(self, data: bytes) -> None:
        """Bytes of LS for TS1."""
        self._take(self.pipeline.arrived(CONN, QUERIES, data, self.now))

    def end(self, how: str = "fin") -> None:
        self._take(self.pipeline.ended(CONN, FLOW, "rst" if how == "rst" else "fin", self.now))

    def heal(self) -> None:
        for slot in self.slots:
            self._take(self.pipeline.heal(slot.id, self.now))

    def run(self, until: float = 1e9) -> None:
        while self._alarms and self._alarms[0][0] <= until:
            self.now, _, alarm = heapq.heappop(self._alarms)
            self._take(self.pipeline.woke(alarm.fault, alarm.token, self.now))
        if until < 1e9:
            self.now = max(self.now, until)

    def _take(self, effects: Iterable[Effect]) -> None:
        for effect in list(effects):
            match effect:
                case Write() if effect.flow == FLOW:
                    self.out += effect.data
                    self.writes.append((self.now, effect.data))
                case Shut():
                    self.ends.append(effect.how)
                case Alarm():
                    heapq.heappush(self._alarms, (effect.at, next(self._number), effect))
                case Note():
                    self.notes.append(effect)
                case _:
                    pass

    def noted(self, kind: str) -> list[Note]:
        return [note for note in self.notes if note.kind == kind]
