"""Sockets of programs' own networks, made by a keeper; some before they are needed, so that nobody waits for them."""

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from lab.errors import LabTrouble
from lab.world.real.datagrams import TABLE
from lab.world.real.datagrams import listener as datagram_listener
from lab.world.real.isolation import addresses
from lab.world.real.listening import Table
from lab.world.real.networks import RealNetwork, Source
from lab.world.real.nursery.networks import KINDS, Kind

STOCK, LOW = 12, 6
"""Sockets that are asked for at once, and how few are left when more are: a door that falls silent takes two."""


class Stock:
    """The sockets of one program's own network.

    Args:
        order: Asks the keeper for more of a kind: so many.
        wait: Waits until the keeper has said something more, and takes it.
        pid: The program's process id, 0 if it has none now.
    """

    is_own = True

    def __init__(self, order: Callable[[Kind, int], None], wait: Callable[[], None], pid: Callable[[], int]) -> None:
        self._order = order
        self._wait = wait
        self._pid = pid
        self._kept: dict[Kind, deque[socket.socket]] = {kind: deque() for kind in KINDS}
        self._ordered: set[Kind] = set()
        self._why: dict[Kind, str] = {}
        self._table: Table | None = None
        self._is_closed = False
        for kind in ("tcp", "table"):
            self._order_more(kind)

    def _order_more(self, kind: Kind) -> None:
        if kind not in self._ordered:
            self._ordered.add(kind)
            self._order(kind, STOCK if kind == "tcp" else 1)

    def make(self, kind: Kind) -> socket.socket:
        """One of those that are there, or, if there is none, one that is waited for.

        Raises:
            LabTrouble: The keeper makes none.
        """
        kept = self._kept[kind]
        if len(kept) < (LOW if kind == "tcp" else 1):
            self._order_more(kind)
        while not kept:
            if self._why.get(kind):
                raise LabTrouble(f"no socket can be made in a program's own network: {self._why[kind]}")
            self._wait()
        return kept.popleft()

    def put(self, kind: Kind, made: Sequence[socket.socket], why: str) -> None:
        """The keeper has made some, or says why it has not."""
        self._ordered.discard(kind)
        self._kept[kind].extend(made)
        self._why[kind] = why

    def listener(self, port: int) -> str | None:
        """The address to dial for a port; None if nobody listens there."""
        if self._is_closed:
            return None
        self._table = self._table or Table(self.make("table"))
        return self._table.listener(port)

    def datagram_listener(self, port: int) -> str | None:
        """The address to send datagrams to; None if nobody takes any, or the program is gone."""
        with contextlib.suppress(OSError):
            return datagram_listener(port, Path(f"/proc/{self._pid()}/net/{TABLE.name}"))
        return None

    def close(self) -> None:
        """Let go of what nobody had."""
        self._is_closed = True
        for kept in self._kept.values():
            while kept:
                kept.pop().close()
        if self._table is not None:
            self._table.close()


class Networks:
    """The networks that one keeper makes.

    Args:
        request: Sends the keeper words.
        wait: Waits until it has said something more, and takes it.
        answered: Awaits what it is to say, within a time.
        join: For a network, from the source of its sockets.
        pid_of: The process id of a program, 0 if it has none now.
    """

    def __init__(
        self,
        request: Callable[[dict[str, Any]], None],
        wait: Callable[[], None],
        answered: Callable[["asyncio.Future[dict[str, Any]]"], Any],
        join: Callable[[Source], RealNetwork],
        pid_of: Callable[[str], int],
    ) -> None:
        self._request = request
        self._wait = wait
        self._answered = answered
        self._join = join
        self._pid_of = pid_of
        self._awaited: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._stocks: dict[str, Stock] = {}

    def __contains__(self, program: str) -> bool:
        return program in self._stocks

    async def make(self, program: str, page: str) -> RealNetwork:
        """A network for one program.

        Args:
            program: Its name.
            page: The path of what the lab may share with it.

        Raises:
            LabTrouble: It cannot be made.
        """
        self._awaited[program] = asyncio.get_running_loop().create_future()
        self._request({"do": "network", "network": program, "addresses": addresses(), "page": page})
        reply = await self._answered(self._awaited[program])
        if "why" in reply:
            raise LabTrouble(f"{program} cannot have a network of its own: {reply['why']}")
        stock = Stock(partial(self._order, program), self._wait, partial(self._pid_of, program))
        self._stocks[program] = stock
        return self._join(stock)

    def _order(self, program: str, kind: Kind, count: int) -> None:
        self._request({"do": "sockets", "network": program, "kind": kind, "count": count})

    def take(self, words: dict[str, Any], fds: Sequence[int]) -> None:
        """What the keeper says of a network, or of sockets in it."""
        if "network" in words:
            future = self._awaited[words["network"]]
            if not future.done():
                future.set_result(words)
            return
        made = [socket.socket(fileno=fd) for fd in fds]
        stock = self._stocks.get(words["sockets"])
        if stock is not None:
            stock.put(words["kind"], made, words.get("why", ""))

    def close(self) -> None:
        """The scenario is over."""
        for stock in self._stocks.values():
            stock.close()
