"""Lanes: the ordered queue of each direction of each connection, and what an action puts into it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from lab.actions import Action, Finish, Park, Pass, PassAhead
from lab.effects import Effect, Note, Piece, Write
from lab.protocols.base import Framer
from lab.slots import Slot


@dataclass(slots=True)
class Cell:
    """Something in a lane: a piece or an end, before the fault `stage`, perhaps parked there.

    Attributes:
        is_half: Whether an end is of this direction alone, though a fault made it.
        is_glued: Whether it leaves in one write with the cell behind it.
        joined: The fault that let it go together with others, and which of them it is; empty if none did.
        is_ahead: Whether it goes before what its fault has parked.
    """

    piece: Piece | None
    end: Literal["fin", "rst", "silence", ""]
    stage: int
    at: float
    token: str = ""
    by_fault: bool = False
    seen: bool = False
    is_half: bool = False
    is_glued: bool = False
    joined: tuple[str, int] | tuple[()] = ()
    is_ahead: bool = False


@dataclass(slots=True)
class Lane:
    """One direction of one connection.

    Attributes:
        is_ordered: Whether what comes first leaves first.
        is_over: Whether its sender has ended it: nothing can come any more.
        sealed: Whether a fault has: nothing that comes is let in.
    """

    conn: int
    flow: str
    slots: list[Slot]
    framer: Framer
    is_ordered: bool = True
    cells: list[Cell] = field(default_factory=list)
    sealed: bool = False
    is_over: bool = False
    glue: list[Cell] = field(default_factory=list)

    def holds_up(self, index: int) -> bool:
        """Whether a cell must wait for one before it, which has got less far, or has yet to leave."""
        if not self.is_ordered or not index:
            return False
        stage = self.cells[index].stage
        return stage == len(self.slots) or stage > min(before.stage for before in self.cells[:index])

    def put(self, index: int, made: list[Cell]) -> None:
        """Put what a fault made of a cell in its place; what is ahead goes before the first that the fault parked."""
        stage = self.cells[index].stage
        ahead = [cell for cell in made if cell.is_ahead]
        self.cells[index : index + 1] = [cell for cell in made if not cell.is_ahead]
        first = next((at for at, cell in enumerate(self.cells) if cell.seen and cell.stage == stage), index)
        self.cells[first:first] = ahead

    def lets_overtake(self, cell: Cell) -> bool:
        """Whether a cell is a RST that overtakes all: not if a fault that is yet to see it holds resets."""
        ahead = () if cell.by_fault else self.slots[cell.stage :]
        return cell.end == "rst" and not any(slot.active and slot.fault.holds_resets for slot in ahead)

    def let_out(self) -> Iterator[Effect]:
        """One write of all that waits to leave together; only now has who joined it done so."""
        cells, self.glue = self.glue, []
        pieces = tuple(cell.piece for cell in cells if cell.piece is not None)
        joined = Counter(fault for fault, *_ in {cell.joined for cell in cells if cell.joined})
        for fault, count in joined.items():
            if count > 1:
                yield Note("fired", fault, self.flow, self.conn, pieces[-1], f"{count} joined")
        if pieces:
            yield Write(self.conn, self.flow, b"".join(piece.data for piece in pieces), pieces)

    def lose(self) -> Iterator[Effect]:
        """The connection is dead: what faults have parked has nowhere to go."""
        cells, self.cells, self.sealed = self.cells, [], True
        for cell in cells:
            if cell.piece is not None and cell.stage < len(self.slots):
                yield Note("lost", self.slots[cell.stage].id, self.flow, self.conn, cell.piece)


def cells_of(cell: Cell, action: Action) -> Iterator[Cell]:
    """What an action puts into the lane in the place of the cell it answers."""
    match action:
        case Pass():
            yield replace(cell, piece=_part(cell.piece, action.data), stage=cell.stage + 1, is_ahead=False)
        case PassAhead():
            yield replace(cell, piece=_part(cell.piece, action.data), stage=cell.stage + 1, is_ahead=True)
        case Park():
            part = _part(cell.piece, action.data)
            yield replace(cell, piece=part, token=action.token, seen=True, is_ahead=False)
        case Finish():
            by_fault = cell.by_fault or cell.piece is not None
            parked = bool(action.token)
            stage = cell.stage + (not parked)
            yield Cell(None, action.how, stage, cell.at, action.token, by_fault, seen=parked, is_half=action.half)
        case _:
            return


def _part(piece: Piece | None, data: bytes) -> Piece | None:
    return piece if piece is None else replace(piece, data=data)
