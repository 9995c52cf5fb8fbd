"""The check `listens`: every server comes to listen on the port it was given."""

from collections.abc import Iterator
from typing import ClassVar

from lab.checks.base import CHECKS, Check, Evidence
from lab.checks.states import last_state, status_words
from lab.checks.words import failed, passed, took
from lab.evidence import PlannedServer
from lab.history import Event
from lab.result import Finding

NAME = "listens"
CLAUSE = "C1"
LONGEST_LINE = 160


@CHECKS.kind(NAME)
class Listens(Check):
    """Each server, when it is first started, listens on its port in time; it neither ends nor stays deaf.

    One that is to refuse what it is started with is left to `refuses`.
    """

    always: ClassVar[bool] = True

    def judge(self, evidence: Evidence) -> Iterator[Finding]:
        """One finding for each server that does not come to listen, or one that all do."""
        servers = [server for server in evidence.plan.servers if not server.refuses]
        findings = [finding for server in servers for finding in _first_start(evidence, server)]
        yield from findings
        if servers and not findings:
            yield passed(NAME, CLAUSE, "Every server listened on the port it was given.")


def _first_start(evidence: Evidence, server: PlannedServer) -> Iterator[Finding]:
    started = evidence.history.first("started", server=server.name)
    if started is None:
        return
    turns = [event for kind in ("listening", "exited") for event in evidence.history.all(kind, server=server.name)]
    turn = min((event for event in turns if event.seq > started.seq), key=lambda event: event.seq, default=None)
    if turn is not None and (turn.kind == "listening" or turn.data.get("by") not in ("", "lab")):
        return
    if turn is None or turn["by"]:
        how = f"did not listen on its port within {took(server.start_within)}"
    else:
        how = f"exited by itself {status_words(turn)} before it listened on its port"
    events = (started.seq, *((turn.seq,) if turn else ()))
    clause, why = _hardship(evidence, server, started)
    sentence = f"{server.name} {how}{why}{_last_words(evidence, server.name, turn)}."
    yield failed(NAME, clause, sentence, blames=server.name, events=events, seen=how)


def _hardship(evidence: Evidence, server: PlannedServer, started: Event) -> tuple[str, str]:
    """An LS that will not start because a fault keeps a TS from being there breaks another promise (B2)."""
    states = {ts.name: last_state(evidence, ts.name, started.seq) for ts in evidence.plan.upstreams}
    front = server.name == evidence.plan.front
    missing = [ts for ts, state in states.items() if front and (state is None or state.kind != "listening")]
    if not missing:
        return CLAUSE, ""
    were = "was" if len(missing) == 1 else "were"
    return "B2", f", while {' and '.join(missing)} {were} not there"


def _last_words(evidence: Evidence, server: str, end: Event | None) -> str:
    """What it printed last, which mostly says why; a program may print before the lab has heard that it started."""
    output = evidence.history.all("output", server=server)
    text = "".join(event["text"] for event in output if end is None or event.seq < end.seq).strip()
    return f"; the last it printed was: {text.splitlines()[-1][:LONGEST_LINE]}" if text else "; it printed nothing"
