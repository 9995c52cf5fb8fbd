"""Patterns in how LS treats one query: what it asked, what it was given, what it sent, and when.

The clause of a finding says under which hardship the query was open; the legs say how far the answer came.
"""

from collections.abc import Mapping

from lab.checks.halves import asked_with_half, relayed_half, unended_reply
from lab.checks.line_patterns import of_other, of_own, of_wording
from lab.checks.scenes import Scene
from lab.checks.signs import (
    answer_that_came,
    ends_of_servers,
    given_before,
    has_company,
    is_closed_after_reply,
    is_closed_on,
    is_given_to_another,
    is_out_of_step,
    is_serial,
    is_unserved,
    waits_for_a_dial,
    was_away,
)
from lab.checks.states import came_during, pieces_during
from lab.checks.troubles import SHIFTED
from lab.checks.wire import DONE, Line, delivered, gives_up
from lab.checks.words import AT_ONCE
from lab.expectation import EARLY, LATE, NEAR_5_S
from lab.result import Finding

EARLY_UNDER: Mapping[str, str] = {
    "B2": "gives_up_on_dead",
    "B3": "gives_up_on_dead",
    "B4": "counts_from_arrival",
    "B5": "stopped_by_other_line",
    "B9": "wall_clock",
}
LATE_UNDER: Mapping[str, str] = {
    "B2": "late_with_dead_ts",
    "B3": "late_with_dead_ts",
    "B9": "wall_clock",
    "B16": "unpunctual",
}
HUNG_UNDER: Mapping[str, str] = {
    "B2": "hung_with_ts",
    "B3": "no_reconnect",
    "B5": "stopped_by_other_line",
    "B9": "wall_clock",
    "B11": "one_client_at_a_time",
    "C2": "not_all_asked",
}
CLOSED_UNDER: Mapping[str, str] = {
    "B2": "ends_session_with_ts",
    "B3": "ends_session_with_ts",
    "B5": "ends_session_by_line",
    "B14": "idle_timeout",
    "C7": "closes_after_reply",
}
IGNORED_UNDER: Mapping[str, str] = {
    "B2": "lost_with_ts",
    "B5": "stopped_by_other_line",
    "B13": "two_answers",
    "C4": "case_sensitive",
    "C10": "long_line",
}


def of_reply(scene: Scene, finding: Finding) -> str:
    """The pattern of a query that ended otherwise than it should, LS being to blame."""
    if SHIFTED in finding.sentence:
        return "extra_line" if scene.one.before is None else "out_of_step"
    first = _half(scene, finding) or _of_connection(scene)
    if first:
        return first
    if finding.check == "one_reply" and scene.one.surplus:
        return _of_surplus(finding)
    if finding.check == "from_a_server" and {line.seq for line in scene.one.surplus} & set(finding.events):
        return _of_surplus_line(scene, finding)
    return _of_none(scene, finding) if scene.one.reply is None else _of_line(scene, finding, scene.one.reply)


def _of_line(scene: Scene, finding: Finding, reply: Line) -> str:
    """LS sent one line, which is the wrong one, or at the wrong time."""
    if reply.text == scene.not_found:
        return _of_giving_up(scene, finding)
    if gives_up(reply.text) and not any(line.text == reply.text for line in delivered(scene.evidence)):
        return of_wording(scene, reply)
    return of_other(scene, finding, reply) if reply.name != scene.one.name else of_own(scene, finding, reply)


def of_fan_out(scene: Scene, finding: Finding) -> str:
    """The pattern of a query that did not reach every TS in time."""
    if asked_with_half(scene) is not None:
        return "half_query"
    first = _of_connection(scene)
    if first:
        return first
    if is_serial(scene):
        return "one_after_another"
    if finding.clause == "B11":
        return "one_client_at_a_time"
    if finding.tolerance:
        return "slow_to_ask"
    return _of_unasked(scene, finding) if scene.asked_at is None else _of_missed(finding)


def _half(scene: Scene, finding: Finding) -> str:
    """Whether the finding itself says that LS took a part of a line for the whole, or sent one."""
    ways = {"half_query": asked_with_half, "half_line": relayed_half, "no_newline": unended_reply}
    found = ((pattern, way(scene)) for pattern, way in ways.items())
    return next((pattern for pattern, half in found if half is not None and half.words in finding.sentence), "")


def _of_connection(scene: Scene) -> str:
    """What all queries of a connection suffer from; empty if it is this one only."""
    if is_out_of_step(scene):
        return "out_of_step"
    return "no_accept" if is_unserved(scene) else ""


def _of_unasked(scene: Scene, finding: Finding) -> str:
    """LS asked nobody."""
    reply = scene.one.reply
    if reply is not None and any(line.text == reply.text for line in given_before(scene, reply)):
        return "keeps_cache"
    if scene.one.pipelined:
        return _of_queued(scene)
    return _of_missed(finding) if finding.clause != "B11" else "one_client_at_a_time"


def _of_missed(finding: Finding) -> str:
    """LS asked some server and not another."""
    return "unasked_with_dead_ts" if finding.clause in ("B2", "B3") else "not_all_asked"


def _of_queued(scene: Scene) -> str:
    """A query that came while another was open: in one read with it, or later."""
    one = scene.one
    glued = one.before is not None and one.ask.at - one.before.ask.at < AT_ONCE
    return "glued_queries" if glued else "queued_query"


# More than one reply


def _of_surplus(finding: Finding) -> str:
    return {"B13": "relays_both", "B1": "late_answer_passed_on"}.get(finding.clause, "two_replies")


def _of_surplus_line(scene: Scene, finding: Finding) -> str:
    """A line besides the reply that no server had sent."""
    line = next((line for line in scene.one.surplus if line.seq in finding.events), None)
    return "takes_done_for_name" if line is not None and line.name == DONE else "two_replies"


# No reply


def _of_none(scene: Scene, finding: Finding) -> str:
    """LS closed instead, or hung."""
    closed = is_closed_on(scene)
    if closed and is_closed_after_reply(scene):
        return "closes_after_reply"
    if closed and (finding.clause != "B4" or scene.one.done is not None or scene.asked_at is not None):
        dropped = finding.clause == "B4" and scene.one.done is not None
        return "dropped_at_done" if dropped else CLOSED_UNDER.get(finding.clause, "ends_session")
    if finding.clause == "B4" and (answer_that_came(scene) or scene.asked_at is None):
        return _of_pieces_or_queue(scene)
    return _of_hanging(scene, finding)


def _of_hanging(scene: Scene, finding: Finding) -> str:
    """LS neither replied nor closed."""
    came = answer_that_came(scene)
    if came is not None:
        return _of_ignored(scene, finding, came)
    if finding.clause == "B2" and waits_for_a_dial(scene):
        return "dials_blocking"
    if finding.clause == "B3" and not was_away(scene):
        return "hung_with_ts"
    return HUNG_UNDER.get(finding.clause, "never_gives_up")


def _of_pieces_or_queue(scene: Scene) -> str:
    pieces = any(line.pieces > 1 for line in [scene.one.ask, *came_during(scene.evidence, scene.one)])
    return "in_pieces" if pieces or not scene.one.pipelined else _of_queued(scene)


# Not found, in the right words


def _of_giving_up(scene: Scene, finding: Finding) -> str:
    elapsed = scene.one.elapsed or 0.0
    came = answer_that_came(scene)
    if came is not None and came.at - scene.one.begun < scene.gives_up - NEAR_5_S:
        return _of_ignored(scene, finding, came)
    if finding.clause == "B16":
        return "unpunctual"
    if elapsed < scene.gives_up - EARLY:
        return _of_early(scene, finding.clause, elapsed)
    return _of_late(scene, finding.clause, elapsed) if elapsed > scene.latest else _of_unsent(scene, finding)


def _of_early(scene: Scene, clause: str, elapsed: float) -> str:
    """What LS took for the end of its wait, where that came just before."""
    reply = scene.one.reply
    if reply is None or clause not in EARLY_UNDER:
        return "gives_up_early"
    reasons = {
        "B2": elapsed < LATE or any(reply.at - LATE < at <= reply.at for at in ends_of_servers(scene)),
        "B4": abs(reply.at - scene.one.ask.at - scene.gives_up) < LATE,
        "B5": any(0 <= reply.at - line.at < LATE for line in came_during(scene.evidence, scene.one)),
        "B9": True,
    }
    return EARLY_UNDER[clause] if reasons.get(clause, elapsed < LATE) else "gives_up_early"


def _of_late(scene: Scene, clause: str, elapsed: float) -> str:
    if clause == "B11":
        return "one_client_at_a_time"
    one, since = scene.one, (scene.one.reply or scene.one.ask).at - scene.gives_up
    if any(abs(piece.at - since) < LATE for piece in pieces_during(scene.evidence, one)):
        return "restarts_on_bytes"
    if any(abs(line.at - since) < LATE for line in came_during(scene.evidence, one) if line.name != one.name):
        return "restarts_on_lines"
    waits = round(elapsed / scene.gives_up)
    whole = 2 <= waits <= len(scene.legs) and abs(elapsed - waits * scene.gives_up) < LATE
    return "two_waits" if whole or is_serial(scene) else LATE_UNDER.get(clause, "gives_up_late")


def _of_unsent(scene: Scene, finding: Finding) -> str:
    """The time was right, but an answer was due: LS never asked for it, or not where it would have come."""
    if finding.clause == "B3" and was_away(scene):
        return "no_reconnect"
    if finding.clause == "B4":
        return _of_pieces_or_queue(scene)
    return _of_missed(finding) if any(leg.sent is None for leg in scene.knowing) else "answer_ignored"


# An answer that was not relayed


def _of_ignored(scene: Scene, finding: Finding, came: Line) -> str:
    if is_given_to_another(scene, came):
        return "mixed_sessions"
    if came.pieces > 1 and finding.clause in ("B4", "B6", "C3"):
        return "in_pieces"
    if finding.clause == "B4":
        return _of_pieces_or_queue(scene)
    if has_company(scene, came):
        return "glued_answers"
    if finding.clause == "B3":
        return "no_reconnect" if was_away(scene) else "lost_with_ts"
    return IGNORED_UNDER.get(finding.clause, "answer_ignored")
