"""What any world offers: time, wires, doors and processes. A world is real, or pretends to be, and keeps these words.

Times are the world's own seconds, from an origin of its choosing that never moves; they are no wall clock.
"""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

from lab.errors import LabTrouble
from lab.needs import Need
from lab.world.facts import Excess, Holdings, Remnant

End = Literal["fin", "rst"]
Transport = Literal["tcp", "udp"]
OnData = Callable[[bytes, float], None]
OnEnd = Callable[[End, float], None]
OnOutput = Callable[[str, bytes], None]
OnExit = Callable[[int], None]
T = TypeVar("T")


class Timer(Protocol):
    """Something that was to happen at a time."""

    def cancel(self) -> None:
        """It is not to happen any more."""
        ...


class Wire(Protocol):
    """One end of a connection. Writes never block: what the kernel does not take at once is kept and sent later."""

    def listen_to(self, on_data: OnData, on_end: OnEnd) -> None:
        """Hear of bytes as they come (with their time of arrival) and of the peer's end of sending, once."""
        ...

    def write(self, data: bytes) -> bool:
        """Send bytes; False if the connection is known to be dead."""
        ...

    def finish(self) -> None:
        """End this direction (FIN) behind what was written."""
        ...

    def close(self) -> None:
        """Close in good order: what was written goes out, then FIN; nothing more is heard."""
        ...

    def reset(self) -> None:
        """End at once with RST; nothing more is heard."""
        ...

    def mute(self, muted: bool) -> None:  # noqa: FBT001 - one word says it
        """Stop reading, or read again."""
        ...

    def narrow(self) -> None:
        """Take few bytes before the peer must wait for them to be read."""
        ...

    @property
    def unread(self) -> int:
        """Bytes that have come and were not read."""
        ...

    @property
    def unsent(self) -> int:
        """Bytes written that the kernel has not taken yet."""
        ...


class Door(Protocol):
    """A listening socket whose port is kept while nobody listens."""

    @property
    def port(self) -> int:
        """Its port."""
        ...

    def open(self) -> None:
        """Listen."""
        ...

    def refuse(self) -> None:
        """Listen no more: dials are refused."""
        ...

    def silence(self) -> None:
        """Answer no dial, nor refuse it: who dials waits."""
        ...

    def close(self) -> None:
        """Give up the port."""
        ...


@dataclass(frozen=True, slots=True)
class Program:
    """A program to start.

    Attributes:
        name: What the lab calls it, `ts1`.
        argv: The command and its arguments, filled.
        folder: Its working directory.
        port: Where it is to listen; 0 for a client.
        launch: `fork` where the lab's own interpreter runs a Python file, or `exec` for all.
        isolated: Whether it may write in its own folder only.
        has_wall: Whether it has a wall clock of its own, which can be set.
    """

    name: str
    argv: tuple[str, ...]
    folder: Path
    port: int = 0
    launch: Literal["fork", "exec"] = "fork"
    environment: Mapping[str, str] = field(default_factory=dict)
    isolated: bool = False
    has_wall: bool = False


class Process(Protocol):
    """A started program."""

    @property
    def pid(self) -> int:
        """Its process id."""
        ...

    @property
    def alive(self) -> bool:
        """Whether its end has not been heard of."""
        ...

    def signal(self, name: str) -> bool:
        """Send a signal, such as `KILL`, to its whole group; False if it is gone."""
        ...

    def is_stopped(self) -> bool:
        """Whether every thread of it is stopped, or it is gone."""
        ...

    def holds(self) -> Holdings | None:
        """What it has now; None if it is gone, or cannot be looked at."""
        ...

    def limit_files(self, spare: int | None) -> int:
        """Let it open so many files more than it has open now, or (None) as many as it could at first; the limit.

        It is 0 if the process is gone.
        """
        ...

    def set_clock(self, by: float) -> bool:
        """Set its wall clock by so many seconds, for its next starts too; False if it asks another for the date."""
        ...

    def spent(self) -> float:
        """Seconds of processor time that all its threads have used so far; as before once it is gone."""
        ...


class Troupe(Protocol):
    """All processes of one scenario, under one keeper: none of them outlives it."""

    def on_lost(self, hear: Callable[[LabTrouble], None]) -> None:
        """Hear when the keeper ends by itself, and with it all servers."""
        ...

    def on_expired(self, hear: Callable[[str, float], None]) -> None:
        """Hear when a wait of a program for a time has come to its end, and how long it was; real worlds never know."""
        ...

    def on_excess(self, hear: Callable[[Excess], None]) -> None:
        """Hear of a program that took more than it may, and is ended for it; then its end is told as ever."""
        ...

    async def network(self, program: str) -> "Network":
        """A network of a program's own, made before it starts: it starts there, and all ports are free there.

        Raises:
            LabTrouble: It cannot be had.
        """
        ...

    async def start(self, program: Program, on_output: OnOutput, on_exit: OnExit) -> Process:
        """Start a program.

        Raises:
            BadInput: The command cannot be executed.
            LabTrouble: The keeper is gone.
        """
        ...

    async def end(self) -> list[Remnant]:
        """Kill whatever is left, again and again until none is; what was not one of the started programs."""
        ...


class Network(Protocol):
    """Where ports are: doors, dials, and who listens."""

    def reserve(self, over: Transport = "tcp", port: int = 0) -> Door:
        """A door with a port of its own, refusing until it is opened.

        Args:
            over: What comes there.
            port: Which, in a network that is one program's own; there it must be given.
        """
        ...

    def dial(self, host: str, port: int, on_wire: Callable[[Wire | None], None], over: Transport = "tcp") -> None:
        """Connect; the callback gets the wire, or None when it was refused. Over UDP a wire stands in any case."""
        ...

    def watch(self, port: int, on_change: Callable[[str | None], None], over: Transport = "tcp") -> Timer:
        """Hear when a port comes into LISTEN (the address to dial) and when it leaves it (None)."""
        ...


class World(Network, Protocol):
    """Time, wires, doors and processes, and the network that all share who have none of their own."""

    clock: str
    lacks: Mapping[Need, str]
    """What it has not, and why."""
    is_noisy: bool
    """Whether waiting for a processor takes any of the world's time."""

    @property
    def no_networks(self) -> str:
        """Why programs cannot have networks of their own; empty if they can."""
        ...

    def now(self) -> float:
        """The world's time in seconds."""
        ...

    def wall(self) -> float:
        """Seconds that really go by: for how long a run takes, never for what is judged."""
        ...

    def at(self, when: float, do: Callable[[], None]) -> Timer:
        """Do something at a time of the world."""
        ...

    def limit(self, when: float, do: Callable[[], None]) -> Timer:
        """Do something at a time that is never to come: no clock jumps there because nothing else is to happen."""
        ...

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run the conducting coroutine to its end on the world's event loop."""
        ...

    def free_port(self, over: Transport = "tcp") -> int:
        """A port for a server to listen on, not given out twice in a run."""
        ...

    def receive(self, door: Door, on_dial: Callable[[Wire], None]) -> None:
        """Hear of every connection made at a door."""
        ...

    def is_free(self, port: int, over: Transport = "tcp") -> bool:
        """Whether a server could listen at a port now."""
        ...

    def is_taken(self, port: int, folder: Path) -> bool:
        """Whether somebody listens on a port now who does not come from the program that works in this folder."""
        ...

    async def troupe(self, folder: Path) -> Troupe:
        """A keeper for the processes of one scenario, which work below this folder."""
        ...

    def waits(self, processes: Mapping[str, Process]) -> dict[str, float]:
        """Seconds each of these, and the lab itself as `lab`, has waited for a processor so far."""
        ...

    def on_lag(self, hear: Callable[[float, float], None]) -> Timer:
        """Hear when a sleeper of the lab woke late: (now, seconds late)."""
        ...
