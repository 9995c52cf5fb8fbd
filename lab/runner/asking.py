"""The lab's own client: takes its steps over one connection at a time, and records what it asked and what came."""

import asyncio
from dataclasses import dataclass
from functools import partial

from lab.history import as_text
from lab.moment import Moment
from lab.protocols.manners import DONE
from lab.runner.futures import settle
from lab.runner.links import Link
from lab.runner.stage import Stage
from lab.scenario.model import Ask, Client, End, Send, Step, Wait
from lab.world.base import End as HowEnded
from lab.world.base import Wire

CLOSE_WITHIN = 2.0
LOOK_AGAIN = 0.5
COME, NEVER = True, False


@dataclass(slots=True)
class _Open:
    """A query that has no outcome yet; without `ask` it is a line that was sent as it is, and may get a reply."""

    ask: Ask | None
    at: float
    over: "asyncio.Future[str]"


class LabClient:
    """One client of a scenario.

    Args:
        link: Its way to the front server.
    """

    def __init__(self, stage: Stage, client: Client, link: Link) -> None:
        self._stage = stage
        self._client = client
        self._link = link
        self._sent = stage.protocol.framer()
        self._reads = True
        self._wire: Wire | None = None
        self._framer = stage.protocol.framer()
        self._open: list[_Open] = []
        self._left = ""
        self._closed: asyncio.Future[str] | None = None
        self._last_outcome = 0.0
        self._is_stuck = False

    @property
    def _name(self) -> str:
        return self._client.name

    async def act(self) -> None:
        """Take every step, then say `done` and wait for the server's close."""
        steps = list(self._client.steps)
        while steps and not self._is_stuck:
            batch = _batch(steps)
            del steps[: len(batch)]
            await self._take(batch)
        await self._await_open()
        await self._part()

    async def _take(self, batch: list[Step]) -> None:
        first = batch[0]
        if isinstance(first, Wait):
            await self._wait(first.moment)
        elif isinstance(first, End):
            await self._end(first)
        elif isinstance(first, Send):
            await self._send(first)
        else:
            await self._ask([step for step in batch if isinstance(step, Ask)])

    async def _wait(self, moment: Moment) -> None:
        """Wait for a moment; when nothing is left that could bring it about, take no further step."""
        come: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._stage.when(f"{self._name} waits {id(come)}", moment, lambda: settle(come, COME))
        self._look(come)
        if not await come:
            self._stage.record("stuck", client=self._name, moment=str(moment))
            self._is_stuck = True

    def _look(self, come: "asyncio.Future[bool]") -> None:
        if come.done():
            return
        if self._stage.is_at_rest():
            settle(come, NEVER)
        else:
            self._stage.world.at(self._stage.world.now() + LOOK_AGAIN, lambda: self._look(come))

    async def _send(self, step: Send) -> None:
        """Send bytes; each whole line among them may get a reply, which is nobody's."""
        if self._wire is None and not await self._connect():
            return
        assert self._wire is not None
        self._stage.record("sent", client=self._name, text=as_text(step.data))
        self._wire.write(step.data)
        for line in self._sent.feed(step.data):
            if line.strip():
                self._open.append(_Open(None, self._stage.world.now(), asyncio.get_running_loop().create_future()))

    async def _end(self, step: End) -> None:
        if step.how == "done":
            await self._await_open()
            await self._part()
            return
        if self._wire is None:
            return
        if step.how in ("half_close", "stop_reading"):
            self._end_half(step.how)
            return
        self._abandon("left")
        self._hang_up(step.how)

    def _end_half(self, how: str) -> None:
        """Send no more, or read no more: what LS sends then fills the buffers on the way."""
        if how == "half_close" and self._wire is not None:
            self._wire.finish()
            self._left = how
        else:
            self._reads = False
            self._link.deafen(self._name, self._link.reverse, deaf=True)
        self._stage.record("left", client=self._name, how=how)

    def _hang_up(self, how: str) -> None:
        if self._wire is not None:
            (self._wire.reset if how == "reset" else self._wire.close)()
            self._wire = None
        self._left = how
        self._stage.record("left", client=self._name, how=how)

    # Asking

    async def _ask(self, asks: list[Ask]) -> None:
        if self._left == "gave_up":
            return
        if self._wire is None and not await self._connect():
            self._refuse(asks)
            return
        assert self._wire is not None
        before = self._stage.since_zero()
        written = self._wire.write(b"".join(self._stage.protocol.encode(ask.ask) for ask in asks))
        for ask in asks:
            self._begin(ask, before)
        if not written:
            self._abandon("reset")
        last = self._open[-1] if self._open else None
        if last is not None and self._reads and not asks[-1].go_on:
            await self._outcome_of(last)

    async def _connect(self) -> bool:
        made: asyncio.Future[Wire | None] = asyncio.get_running_loop().create_future()
        self._stage.world.dial("127.0.0.1", self._link.port, partial(_hand_over, made))
        until = self._stage.world.now() + self._stage.profile.patience
        timer = self._stage.later(until, partial(settle, made, None))
        wire = await made
        timer.cancel()
        if wire is None:
            return False
        self._wire = wire
        self._left, self._open = "", []
        self._framer, self._sent = self._stage.protocol.framer(), self._stage.protocol.framer()
        self._closed = asyncio.get_running_loop().create_future()
        self._stage.record("connected", client=self._name)
        self._wire.listen_to(self._on_data, self._on_end)
        return True

    def _refuse(self, asks: list[Ask]) -> None:
        """Nobody listens: each query ends before it was sent."""
        for ask in asks:
            self._begin(ask, self._stage.since_zero())
        self._abandon("closed")

    def _begin(self, ask: Ask, before: float) -> None:
        now = self._stage.world.now()
        self._stage.record("asked", now, client=self._name, query=ask.id, ask=ask.ask, before=before)
        self._open.append(_Open(ask, now, asyncio.get_running_loop().create_future()))

    async def _outcome_of(self, query: _Open) -> None:
        """Wait for a query's outcome, at most the client's patience since it is the oldest open one."""
        while not query.over.done():
            oldest = self._open[0]
            until = max(oldest.at, self._last_outcome) + self._stage.profile.patience
            timer = self._stage.later(until, self._out_of_patience)
            await asyncio.wait([oldest.over])
            timer.cancel()

    def _out_of_patience(self) -> None:
        self._conclude("no_reply", None, self._stage.world.now())
        self._abandon("no_reply")
        self._hang_up("gave_up")

    async def _await_open(self) -> None:
        """Wait for what is still open; who does not read waits for nothing, and who sent other bytes for no reply."""
        asked = [query for query in self._open if query.ask is not None]
        if not self._reads:
            self._abandon("left")
            self._hang_up("close")
        elif asked:
            await self._outcome_of(asked[-1])

    # Hearing

    def _on_data(self, data: bytes, at: float) -> None:
        for message in self._framer.feed(data):
            text = self._stage.protocol.decode(message)
            self._pass_over(self._stage.protocol.name_of(message))
            ask = self._open[0].ask if self._open else None
            after, query = self._stage.since_zero(), ask.id if ask else ""
            self._stage.record("replied", at, client=self._name, query=query, text=text, after=after)
            if self._open:
                self._conclude(self._judge(ask.ask, text) if ask else "", text, at)

    def _pass_over(self, name: str) -> None:
        """Lines that were sent as they are need no reply: one about the first query is not theirs."""
        first = next((query.ask for query in self._open if query.ask is not None), None)
        if first is not None and self._stage.protocol.name_of(self._stage.protocol.encode(first.ask)) == name:
            while self._open[0].ask is None:
                self._open.pop(0)

    def _judge(self, ask: str, reply: str) -> str:
        if reply == self._stage.profile.not_found.replace("{name}", ask):
            return "not_found"
        protocol = self._stage.protocol
        same = protocol.name_of(protocol.encode(reply)) == protocol.name_of(protocol.encode(ask))
        return "answered" if same and not reply.startswith(f"{ask} - ") else "wrong"

    def _conclude(self, outcome: str, reply: str | None, at: float) -> None:
        if not self._open:
            return
        query = self._open.pop(0)
        self._last_outcome = at
        if query.ask is None:
            settle(query.over, outcome)
            return
        ask, elapsed = query.ask, max(at - query.at, 0.0)
        fields = {"query": ask.id, "ask": ask.ask, "outcome": outcome, "reply": reply, "elapsed": elapsed}
        self._stage.record("outcome", at, client=self._name, **fields)
        settle(query.over, outcome)

    def _abandon(self, outcome: str) -> None:
        while self._open:
            self._conclude(outcome, None, self._stage.world.now())

    def _on_end(self, how: HowEnded, at: float) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.close()
        while self._open:
            self._conclude("reset" if how == "rst" else "closed", None, at)
        if self._closed is not None:
            settle(self._closed, how)

    # Leaving

    async def _part(self) -> None:
        """Say `done`, and give the server a moment to close."""
        if self._wire is None or self._closed is None:
            return
        closed = self._closed
        if self._stage.transport(self._link.server) == "udp":
            settle(closed, "")  # nobody closes there
        if self._left != "half_close":
            self._say_farewell(self._wire)
        timer = self._stage.later(self._stage.world.now() + CLOSE_WITHIN, lambda: settle(closed, ""))
        await closed
        timer.cancel()
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    def _say_farewell(self, wire: Wire) -> None:
        """Say that this was all; where nobody would know the word, by the end of file."""
        if self._stage.profile.farewell:
            wire.write(self._stage.protocol.encode(DONE))
            self._stage.record("left", client=self._name, how="done")
        else:
            wire.finish()
            self._stage.record("left", client=self._name, how="half_close")


def _hand_over(made: "asyncio.Future[Wire | None]", wire: Wire | None) -> None:
    """A connection that comes when nobody waits for it any more is ended."""
    if not made.done():
        made.set_result(wire)
    elif wire is not None:
        wire.reset()


def _batch(steps: list[Step]) -> list[Step]:
    """The first step, and with it the queries that go out in the same write."""
    batch = steps[:1]
    for step in steps[1:]:
        if not (isinstance(batch[-1], Ask) and isinstance(step, Ask) and step.pipelined):
            break
        batch.append(step)
    return batch
