"""What a fault may hear of (events of the fault model) and what it may answer (actions). Values, no I/O (law 2).

A flow is written as the bytes go, `ts1->ls`; a link as it is dialled, `ls->ts1`. Times are seconds from zero.
"""

from dataclasses import dataclass, field
from typing import Literal

End = Literal["fin", "rst"]
DoorState = Literal["open", "refusing", "silent", "closing"]
Edge = Literal["when", "until", "release"]


@dataclass(frozen=True, slots=True)
class Message:
    """A whole message of the protocol on one connection of a flow.

    Attributes:
        flow: The flow, such as `ts1->ls`.
        conn: The connection's number, unique in the scenario.
        n: Which message of this flow it is, from 1, over all its connections.
        data: Its bytes, terminator included.
        name: The host name it is about, in lower case; empty if it has none.
        at: When it arrived at this fault.
        serial: A number that is this message's alone, also among its copies.
        luck: A number in [0, 1) that the seed fixes for this fault, flow, name and occurrence; 0 unless it asks for it.
    """

    flow: str
    conn: int
    n: int
    data: bytes
    name: str
    at: float
    serial: int = 0
    luck: float = 0.0


@dataclass(frozen=True, slots=True)
class Bytes:
    """Bytes that are no whole message: a part, or a rest without its end; `n` is the message they are part of."""

    flow: str
    conn: int
    n: int
    data: bytes
    name: str
    at: float


@dataclass(frozen=True, slots=True)
class Ended:
    """The sender of a flow ended its direction of a connection."""

    flow: str
    conn: int
    how: End
    at: float


@dataclass(frozen=True, slots=True)
class Dialled:
    """Somebody connected at a link's door while a fault has it accept and end whoever comes."""

    link: str
    conn: int


@dataclass(frozen=True, slots=True)
class Unread:
    """A sender of a flow that is not read any more has sent something, which waits unread."""

    flow: str
    conn: int


@dataclass(frozen=True, slots=True)
class Limited:
    """A server's open files were limited after `Limit`: it has `files` of them."""

    server: str
    files: int


@dataclass(frozen=True, slots=True)
class Starting:
    """A server is about to be started for the first time; answer `Withhold` and it is not."""

    server: str


@dataclass(frozen=True, slots=True)
class Listening:
    """A server listens."""

    server: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """Every thread of a server has come to a stop after `Signal(server, "STOP")`."""

    server: str
    at: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Exited:
    """A server's process ended; `status` is its exit code, or minus the signal's number."""

    server: str
    status: int
    at: float


@dataclass(frozen=True, slots=True)
class Woke:
    """The time asked for with `Wake` has come."""

    token: str
    at: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Happened:
    """A moment of this fault's own `when`, `until` or `release` has come."""

    edge: Edge


@dataclass(frozen=True, slots=True)
class Healed:
    """The fault is being undone: answer with whatever takes its harm back. Held messages are released anyway."""


FaultEvent = (
    Message
    | Bytes
    | Ended
    | Dialled
    | Unread
    | Limited
    | Starting
    | Listening
    | Stopped
    | Exited
    | Woke
    | Happened
    | Healed
)


@dataclass(frozen=True, slots=True)
class Pass:
    """Hand these bytes to the next fault, or to the receiver after the last."""

    data: bytes


@dataclass(frozen=True, slots=True)
class PassAhead:
    """Hand these bytes on before whatever this fault has parked on the connection: no other action reorders."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Say:
    """Put a message that nobody sent into a flow of a connection, behind all that is under way there.

    Nothing is said, and the fault has not fired, if the flow's sender has ended that direction.
    """

    flow: str
    conn: int
    text: str


@dataclass(frozen=True, slots=True)
class Lose:
    """Count the bytes at hand as lost in the receipt; that they do not pass is enough to lose them."""


@dataclass(frozen=True, slots=True)
class Park:
    """Keep these bytes at this place of the queue until `Release` of the same token."""

    data: bytes
    token: str


@dataclass(frozen=True, slots=True)
class Release:
    """Let everything parked under this token go on to the next fault.

    With `joined` it leaves in one write, if nothing comes between; as soon as two messages do, the fault has fired.
    """

    token: str
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Finish:
    """End the connection of the message at hand: `fin` behind what is parked, `rst` at once, discarding it.

    `silence` ends nothing that the peers could see: from there on nothing of this flow passes on the connection.
    With `token` the end itself is parked, and takes place when the token is released. With `half` only this direction
    ends: the other goes on.
    """

    how: End | Literal["silence"]
    token: str = ""
    half: bool = False


@dataclass(frozen=True, slots=True)
class SetDoor:
    """Put a link's door into a state; `open` gives it back to mirroring its server.

    `refusing`: nobody listens; `silent`: a dial is never answered; `closing`: a dial is accepted and ended, by `how`.
    """

    link: str
    state: DoorState
    how: End = "fin"


@dataclass(frozen=True, slots=True)
class Deafen:
    """Read a flow's bytes from its senders no more, or (`deaf` false) again, on all its connections."""

    flow: str
    deaf: bool


@dataclass(frozen=True, slots=True)
class Limit:
    """Let a server have so many open files more than it has now; None gives it back what it had."""

    server: str
    spare: int | None


@dataclass(frozen=True, slots=True)
class SetClock:
    """Set a server's wall clock, and no other clock of it, forwards by so many seconds, or backwards if it is negative.

    None sets it back by what this fault had set it, also while the server is down.
    """

    server: str
    by: float | None


@dataclass(frozen=True, slots=True)
class Signal:
    """Send a signal, such as `KILL`, to a server's process group. After `STOP`, `Stopped` follows."""

    server: str
    name: str


@dataclass(frozen=True, slots=True)
class Start:
    """Start a server again, or one that was withheld."""

    server: str


@dataclass(frozen=True, slots=True)
class Withhold:
    """Do not start this server."""

    server: str


@dataclass(frozen=True, slots=True)
class Wake:
    """Ask for `Woke(token)` at this time."""

    at: float
    token: str


@dataclass(frozen=True, slots=True)
class Fire:
    """Say in the history that the fault touched something, and what it did, as in `held for 3 s`."""

    did: str


Doing = SetDoor | Deafen | Limit | SetClock | Signal | Start | Withhold
"""What is done to a door, a link or a process."""
Action = Pass | PassAhead | Say | Lose | Park | Release | Finish | Doing | Wake | Fire
