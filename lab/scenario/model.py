"""The values a scenario and a profile become once they are read: frozen, typed, free of YAML."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from lab.checks.base import Check
from lab.expectation import GIVES_UP, LINE, NOT_FOUND, Expectation
from lab.faults.base import Fault
from lab.moment import Moment
from lab.protocols.manners import DONE
from lab.result import Place

Level = Literal["contract", "beyond"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Ask(_Value):
    """A client asks a name (a host name as the user wrote it) and, unless `go_on`, waits for its outcome.

    Attributes:
        pipelined: Whether it goes out in the same write as the query after it.
    """

    id: str
    ask: str
    expect: Expectation | None = None
    go_on: bool = False
    pipelined: bool = False
    place: Place | None = None


class Wait(_Value):
    """A client waits for a moment."""

    moment: Moment
    place: Place | None = None


class Send(_Value):
    """A client sends bytes as they are."""

    data: bytes
    place: Place | None = None


class End(_Value):
    """A client ends its session (`done`, `close`, `reset`), its own direction of it (`half_close`), or its reading."""

    how: Literal["done", "close", "reset", "half_close", "stop_reading"]
    place: Place | None = None


Step = Ask | Wait | Send | End


class Client(_Value):
    """Who asks: the lab's own client with its steps, or a program with plain asks."""

    name: str
    by: Literal["lab", "program"] = "lab"
    steps: tuple[Step, ...] = ()

    @property
    def asks(self) -> tuple[Ask, ...]:
        """Its queries, in order."""
        return tuple(step for step in self.steps if isinstance(step, Ask))


class Table(_Value):
    """A TS's table: the file's text exactly, and its well-formed entries as (name in lower case, line)."""

    text: str
    entries: tuple[tuple[str, str], ...] = ()


class FaultEntry(_Value):
    """One entry of `faults:`: a kind with its fields, and the options any kind takes.

    Attributes:
        id: Given, or made from the kind and its number, such as `delay1`.
        when: When it begins; None is at once (from launch for flows, at zero for doors and processes).
        until: When it is healed; None is the end of the last query.
    """

    id: str
    kind: str
    fault: Fault
    when: Moment | None = None
    until: Moment | None = None
    recovery: bool = False
    optional: bool = False
    place: Place | None = None


class CheckEntry(_Value):
    """One entry of `checks:`."""

    kind: str
    check: Check
    place: Place | None = None


class Scenario(_Value):
    """One scenario, one case of it if it has cases.

    Attributes:
        name: The file's stem, with `.case` behind it if it has cases.
        path: The file as the user gave it.
        text: The file's text.
        alone: Whether it must run with no other beside it.
        is_narrow: Whether what goes beyond single replies counts only under its own clauses, as in a part of a grade.
        turn: Which of its runs it is, where it is to run several times; from 1.
        options: For each server, what its command is to have behind it, by the option's name in the profile.
        leaves_out: For each server, those of which its command is not to speak.
        gives_up: Seconds after which LS says not found, if its options make them other than the contract's.
    """

    name: str
    path: str
    text: str
    story: str
    level: Level = "contract"
    clauses: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    points: float | None = None
    hint: str = ""
    alone: bool = False
    is_narrow: bool = False
    turn: int = 1
    options: dict[str, dict[str, tuple[str, ...]]] = Field(default_factory=dict)
    leaves_out: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    gives_up: float = GIVES_UP
    tables: dict[str, Table] = Field(default_factory=dict)
    faults: tuple[FaultEntry, ...] = ()
    clients: tuple[Client, ...] = ()
    checks: tuple[CheckEntry, ...] = ()


class Speech(_Value):
    """A protocol, and how many bytes each of its messages has, if it needs to know."""

    protocol: str = "line"
    message_bytes: int = 0


class ServerSpec(_Value):
    """One server of a profile.

    Attributes:
        run: Its argv with placeholders, not yet filled.
        start_within: Seconds within which it must listen.
        dials: The servers it dials: those its command names, such as `ts1` for `{ts1.port}`, and those it knows.
        knows: Those that it dials at their fixed ports without being told.
        port: Where it always listens; 0: wherever it is told to.
        options: The words that a scenario may have added to its command, with `{value}`, by the option's name.
        copy_of: The absolute folder of which it runs in a copy; empty: in an empty one.
        table_file: What its table is called in that; empty: as the lab likes, for its command tells it.
        environment: What it finds in its environment besides.
        pause: Seconds to wait, once it listens, before the next is started.
        speech: What it speaks, if that is not what the system speaks.
    """

    name: str
    run: tuple[str, ...]
    start_within: float = 5.0
    dials: tuple[str, ...] = ()
    knows: tuple[str, ...] = ()
    port: int = 0
    options: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    copy_of: str = ""
    table_file: str = ""
    environment: dict[str, str] = Field(default_factory=dict)
    pause: float = 0.0
    speech: Speech | None = None

    @property
    def has_table(self) -> bool:
        """Whether its command names a table, or it finds one under a name of its own."""
        return bool(self.table_file) or any("{table}" in word.replace("{{", "") for word in self.run)


class ClientSpec(_Value):
    """The client program of a profile.

    Attributes:
        run: Its argv with placeholders, not yet filled.
        copy_of: The absolute folder of which it runs in a copy; empty: in an empty one.
        names_file: What the file with the names is called in that.
        answers_file: The file that it writes there.
        environment: What it finds in its environment besides.
        speech: What it speaks, if that is not what the system speaks.
    """

    run: tuple[str, ...]
    copy_of: str = ""
    names_file: str = "PROJ2-HNS.txt"
    answers_file: str = "RESOLVED.txt"
    environment: dict[str, str] = Field(default_factory=dict)
    speech: Speech | None = None


class Profile(_Value):
    """Somebody's system.

    Attributes:
        path: Its file.
        here: Its folder, absolute; `{here}` in commands.
        client: The client program; None if the system has none.
        front: The server that clients dial.
        own_speech: What all of it speaks but the parts that have a speech of their own.
        answer: The line with which a TS answers, with `{line}` for that of its table.
        not_found: The line with which LS says that it found nothing, with `{name}` for what was asked.
        farewell: The line with which a client ends its session; empty: it only ends its sending.
        greeting: A glob for a line that LS says first to each client; empty: it says none.
        order: All servers in the order of their start; empty: each comes after those it dials.
    """

    path: str
    here: str
    about: str = ""
    own_speech: Speech = Speech()
    answer: str = LINE
    not_found: str = NOT_FOUND
    farewell: str = DONE
    greeting: str = ""
    servers: tuple[ServerSpec, ...] = ()
    client: ClientSpec | None = None
    patience: float = 15.0
    serves: Literal["one", "many"] = "many"
    front: str = "ls"
    order: tuple[str, ...] = ()

    def server(self, name: str) -> ServerSpec | None:
        """The server of that name, or None."""
        return next((server for server in self.servers if server.name == name), None)

    @property
    def fixed_ports(self) -> frozenset[int]:
        """The ports that servers listen on whatever they are told."""
        return frozenset(server.port for server in self.servers if server.port)

    @property
    def upstreams(self) -> tuple[ServerSpec, ...]:
        """The TSes: servers whose command has a `{table}`, and those that dial nobody and are not the front."""
        return tuple(
            server for server in self.servers if server.has_table or (server.name != self.front and not server.dials)
        )

    @property
    def start_order(self) -> tuple[ServerSpec, ...]:
        """The servers so that each comes after those it dials (C1), or as the profile has them."""
        if self.order:
            return tuple(server for name in self.order for server in self.servers if server.name == name)
        done: list[ServerSpec] = []
        waiting = list(self.servers)
        while waiting:
            names = {server.name for server in done}
            ready = [server for server in waiting if set(server.dials) <= names] or waiting[:1]
            done += ready
            waiting = [server for server in waiting if server not in ready]
        return tuple(done)

    @property
    def start_rows(self) -> list[list[ServerSpec]]:
        """The servers in their order, in rows of those that start together: who dials nobody need not wait."""
        order = self.start_order
        if self.order or any(server.pause for server in order):
            return [[server] for server in order]
        first = [server for server in order if not server.dials and server.name != self.front]
        return [first, *([server] for server in order if server not in first)]
