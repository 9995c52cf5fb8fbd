"""Endings: what came just before LS ended, or ended a session, and the clause that speaks of it."""

from lab.checks.base import Evidence
from lab.checks.states import last_state
from lab.checks.wire import ENDS, LONGEST, ends, is_starved
from lab.history import Event

JUST_BEFORE = 2.0
REACTIONS = ("closed",)
BEFELL = {"exited": "had ended", "deaf": "had stopped listening", "signalled": "had been sent a signal"}
"""What may have befallen a server, by the event that tells of it."""


def what_came_before(evidence: Evidence, event: Event, within: float = JUST_BEFORE) -> tuple[str, str]:
    """The clause that speaks of what happened last before LS ended, or ended a session; C7, no words if nothing did."""
    if is_starved(evidence.history, event.seq):
        return "B10", " while it could open no more descriptors"
    recent = [other for other in evidence.history if other.seq < event.seq and event.at - other.at <= within]
    told = (_clause_of(evidence, other) for other in reversed(recent))
    return next((pair for pair in told if pair is not None), _while_one_was_away(evidence, event))


def _while_one_was_away(evidence: Evidence, event: Event) -> tuple[str, str]:
    """B2 where a server was not running that LS may have dialled in vain; else C7."""
    states = {server.name: last_state(evidence, server.name, event.seq) for server in evidence.plan.upstreams}
    away = [name for name, state in states.items() if state is None or state.kind == "exited"]
    return ("B2", f" while {away[0]} was not running") if away else ("C7", "")


def client_had_left(evidence: Evidence, event: Event) -> bool:
    """Whether a client had ended its session before an event, so that a server for one client may go."""
    return any(other.seq < event.seq for other in _client_ends(evidence))


def _client_ends(evidence: Evidence) -> list[Event]:
    flows = {f"{client.name}->{evidence.plan.front}" for client in evidence.plan.clients}
    ends = [event for event in evidence.history.all("passed") if event.data.get("what") in ENDS]
    done = [event for event in evidence.history.all("passed", name="done") if event["flow"] in flows]
    return [event for event in ends if event["flow"] in flows] + done + evidence.history.all("left")


def _clause_of(evidence: Evidence, event: Event) -> tuple[str, str] | None:
    servers = {server.name for server in evidence.plan.upstreams}
    if _is_client_end(evidence, event):
        return "B12", " just after a client had left"
    if event.kind in BEFELL and event["server"] in servers:
        return "B2", f" just after {event['server']} {BEFELL[event.kind]}"
    if event.kind == "door" and event["link"].split("->")[1] in servers and event["state"] != "open":
        server = event["link"].split("->")[1]
        accepts = event["state"] == "closing"
        return (
            "B2",
            f" just after {server} {'began to end what it accepts' if accepts else 'could not be connected to'}",
        )
    if event.kind != "passed":
        return None
    sender, _, hearer = event["flow"].partition("->")
    if sender == evidence.plan.front:
        cut = hearer in servers and event.data.get("what") == "rst" and not _was_sent(evidence, event)
        return ("B2", f" just after its connection to {hearer} had been reset") if cut else None
    return _by_sender(evidence, event, event["flow"].split("->")[0] in servers)


def _by_sender(evidence: Evidence, event: Event, is_server: bool) -> tuple[str, str] | None:  # noqa: FBT001 - of two
    """An end, or a line that nobody should choke on, of a server or of a client."""
    sender = event["flow"].split("->")[0]
    if event.data.get("what") in ENDS:
        ours = not is_server or _answers(evidence, event)
        return None if ours else ("B2", f" just after {sender} had ended its connection")
    text = str(event.data.get("text") or "")
    odd = len(text) > LONGEST or not text.isascii() or not text.strip().replace("\t", " ").isprintable()
    return ("B5" if is_server else "B7", f" just after {sender} had sent it an odd line") if odd else None


def _is_client_end(evidence: Evidence, event: Event) -> bool:
    """Whether a client went of its own accord: an end that answers LS's own is none."""
    if event.kind == "left":
        return event["how"] not in REACTIONS
    if event.kind != "passed" or event.data.get("what") not in ENDS:
        return False
    names = {client.name for client in evidence.plan.clients}
    return event["flow"].split("->")[0] in names and not _answers(evidence, event)


def _was_sent(evidence: Evidence, end: Event) -> bool:
    """Whether the end of a connection was LS's own: one that a fault makes comes from nobody."""
    return any(event.seq < end.seq for event in ends(evidence.history, "arrived", end["flow"], end["conn"]))


def _answers(evidence: Evidence, end: Event) -> bool:
    """Whether LS had ended that connection first."""
    other, _, front = end["flow"].partition("->")
    return any(event.seq < end.seq for event in ends(evidence.history, "arrived", f"{front}->{other}", end["conn"]))
