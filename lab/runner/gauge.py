"""What servers cost the machine: who waited for a processor, or, where that takes no time, who computed."""

from collections.abc import Mapping

from lab.history import Event
from lab.runner.servers import Server
from lab.runner.stage import Stage

PUNCTUAL = 0.05
"""Seconds that a client would notice (B16): less of the clock, and as many or more of computing, are told."""


class Gauge:
    """Hears all that is recorded, and adds what it has measured.

    Args:
        servers: By name; they come to be while the scenario is launched.
    """

    def __init__(self, stage: Stage, servers: Mapping[str, Server]) -> None:
        self._stage = stage
        self._servers = servers
        self._programs = [client.name for client in stage.scenario.clients if client.by == "program"]
        self._given: dict[str, tuple[float, float]] = {}
        self._measure = self._sample if stage.world.is_noisy else self._weigh

    def __call__(self, event: Event) -> None:
        """Measure, if this is the moment."""
        self._measure(event)

    def _sample(self, event: Event) -> None:
        """Who has waited for a processor so far, whenever a query begins or ends."""
        if event.kind in ("asked", "outcome", "zero") or self._is_of_a_program(event):
            living = {name: server.process for name, server in self._servers.items() if server.process}
            self._stage.record("sampled", waits=self._stage.world.waits(living))

    def _is_of_a_program(self, event: Event) -> bool:
        """Whether it is a message between a program client and LS: such a client's queries are seen there only."""
        if event.kind != "arrived" or event.data["what"] != "message":
            return False
        return any(name in event.data["flow"].split("->") for name in self._programs)

    def _weigh(self, event: Event) -> None:
        """How long a server computed from what it was given to what it says."""
        if event.kind not in ("passed", "arrived"):
            return
        sender, receiver = event.data["flow"].split("->")
        server = self._servers.get(receiver if event.kind == "passed" else sender)
        if server is None or server.process is None:
            return
        spent = server.process.spent()
        at, before = self._given.get(server.name, (event.at, spent))
        if event.kind == "passed":
            self._given[server.name] = event.at, spent
        elif event.at - at < PUNCTUAL and spent - before >= PUNCTUAL:
            self._stage.record("computed", server=server.name, spent=round(spent - before, 3))
