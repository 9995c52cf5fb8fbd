"""Which faults act on what, in which order. Pure: events in, effects out; a world performs them (law 2).

The order, stated once:
Faults act in the order the scenario lists them, each seeing what the one before passed; with none, the pipeline is
the identity. Each connection has one ordered queue per direction (a lane). A cell of the queue is seen by the next
fault only when no earlier cell is still before that fault, so every fault sees the lane in order.
A FIN waits in the queue behind parked bytes; a RST overtakes and discards them. `Release` resumes at the next fault.
Healing releases what the fault has parked, in order. What was parked on a dead connection is lost.
Two actions alone bend this order: `PassAhead` goes before what its own fault has parked (`swap`), and `Say` puts in
what nobody sent, behind all that is under way (`invent`). For a fault that holds resets a RST waits in the queue; it
overtakes only once no such fault is still to see it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal

from lab.actions import (
    Action,
    Bytes,
    Doing,
    Edge,
    Ended,
    FaultEvent,
    Finish,
    Fire,
    Happened,
    Healed,
    Lose,
    Message,
    Park,
    Pass,
    PassAhead,
    Release,
    Say,
    Starting,
    Wake,
    Withhold,
    Woke,
)
from lab.effects import Alarm, Deed, Effect, Note, Piece, Shut, Write
from lab.lanes import Cell, Lane, cells_of
from lab.pieces import Pieces
from lab.protocols.base import Protocol
from lab.slots import Roll, Slot


class Pipeline:
    """All faults of one scenario, and the queues of its connections. `at` is always the world's time in seconds.

    Args:
        slots: The faults in the scenario's order.
        protocol: How bytes become messages.
        roll: Where chances come from.
    """

    def __init__(self, slots: Iterable[Slot], protocol: Protocol, roll: Roll) -> None:
        self.slots = {slot.id: slot for slot in slots}
        self._protocol = protocol
        self._roll = roll
        self._pieces = Pieces(protocol, roll)
        self._lanes: dict[tuple[int, str], Lane] = {}
        self._withheld: set[str] = set()

    # Connections

    def dialled(self, conn: int, link: str, *, is_ordered: bool = True) -> None:
        """A connection stands: open its two lanes, in which datagrams, that know no order, may overtake each other."""
        dialler, server = link.split("->")
        for flow in (f"{dialler}->{server}", f"{server}->{dialler}"):
            slots = [slot for slot in self.slots.values() if slot.may_touch(flow, dialler)]
            self._lanes[conn, flow] = Lane(conn, flow, slots, self._protocol.framer(), is_ordered=is_ordered)

    def gone(self, conn: int) -> Iterator[Effect]:
        """A connection is dead in both directions: what was parked on it is lost."""
        for key in [key for key in self._lanes if key[0] == conn]:
            yield from self._lanes.pop(key).lose()

    def queued(self, conn: int, flow: str) -> int:
        """Bytes that wait in a lane."""
        lane = self._lanes.get((conn, flow))
        return sum(len(cell.piece.data) for cell in lane.cells if cell.piece) if lane else 0

    def arrived(self, conn: int, flow: str, data: bytes, at: float) -> Iterator[Effect]:
        """Bytes came from a flow's sender."""
        lane = self._lanes.get((conn, flow))
        if lane is None:
            return
        pieces = [self._pieces.of(lane.flow, message) for message in lane.framer.feed(data)]
        yield from (Note("arrived", flow=flow, conn=conn, piece=piece) for piece in pieces)
        part = self._pieces.part(lane, data)
        if not lane.slots:
            yield Write(conn, flow, data, tuple(pieces), part.data if part else b"")
            return
        if part:
            yield Note("part", flow=flow, conn=conn, piece=part)
        for piece in pieces:
            yield from self._enter(lane, Cell(piece, "", 0, at))

    def ended(self, conn: int, flow: str, how: Literal["fin", "rst"], at: float) -> Iterator[Effect]:
        """A flow's sender ended its direction, or reset the connection."""
        lane = self._lanes.get((conn, flow))
        if lane is None:
            return
        lane.is_over = True
        rest = lane.framer.rest()
        if rest:
            piece = replace(self._pieces.of(lane.flow, rest), what="bytes")
            yield Note("arrived", flow=flow, conn=conn, piece=piece)
            if lane.slots and how == "fin":
                yield from self._enter(lane, Cell(piece, "", 0, at))
        end = Cell(None, how, 0, at)
        if lane.lets_overtake(end):
            yield Shut(conn, flow, "rst", mirrored=True)
            yield from self.gone(conn)
        else:
            yield from self._enter(lane, end)

    def _enter(self, lane: Lane, cell: Cell) -> Iterator[Effect]:
        if lane.sealed:
            return
        lane.cells.append(cell)
        yield from self._advance(lane)

    def _advance(self, lane: Lane) -> Iterator[Effect]:
        """Move every cell as far as the order allows: no further than the least advanced of those before it."""
        index = 0
        while index < len(lane.cells) and self._lanes.get((lane.conn, lane.flow)) is lane:
            cell = lane.cells[index]
            if cell.seen or lane.holds_up(index):
                index += 1
            elif cell.stage == len(lane.slots):
                lane.cells.pop(index)
                yield from self._leave(lane, cell)
            else:
                yield from self._show(lane, index)
                index = 0
        yield from lane.let_out()

    def _show(self, lane: Lane, index: int) -> Iterator[Effect]:
        """Let a cell's next fault see it, and put what the fault made of it in its place."""
        cell = lane.cells[index]
        slot = lane.slots[cell.stage]
        actions = list(self._ask(slot, self._pieces.event_of(lane, cell), cell))
        made = self._pieces.told_apart([new for action in actions for new in cells_of(cell, action)])
        lane.put(index, made)
        if any(new.end and new.by_fault for new in made):
            lane.sealed = True
            lane.cells[index + len(made) :] = []
        for action in actions:
            yield from self._perform(slot, action, lane, cell.piece)
        yield from self._overtake(lane, [new for new in made if not new.seen])

    def _ask(self, slot: Slot, event: Message | Bytes | Ended, cell: Cell) -> Iterable[Action]:
        if isinstance(event, Message) and not slot.wants(event, self._roll):
            return [Pass(event.data)]
        if isinstance(event, Ended):
            return [Finish(cell.end or "fin")] if cell.by_fault or not slot.active else slot.fault.step(event)
        return slot.fault.step(event) if slot.active else [Pass(event.data)]

    def _leave(self, lane: Lane, cell: Cell) -> Iterator[Effect]:
        """A cell is past the last fault."""
        if cell.piece is not None:
            lane.glue.append(cell)
            if not cell.is_glued:
                yield from lane.let_out()
        elif cell.end == "fin" and (cell.is_half or not cell.by_fault):
            yield Shut(lane.conn, lane.flow, "fin", mirrored=True)
        elif cell.end in ("fin", "rst"):
            yield Shut(lane.conn, lane.flow, "rst" if cell.end == "rst" else "fin", mirrored=False)
            yield from self.gone(lane.conn)

    def starting(self, server: str, at: float) -> Iterator[Effect]:
        """A server is about to be started for the first time; afterwards `is_withheld` is known."""
        yield from self.tell(Starting(server), at)

    def is_withheld(self, server: str) -> bool:
        """Whether a fault keeps the server from being started."""
        return server in self._withheld

    def tell(self, event: FaultEvent, at: float) -> Iterator[Effect]:
        """An event of a door or a process, for every fault in order."""
        for slot in list(self.slots.values()):
            yield from self._step(slot, event, at)

    def hear(self, fault: str, event: FaultEvent, at: float) -> Iterator[Effect]:
        """An event for one fault alone, also while it is being healed."""
        yield from self._step(self.slots[fault], event, at)

    def woke(self, fault: str, token: str, at: float) -> Iterator[Effect]:
        """An alarm's time has come."""
        if not self.slots[fault].healed:
            yield from self.hear(fault, Woke(token, at), at)

    def happened(self, fault: str, edge: Edge, at: float) -> Iterator[Effect]:
        """A moment of a fault has come: it begins, ends, or hears of it."""
        slot = self.slots[fault]
        if edge == "until":
            yield from self.heal(fault, at)
        elif edge == "when" and not slot.begun and not slot.healed:
            yield from self._begin(slot)
            yield from self._step(slot, Happened(edge), at)
        elif edge == "release":
            yield from self._step(slot, Happened(edge), at)

    def _begin(self, slot: Slot) -> Iterator[Effect]:
        if not slot.begun:
            slot.begun = slot.active = True
            yield Note("injected", slot.id)

    def heal(self, fault: str, at: float) -> Iterator[Effect]:
        """Undo a fault: its own actions first, then everything it has parked goes on, in order."""
        slot = self.slots[fault]
        if slot.healed:
            return
        slot.active, slot.healed = False, True
        if slot.begun:
            yield from self._step(slot, Healed(), at)
        yield from self._release(slot, None, at)
        if slot.begun:
            yield Note("healed", fault)

    def _step(self, slot: Slot, event: FaultEvent, at: float) -> Iterator[Effect]:
        for action in slot.fault.step(event):
            if isinstance(action, Release):
                yield from self._release(slot, action.token, at, joined=action.joined)
            elif isinstance(action, Say):
                yield from self._say(slot, action, at)
            else:
                yield from self._perform(slot, action, None, None)

    def _say(self, slot: Slot, said: Say, at: float) -> Iterator[Effect]:
        """A message that nobody sent, behind all that is under way; after an end nothing can be said."""
        lane = self._lanes.get((said.conn, said.flow))
        if lane is None or lane.sealed or lane.is_over:
            return
        stage = lane.slots.index(slot) + 1 if slot in lane.slots else 0
        piece = self._pieces.invented(lane.flow, said.text)
        yield Note("fired", slot.id, lane.flow, lane.conn, piece, "invented")
        lane.cells += self._pieces.told_apart([Cell(piece, "", stage, at)])
        yield from self._advance(lane)

    def _perform(self, slot: Slot, action: Action, lane: Lane | None, piece: Piece | None) -> Iterator[Effect]:
        """Everything an action does beside changing the lane at hand."""
        match action:
            case Wake():
                yield Alarm(action.at, slot.id, action.token)
            case Fire():
                where, conn = (lane.flow, lane.conn) if lane else (slot.fault.where, 0)
                yield Note("fired", slot.id, where, conn, piece, action.did)
            case Lose() if lane is not None:
                yield Note("lost", slot.id, lane.flow, lane.conn, piece)
            case _ if isinstance(action, Doing):
                if isinstance(action, Withhold):
                    self._withheld.add(action.server)
                    yield from self._begin(slot)
                yield Deed(slot.id, action)
            case Release() if lane is not None:
                raise ValueError(
                    f"fault {slot.id} releases {action.token!r} while it looks at a message; wait for Woke"
                )
            case Say() if lane is not None:
                raise ValueError(f"fault {slot.id} says something while it looks at a message; wait for Woke")
            case Pass() | PassAhead() | Lose() | Park() | Finish() if lane is None:
                raise ValueError(f"{action!r} of fault {slot.id} answers no message")
            case _:
                return

    def _release(self, slot: Slot, token: str | None, at: float, *, joined: bool = False) -> Iterator[Effect]:
        """Let what this fault parked under a token (None: under any) go on."""
        for lane in list(self._lanes.values()):
            if slot not in lane.slots:
                continue
            stage = lane.slots.index(slot)
            freed = [cell for cell in lane.cells if cell.seen and cell.stage == stage and token in (None, cell.token)]
            for place, cell in enumerate(freed):
                cell.seen, cell.stage, cell.at = False, stage + 1, at
                if joined:
                    cell.is_glued, cell.joined = cell is not freed[-1], (slot.id, place)
                if cell.piece is not None:
                    yield Note("released", slot.id, lane.flow, lane.conn, cell.piece)
            if freed:
                yield from self._overtake(lane, freed)
                yield from self._advance(lane)

    def _overtake(self, lane: Lane, freed: list[Cell]) -> Iterator[Effect]:
        """A RST that a fault let go discards what is before it, unless it is still to be held."""
        if any(lane.lets_overtake(cell) for cell in freed):
            yield Shut(lane.conn, lane.flow, "rst", mirrored=False)
            yield from self.gone(lane.conn)
