"""Patterns: in which of the known ways a server failed, as the history of a finding shows it, not its scenario's name.

Each pattern has its hint in `lab.checks.hints`. Where nothing known is seen the pattern is `other`.
"""

from collections.abc import Callable, Mapping

from lab.checks.base import Evidence
from lab.checks.endings import client_had_left, what_came_before
from lab.checks.reply_patterns import of_fan_out, of_reply
from lab.checks.scenes import Scene, scene_of, scenes
from lab.checks.signs import is_out_of_step
from lab.checks.states import died_by_itself
from lab.checks.wire import DONE, arrived, delivered, gives_up
from lab.expectation import LATE
from lab.history import Event
from lab.result import Finding

OTHER = "other"
DEATHS: Mapping[str, str] = {
    "B2": "dies_with_ts",
    "B5": "dies_of_odd_line",
    "B7": "dies_of_odd_line",
    "B10": "starved",
    "B12": "dies_with_client",
}
SESSIONS: Mapping[str, str] = {"B5": "ends_session_by_line", "B14": "idle_timeout"}
IN_USE = ("already in use", "address in use", "eaddrinuse")


def pattern_of(evidence: Evidence, finding: Finding) -> str:
    """The name of the pattern that a failed finding shows; `other` if it is none of the known ones."""
    if not finding.blames:
        return "scenario_errs" if finding.query else OTHER
    general = _OF_CHECKS.get(finding.check)
    if general is not None:
        return general(evidence, finding)
    if finding.blames == evidence.plan.front:
        return _of_ls(evidence, finding)
    if any(server.name == finding.blames for server in evidence.plan.upstreams):
        return _of_ts(evidence, finding)
    return _of_client(finding) if finding.check == "wrote" else OTHER


# The life of a server


def _of_listens(evidence: Evidence, finding: Finding) -> str:
    if finding.clause == "B2":
        return "needs_ts_at_start"
    if _is_taken(evidence, finding.blames):
        return "port_taken"
    return "start_traceback" if _exit(evidence, finding) else "not_listening"


def _of_alive(evidence: Evidence, finding: Finding) -> str:
    """What made a server end that was to live."""
    exit_ = _exit(evidence, finding)
    if finding.blames != evidence.plan.front:
        return "ts_exits" if exit_ is not None else OTHER
    if exit_ is None:
        return "restarts_slowly" if finding.clause == "B15" else "deaf"
    return _of_death(evidence, finding, exit_)


def _of_restart(evidence: Evidence, finding: Finding) -> str:
    if finding.clause != "B15":
        return _of_alive(evidence, finding)
    return "no_reuseaddr" if _is_taken(evidence, finding.blames) else "restarts_slowly"


def _of_death(evidence: Evidence, finding: Finding, exit_: Event) -> str:
    if _is_taken(evidence, finding.blames):
        return "no_reuseaddr" if evidence.history.first("listening", server=finding.blames) else "port_taken"
    if evidence.history.first("listening", server=finding.blames) is None:
        return "start_traceback"
    clause, words = what_came_before(evidence, exit_)
    had_left = clause == "B12" or (not words and client_had_left(evidence, exit_))
    if had_left and exit_["status"] == 0:
        return "exits_with_client"
    return DEATHS.get(clause, "exits")


def _is_taken(evidence: Evidence, server: str) -> bool:
    """Whether a server has said that its port was in use, as most languages say it."""
    said = evidence.history.printed().get(server, "").lower()
    return any(words in said for words in IN_USE)


def _exit(evidence: Evidence, finding: Finding) -> Event | None:
    """The exit that a finding names among the events that prove it."""
    exits = evidence.history.all("exited", server=finding.blames)
    return next((event for event in exits if event.seq in finding.events and not event.data.get("by")), None)


def _of_held(_evidence: Evidence, finding: Finding) -> str:
    kinds = ("descriptors", "threads", "memory")
    return next((f"leaks_{kind}" for kind in kinds if f"its {kind} grew" in finding.sentence), OTHER)


def _of_spinning(_evidence: Evidence, finding: Finding) -> str:
    return "spins_starved" if finding.clause == "B10" else "busy_wait"


def _of_session_end(evidence: Evidence, _finding: Finding) -> str:
    """LS asked for the client's last word, or simply left the session open."""
    flows = (f"{evidence.plan.front}->{server.name}" for server in evidence.plan.upstreams)
    if any(line.text.strip() == DONE for flow in flows for line in arrived(evidence.history, flow)):
        return "takes_done_for_name"
    return "out_of_step" if any(is_out_of_step(scene) for scene in scenes(evidence)) else "session_left_open"


def _of_cut_session(evidence: Evidence, finding: Finding) -> str:
    """LS ended a session just after something had happened, or simply after its reply."""
    scene = _scene(evidence, finding)
    reply = scene.one.reply if scene else None
    closed = scene.one.closed if scene else None
    if reply is None or closed is None:
        return OTHER
    clause, words = what_came_before(evidence, closed, LATE)
    if clause == "B2" and words:
        return "ends_session_with_ts"
    given = [line for line in delivered(evidence) if reply.seq < line.seq < closed.seq and line.text != reply.text]
    by_line = finding.clause == "B5" and bool(given)
    if by_line or (finding.clause == "B14" and closed.at - reply.at > LATE):
        return SESSIONS[finding.clause]
    return "closes_after_reply"


def _of_logged(_evidence: Evidence, finding: Finding) -> str:
    return "traceback" if "Traceback" in finding.sentence else "printed_otherwise"


_OF_CHECKS: Mapping[str, Callable[[Evidence, Finding], str]] = {
    "alive": _of_alive,
    "alive_at_end": _of_restart,
    "holds": _of_held,
    "keeps_sessions": _of_cut_session,
    "listens": _of_listens,
    "logged": _of_logged,
    "no_spinning": _of_spinning,
    "nothing_left": lambda _evidence, _finding: "leaves_process",
    "refuses": lambda _evidence, _finding: "wrong_arguments",
    "sessions_end": _of_session_end,
}


# LS, by one of its queries


def _of_ls(evidence: Evidence, finding: Finding) -> str:
    exit_ = _exit(evidence, finding)
    if exit_ is not None:
        return _of_death(evidence, finding, exit_)
    scene = _scene(evidence, finding)
    if scene is None:
        return _of_never_taken(finding)
    return of_fan_out(scene, finding) if finding.check == "fan_out" else of_reply(scene, finding)


def _of_never_taken(finding: Finding) -> str:
    """LS was never given the query: the session had ended before, or never began."""
    if finding.clause == "B12":
        return "no_accept"
    return "closes_after_reply" if finding.clause == "C7" else OTHER


def _scene(evidence: Evidence, finding: Finding) -> Scene | None:
    """The scene of the query that a finding is about; the plan need not know it."""
    if finding.query:
        return scene_of(evidence, finding.query)
    return next((scene for scene in scenes(evidence) if set(finding.events) & _events(scene)), None)


def _events(scene: Scene) -> set[int]:
    """The events of a query itself, and of its way to the servers."""
    lines = [scene.one.ask, scene.one.reply, *(leg.sent for leg in scene.legs)]
    return {line.seq for line in lines if line is not None}


# A TS


def _of_ts(evidence: Evidence, finding: Finding) -> str:
    if finding.check == "table_lines":
        return _of_ts_line(evidence, finding)
    if _exit(evidence, finding) is not None:
        return "ts_exits"
    if finding.clause in ("C4", "B11"):
        return "ts_case" if finding.clause == "C4" else "ts_one_connection"
    scene = _scene(evidence, finding)
    leg = next((leg for leg in scene.legs if leg.server == finding.blames), None) if scene else None
    if scene is None or leg is None or leg.got is None:
        return OTHER
    if leg.said is None:
        return "ts_line_changed" if _speaks_otherwise(evidence, finding.blames) else "ts_silent"
    right = leg.said.text == evidence.plan.lines_for(scene.one.text).get(leg.server)
    return "ts_slow" if right else "ts_line_changed"


def _of_ts_line(evidence: Evidence, finding: Finding) -> str:
    """A line that no query called for, or the end of a connection."""
    back = f"{finding.blames}->{evidence.plan.front}"
    line = next((line for line in arrived(evidence.history, back) if line.seq in finding.events), None)
    if line is None:
        gone = died_by_itself(evidence, finding.blames, float("inf"))
        return "ts_exits" if gone is not None else "ts_closes"
    if gives_up(line.text):
        return "ts_says_not_found"
    known = [entry for name, entry in _entries(evidence, finding.blames) if name == line.name]
    return "ts_twice" if known else "ts_line_changed"


def _speaks_otherwise(evidence: Evidence, server: str) -> bool:
    """Whether a TS has sent a part of a line of its table where the line was due."""
    said = [line.text.strip() for line in arrived(evidence.history, f"{server}->{evidence.plan.front}")]
    lines = [entry.lower() for _, entry in _entries(evidence, server)]
    return any(text and text.lower() in entry and text.lower() != entry for text in said for entry in lines)


def _entries(evidence: Evidence, server: str) -> tuple[tuple[str, str], ...]:
    return next((one.entries for one in evidence.plan.servers if one.name == server), ())


# A client


def _of_client(finding: Finding) -> str:
    wanted, got = finding.expected.split("\n"), finding.seen.split("\n")
    if not finding.seen:
        return "client_no_file" if not finding.expected else "client_drops_last"
    if finding.query:
        return _of_client_line(finding)
    if len(got) > len(wanted):
        return "client_too_many"
    return "client_skips_misses" if gives_up(wanted[len(got)]) else "client_drops_last"


def _of_client_line(finding: Finding) -> str:
    if "It asked " in finding.sentence:
        return "client_asks_other"
    return "client_skips_misses" if gives_up(finding.expected) else "client_writes_other"
