"""Pieces: what the bytes on a flow are, which number they have on it, and how a fault is told of them. Pure."""

from dataclasses import replace

from lab.actions import Bytes, Ended, Message
from lab.effects import Piece
from lab.lanes import Cell, Lane
from lab.protocols.base import Protocol
from lab.slots import Roll


class Pieces:
    """Numbers the messages of each flow over all its connections."""

    def __init__(self, protocol: Protocol, roll: Roll) -> None:
        self._protocol = protocol
        self._roll = roll
        self._counts: dict[str, int] = {}
        self._serial = 0

    def of(self, flow: str, message: bytes) -> Piece:
        """The next message of a flow."""
        n = self._counts[flow] = self._counts.get(flow, 0) + 1
        return Piece(message, n, self._protocol.name_of(message))

    def part(self, lane: Lane, data: bytes) -> Piece | None:
        """What of these bytes, which the lane's framer was fed, belongs to a message that has not ended yet."""
        count = min(lane.framer.waiting, len(data))
        return Piece(data[-count:], 0, "", "bytes") if count else None

    def invented(self, flow: str, text: str) -> Piece:
        """The next message of a flow that nobody sent: those are counted from -1 downwards."""
        key = f"invented {flow}"
        self._counts[key] = self._counts.get(key, 0) - 1
        data = self._protocol.encode(text)
        return Piece(data, self._counts[key], self._protocol.name_of(data))

    def told_apart(self, made: list[Cell]) -> list[Cell]:
        """What came of one piece: each called a message if one ends with it, and a rest if one had begun before it."""
        framer = self._protocol.framer()
        for cell in made:
            if cell.piece is not None:
                data, is_rest = cell.piece.data, cell.piece.is_rest or framer.waiting > 0
                framer.feed(data)
                ends = self._protocol.framer().feed(data) == [data]
                cell.piece = replace(cell.piece, what="message" if ends else "bytes", is_rest=is_rest)
        return made

    def event_of(self, lane: Lane, cell: Cell) -> Message | Bytes | Ended:
        """What the fault is told that sees the cell next."""
        if cell.piece is None:
            return Ended(lane.flow, lane.conn, "rst" if cell.end == "rst" else "fin", cell.at)
        piece = cell.piece
        if piece.what == "bytes" or piece.is_rest:
            return Bytes(lane.flow, lane.conn, piece.n, piece.data, piece.name, cell.at)
        self._serial += 1
        slot = lane.slots[cell.stage]
        luck = slot.luck(lane.flow, piece.name, self._roll) if slot.fault.is_lucky else 0.0
        return Message(lane.flow, lane.conn, piece.n, piece.data, piece.name, cell.at, self._serial, luck)
