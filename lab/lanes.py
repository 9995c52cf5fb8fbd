"""Lanes: the ordered queue of each direction of each connection, and what an action puts into it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from lab.actions import Action, Finish, Park, Pass
from lab.effects import Piece
from lab.protocols.base import Framer
from lab.slots import Slot


@dataclass(slots=True)
class Cell:
    """Something in a lane: a piece or an end, before the fault `stage`, perhaps parked there."""

    piece: Piece | None
    end: Literal["fin", "rst", "silence", ""]
    stage: int
    at: float
    token: str = ""
    by_fault: bool = False
    seen: bool = False


@dataclass(slots=True)
class Lane:
    """One direction of one connection."""

    conn: int
    flow: str
    slots: list[Slot]
    framer: Framer
    cells: list[Cell] = field(default_factory=list)
    sealed: bool = False


def cells_of(cell: Cell, action: Action) -> Iterator[Cell]:
    """What an action puts into the lane in the place of the cell it answers."""
    match action:
        case Pass():
            yield replace(cell, piece=_part(cell.piece, action.data), stage=cell.stage + 1)
        case Park():
            yield replace(cell, piece=_part(cell.piece, action.data), token=action.token, seen=True)
        case Finish():
            by_fault = cell.by_fault or cell.piece is not None
            parked = bool(action.token)
            yield Cell(None, action.how, cell.stage + (not parked), cell.at, action.token, by_fault, seen=parked)
        case _:
            return


def _part(piece: Piece | None, data: bytes) -> Piece | None:
    return piece if piece is None else replace(piece, data=data)
