"""What the pipeline wants done: values that a world performs (law 2). Times are seconds from zero."""

from dataclasses import dataclass
from typing import Literal

from lab.actions import Doing


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes on their way, and what they are.

    Attributes:
        what: `message` if a message ends with them, else a part of the n-th (`bytes`).
        is_rest: Whether a part of that message was cut off before them, so that they are not the whole of it.
    """

    data: bytes
    n: int
    name: str
    what: Literal["message", "bytes"] = "message"
    is_rest: bool = False


@dataclass(frozen=True, slots=True)
class Write:
    """Write these bytes to the receiver of a flow.

    Attributes:
        pieces: Which messages they complete.
        part: Those at their end that belong to a message which has not ended yet.
    """

    conn: int
    flow: str
    data: bytes
    pieces: tuple[Piece, ...]
    part: bytes = b""


@dataclass(frozen=True, slots=True)
class Shut:
    """End a connection: `mirrored` only the one direction, as its sender did; else, by a fault, all of it."""

    conn: int
    flow: str
    how: Literal["fin", "rst"]
    mirrored: bool


@dataclass(frozen=True, slots=True)
class Note:
    """A fact: `arrived` or `part` (of a piece), or `injected`, `fired`, `released`, `lost`, `healed`."""

    kind: str
    fault: str = ""
    flow: str = ""
    conn: int = 0
    piece: Piece | None = None
    did: str = ""


@dataclass(frozen=True, slots=True)
class Alarm:
    """Tell the pipeline `Woke(token)` of this fault at this time (seconds from zero)."""

    at: float
    fault: str
    token: str


@dataclass(frozen=True, slots=True)
class Deed:
    """An action on a door or a process that a fault wants performed."""

    fault: str
    action: Doing


Effect = Write | Shut | Note | Alarm | Deed
