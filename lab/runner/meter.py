"""What servers hold while nobody asks, and whether they burn the processor while nothing comes or goes (B8)."""

from collections.abc import Mapping

from lab.history import Event
from lab.runner.servers import Server
from lab.runner.stage import Stage
from lab.world.base import Timer

FREED, ABANDONED = 0.3, 0.6
"""Seconds after which a session that ended holds nothing any more: B8 says 250 ms, or, if a query was open, half a
second after LS gives up."""
WINDOW, HALF_A_CORE, LEAST = 0.5, 0.5, 0.1
"""Seconds; the share of them that a server may neither compute nor wait to compute; the least that is computing."""
MESSAGES = ("arrived", "passed", "part")


class Meter:
    """Hears all that is recorded, measures whenever the last session has ended, and looks for those that spin.

    Args:
        servers: By name; they come to be while the scenario is launched.
    """

    def __init__(self, stage: Stage, servers: Mapping[str, Server]) -> None:
        self._stage = stage
        self._servers = servers
        self._front = stage.profile.front
        self._measures = any(entry.check.measures for entry in stage.scenario.checks)
        self._open: set[int] = set()
        self._ended: set[int] = set()
        self._begun = 0
        self._moved: set[str] = set()
        self._spent: dict[str, tuple[float, float]] = {}
        self._timer: Timer | None = None
        self._due: Timer | None = None
        self._windows = 0

    @property
    def settling(self) -> float:
        """Seconds to wait after the last session, before the servers are stopped; 0 if nothing is measured."""
        if not self._measures:
            return 0.0
        abandoned = self._stage.scenario.gives_up + ABANDONED
        return abandoned if self._stage.history.first("outcome", outcome="left") else FREED

    def __call__(self, event: Event) -> None:
        """Follow the clients' connections, and who has sent or got something."""
        if event.kind == "zero" and self._stage.world.is_noisy:
            self._look()
        elif event.kind == "dialled" and event["link"].endswith(f"->{self._front}"):
            self._open.add(event["conn"])
            self._begun += 1
        elif event.kind in MESSAGES:
            self._moved.update(event["flow"].split("->"))
            self._see_end(event)

    def _see_end(self, event: Event) -> None:
        is_end = event.data.get("what") in ("fin", "rst") and event["flow"].endswith(f"->{self._front}")
        if self._measures and is_end and event.kind == "arrived" and event["conn"] in self._open:
            self._open.discard(event["conn"])
            self._ended.add(event["conn"])
            if self._due is not None:
                self._due.cancel()
            self._due = self._stage.later(self._stage.world.now() + FREED - 0.01, self.measure)

    def measure(self) -> None:
        """If no session is open and none has been begun since: what everybody holds."""
        if self._open or not self._ended:
            return
        for name, server in self._servers.items():
            held = server.process.holds() if server.process is not None and server.process.alive else None
            if held is not None:
                told = {"descriptors": held.descriptors, "threads": held.threads, "memory": held.memory}
                self._stage.record("measured", server=name, sessions=self._begun, **told)

    def _look(self) -> None:
        """Who has run, or wanted to, half of the time since the last look, with nothing to do."""
        for name, server in self._servers.items():
            if server.process is None or not server.process.alive:
                self._spent.pop(name, None)
                continue
            waited = self._stage.world.waits({name: server.process})[name]
            before = self._spent.get(name)
            spent = self._spent[name] = (server.process.spent(), waited)
            if before is None or name in self._moved:
                continue
            used, waited = spent[0] - before[0], spent[1] - before[1]
            if used >= LEAST * WINDOW and used + waited >= HALF_A_CORE * WINDOW:
                self._stage.record("burned", server=name, spent=round(used, 3), waited=round(waited, 3), over=WINDOW)
        self._moved.clear()
        self._windows += 1
        self._timer = self._stage.world.at(self._stage.world.now() + WINDOW, self._look)

    def close(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._stage.record("watched", windows=self._windows - 1)
