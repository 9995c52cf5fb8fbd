"""What all kinds of fault share: a kind is a small state machine, `step(event) -> actions`, without I/O (law 2).

A kind's typed fields are its YAML schema, its docstring its documentation, its `planned` the sentence in the
receipt. State lives in pydantic private attributes; each run steps a copy of its own.
For a flow fault the core does the selecting: `on_message` hears only of the messages it is to touch.
"""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from lab.actions import (
    Action,
    Bytes,
    Ended,
    FaultEvent,
    Finish,
    Happened,
    Healed,
    Message,
    Pass,
    Release,
    Woke,
)
from lab.needs import Need
from lab.registry import Registry
from lab.units import Percent

FAULTS: "Registry[type[Fault]]" = Registry("fault", "lab.faults")

SIGNALS = Literal["KILL", "TERM", "INT", "HUP", "QUIT", "ABRT", "SEGV"]
PARTY = r"[A-Za-z][A-Za-z0-9_-]*"
Flow = Annotated[
    str,
    StringConstraints(pattern=rf"^({PARTY}|\*)->({PARTY}|\*)$"),
    Field(
        description="one direction of a link, as the bytes go: ts1->ls, ls->ts1, ann->ls, *->ls",
        examples=["ts1->ls"],
    ),
]
Link = Annotated[
    str,
    StringConstraints(pattern=rf"^({PARTY}|\*)->{PARTY}$"),
    Field(description="a link, written as it is dialled: ls->ts1, ann->ls", examples=["ls->ts1"]),
]
Server = Annotated[
    str, StringConstraints(pattern=rf"^{PARTY}$"), Field(description="a server's name", examples=["ts1"])
]
RANGE = r"^([1-9][0-9]*)(\.\.([1-9][0-9]*)?)?(\+[1-9][0-9]*)?$"
Messages = Annotated[
    str,
    StringConstraints(pattern=RANGE),
    Field(description="which messages of the flow, counted from 1: 2 (the second), 2.. (from it on), 1..5+2 (1, 3, 5)"),
]


class Fault(BaseModel):
    """A harm of a known kind."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    needs: ClassVar[tuple[Need, ...]] = ()
    """What it needs of a world that not every world has."""
    needs_to_heal: ClassVar[tuple[Need, ...]] = ()
    """What it needs besides, if it is healed before the scenario is over."""
    short: ClassVar[str] = ""
    """The field that a bare text fills, as in `absent: ts1`; empty if a kind takes only a mapping."""
    is_lucky: ClassVar[bool] = False
    """Whether it wants the `luck` of a message."""
    holds_resets: ClassVar[bool] = False
    """Whether it is shown a RST as it is shown a FIN; else a RST overtakes everything."""
    acts_once: ClassVar[bool] = False
    """Whether it acts at its `when` (doors, processes) rather than on messages."""

    @property
    def where(self) -> str:
        """Its flow, link or server."""
        raise NotImplementedError  # every family below says it

    @property
    def planned(self) -> str:
        """What it is to do, in words, as `every message of ts1->ls arrives 3 s late`."""
        raise NotImplementedError  # every kind says it

    @property
    def harms(self) -> tuple[str, ...]:
        """Servers it may stop, end or keep from starting."""
        return ()

    @property
    def flows(self) -> tuple[str, ...]:
        """The flows it may touch."""
        return ()

    @property
    def hears(self) -> tuple[str, ...]:
        """The flows whose messages it is shown: those it may touch, and any to which it only listens."""
        return self.flows

    @property
    def wants(self) -> tuple[Need, ...]:
        """What it needs of the protocols of its flows that not every one has."""
        return ()

    @property
    def says(self) -> tuple[str, ...]:
        """Lines that it may send instead of a server; `{name}` in one is a name that was asked."""
        return ()

    @property
    def clocks(self) -> tuple[str, ...]:
        """Servers whose wall clock it may set."""
        return ()

    def step(self, event: FaultEvent) -> Iterable[Action]:
        """The actions that answer an event; by default everything passes."""
        match event:
            case Message():
                return self.on_message(event)
            case Bytes():
                return [Pass(event.data)]
            case Ended():
                return self.on_end(event)
            case _:
                return [*self._on_time(event), *self.on_other(event)]

    def _on_time(self, event: FaultEvent) -> Iterable[Action]:
        match event:
            case Happened("when"):
                return self.begin()
            case Healed():
                return self.heal()
            case Woke():
                return [Release(event.token)]
            case _:
                return []

    def on_message(self, message: Message) -> Iterable[Action]:
        """The actions for a message this fault is to touch."""
        return [Pass(message.data)]

    def on_end(self, end: Ended) -> Iterable[Action]:
        """The actions for the end that a flow's sender made."""
        return [Finish(end.how)]

    def begin(self) -> Iterable[Action]:
        """The actions at the fault's `when`."""
        return []

    def heal(self) -> Iterable[Action]:
        """The actions that undo the harm; what was parked is released without being asked."""
        return []

    def on_other(self, event: FaultEvent) -> Iterable[Action]:  # noqa: ARG002 - kinds that care override it
        """The actions for events of doors, processes and time."""
        return []


class Selection(BaseModel):
    """Which messages of a flow a fault touches; by default every one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    message: Messages | None = None
    name: str | None = Field(default=None, description="a host name, or a glob such as *.edu, without case")
    chance: Percent | None = Field(default=None, description="touch only this share of them, by the run's seed")

    def selects(self, n: int, name: str) -> bool:
        """Whether the message's number on its flow and its name are among those meant; `chance` is the core's."""
        if self.name is not None and not fnmatchcase(name.lower(), self.name.lower()):
            return False
        return self.message is None or in_range(self.message, n)

    @property
    def is_selective(self) -> bool:
        """Whether it chooses among the messages."""
        return any(choice is not None for choice in (self.message, self.name, self.chance))

    @property
    def is_total(self) -> bool:
        """Whether it touches every message from now on, whatever was selected."""
        return False

    @property
    def which(self) -> str:
        """The messages meant, in words."""
        words = [
            f"message {self.message}" if self.message else "every message",
            f"about {self.name}" if self.name else "",
            f"with a chance of {self.chance:.0%}" if self.chance is not None else "",
        ]
        return " ".join(word for word in words if word)


def in_range(pattern: str, n: int) -> bool:
    """Whether n is in a range as strace writes it: `2`, `2..`, `1..5`, `1..5+2`, `2+3` (2, 5, 8 …)."""
    match = re.match(RANGE, pattern)
    if match is None:
        return False
    first = int(match[1])
    step = int(match[4][1:]) if match[4] else 1
    open_ended = match[2] == ".." or (match[2] is None and match[4] is not None)
    last = None if open_ended else int(match[3] or first)
    return n >= first and (last is None or n <= last) and (n - first) % step == 0


def token_of(message: Message) -> str:
    """A token for `Park` and `Wake` that is this message's alone, also among its copies."""
    return f"message{message.serial}"


class OnFlow(Fault):
    """A fault of one flow."""

    flow: Flow

    @property
    def where(self) -> str:
        """Its flow."""
        return self.flow

    @property
    def flows(self) -> tuple[str, ...]:
        """Its flow alone."""
        return (self.flow,)


class FlowFault(OnFlow, Selection):
    """A fault on the messages of one flow."""


class DoorFault(Fault):
    """A fault of a link's listening socket; it acts once, at its `when`."""

    acts_once: ClassVar[bool] = True

    link: Link

    @property
    def where(self) -> str:
        """Its link."""
        return self.link

    @property
    def flows(self) -> tuple[str, ...]:
        """Both directions of its link."""
        dialler, server = self.link.split("->")
        return (f"{dialler}->{server}", f"{server}->{dialler}")


class ProcessFault(Fault):
    """A fault of a server's process; it acts once, at its `when`."""

    acts_once: ClassVar[bool] = True

    server: Server

    @property
    def where(self) -> str:
        """Its server."""
        return self.server

    @property
    def harms(self) -> tuple[str, ...]:
        """Its server."""
        return (self.server,)
