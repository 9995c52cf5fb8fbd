"""The fault `kill`: a process that ends, at a moment or at a point of the protocol."""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Literal, Self

from pydantic import Field, PrivateAttr, model_validator

from lab.actions import Action, Exited, FaultEvent, Fire, Message, Park, Pass, Release, Signal, Start, Stopped
from lab.faults.base import FAULTS, SIGNALS, Flow, ProcessFault, Selection
from lab.needs import Need

POINTS = Literal["before_read", "after_read", "mid_reply", "after_reply"]
IN_WORDS: Mapping[POINTS, str] = {
    "before_read": "before it reads",
    "after_read": "before it sends",
    "mid_reply": "in the middle of",
    "after_reply": "after",
}
QUERY = "query"


@FAULTS.kind("kill")
class Kill(ProcessFault, Selection):
    """A server is killed at its `when`, or at a point of the protocol; healed, it is started again.

    The points, for `flow` the server's queries or its replies (made up from `server` and `ls` if left out):
    `before_read`: the query reaches a stopped server, which is then killed: its peer sees a RST.
    `after_read`: the reply proves that the query was read; it is kept back, and the server killed: its peer sees FIN.
    `mid_reply`: the first `bytes` of the reply go out. `after_reply`: all of it does.

    Example:
        - kill: {server: ts1, point: mid_reply, bytes: 5}
    """

    short: ClassVar[str] = "server"

    signal: SIGNALS = "KILL"
    point: POINTS | None = None
    flow: Flow | None = Field(default=None, description="for `point`: whose messages are meant")
    bytes: int = Field(default=8, ge=1, le=65536, description="for `mid_reply`: how many bytes go out first")

    _done: bool = PrivateAttr(default=False)
    _dead: bool = PrivateAttr(default=False)

    @model_validator(mode="after")
    def _selectors_need_a_point(self) -> Self:
        chosen = [key for key in ("flow", "message", "name", "chance") if getattr(self, key) is not None]
        if chosen and self.point is None:
            raise ValueError(f"`{chosen[0]}` chooses a message, which needs a `point`, such as point: mid_reply")
        return self

    @property
    def flows(self) -> tuple[str, ...]:
        """The flow whose messages are meant, if a point is."""
        if self.point is None:
            return ()
        if self.flow is not None:
            return (self.flow,)
        return (f"*->{self.server}",) if self.point == "before_read" else (f"{self.server}->*",)

    @property
    def wants(self) -> tuple[Need, ...]:
        """In the middle of a reply it cuts."""
        return ("message ends",) if self.point == "mid_reply" else ()

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        point = f" {IN_WORDS[self.point]} {self.which}" if self.point else ""
        return f"{self.server} gets SIG{self.signal}{point}"

    def begin(self) -> Iterable[Action]:
        """Without a point: now."""
        return [] if self.point else self._strike("killed")

    def _strike(self, did: str) -> list[Action]:
        self._done = True
        return [Signal(self.server, self.signal), Fire(did)]

    def on_message(self, message: Message) -> Iterable[Action]:
        """At the point, once: let out what is to go out, and kill; every other message passes."""
        if self._done or self.point is None:
            return [Pass(message.data)]
        if self.point == "before_read":
            self._done = True
            return [Park(message.data, QUERY), Signal(self.server, "STOP")]
        out = {"after_read": b"", "mid_reply": message.data[: self.bytes], "after_reply": message.data}[self.point]
        first: list[Action] = [Pass(out)] if out else []
        return [*first, *self._strike(f"killed {IN_WORDS[self.point]} the message")]

    def on_other(self, event: FaultEvent) -> Iterable[Action]:
        """A stopped server gets its query, unread, and dies."""
        if event == Stopped(self.server) and self.point == "before_read" and self._done and not self._dead:
            return [Release(QUERY), *self._strike("killed before it reads the message")]
        if isinstance(event, Exited) and event.server == self.server:
            self._dead = self._done
        return []

    def heal(self) -> Iterable[Action]:
        """Start it again if it died."""
        return [Start(self.server)] if self._dead else []
