"""What a check is given: the history of a scenario, and what was planned. Values only (law 1)."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict

from lab.expectation import GIVES_UP, NOT_FOUND, Expectation
from lab.needs import Need
from lab.result import Place

Who = Literal["lab", "program"]


class _Plan(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlannedQuery(_Plan):
    """One query of a client: `id` is `ann.2`, or what the scenario named it."""

    client: str
    id: str
    ask: str
    expect: Expectation | None = None
    place: Place | None = None


class PlannedServer(_Plan):
    """One server of the system.

    Attributes:
        name: Its name, such as `ts1`.
        is_ts: Whether it has a table, and so is one of the servers that know names.
        entries: The lines of its table, as (name in lower case, whole line); empty for LS.
        start_within: Seconds within which it must listen.
        refuses: Whether it is to refuse what it is started with, and so never to listen.
    """

    name: str
    is_ts: bool
    entries: tuple[tuple[str, str], ...] = ()
    start_within: float = 5.0
    refuses: bool = False


class PlannedClient(_Plan):
    """One client; `stays` is False when a step closes or resets its connection before the end."""

    name: str
    by: Who = "lab"
    stays: bool = True


class PlannedFault(_Plan):
    """One fault of the scenario: its place is a flow, a link or a server, and `harms` names servers it touches.

    Attributes:
        harms: Servers that this fault may stop, end or keep from starting.
        flows: The flows it may touch, such as `ts1->ls`; a door fault has both directions of its link.
        hears: The flows whose messages it is shown, if it listens to others than those.
    """

    id: str
    kind: str
    where: str
    planned: str
    harms: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()
    hears: tuple[str, ...] = ()
    optional: bool = False
    recovery: bool = False
    place: Place | None = None


class Plan(_Plan):
    """All that was planned of one scenario and that judging it needs; kept beside its history.

    Attributes:
        protocol: What LS speaks.
        lacks: What LS's protocol lacks, so that nothing is judged that needs it.
        patience: Seconds the client waits for a reply before it gives up.
        is_narrow: Whether what goes beyond single replies counts only under the scenario's own clauses.
        serves_many: False for an LS that serves one client and then may exit.
        front: The server that clients dial, `ls`.
        gives_up: Seconds after which LS says not found.
        not_found: The line that says so, with `{name}` for what was asked.
    """

    name: str
    level: Literal["contract", "beyond"] = "contract"
    clauses: tuple[str, ...] = ()
    queries: tuple[PlannedQuery, ...] = ()
    servers: tuple[PlannedServer, ...] = ()
    clients: tuple[PlannedClient, ...] = ()
    faults: tuple[PlannedFault, ...] = ()
    protocol: str = "line"
    lacks: tuple[Need, ...] = ()
    patience: float = 15.0
    serves_many: bool = True
    is_narrow: bool = False
    front: str = "ls"
    gives_up: float = GIVES_UP
    not_found: str = NOT_FOUND

    def not_found_line(self, ask: str) -> str:
        """The line that says that this name was not found, as the client wrote it."""
        return self.not_found.replace("{name}", ask.strip())

    @property
    def upstreams(self) -> tuple[PlannedServer, ...]:
        """The servers that have tables."""
        return tuple(server for server in self.servers if server.is_ts)

    def lines_for(self, name: str) -> Mapping[str, str]:
        """The table line for a name (compared without case) by server; empty if no server knows it."""
        wanted = name.strip().lower()
        found: dict[str, str] = {}
        for server in self.upstreams:
            for known, line in server.entries:
                if known == wanted:
                    found[server.name] = line
        return found
