"""Causes: who is to blame for a reply that is not what it should be, under which clause, and why.

An answer goes a long way: LS asks the server, the server answers, the line travels back, LS relays it. The first
stage that was not reached, or the one that took the time, is the cause. A stage that a fault kept from being
reached is nobody's fault: then nothing was proved.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lab.checks.base import Evidence
from lab.checks.endings import what_came_before
from lab.checks.halves import half_taken, unended_reply
from lab.checks.legs import Leg, is_anothers_too
from lab.checks.scenes import Scene, scenes
from lab.checks.signs import has_company
from lab.checks.states import (
    BACK_FOR,
    Kinds,
    back_since,
    behind,
    died_by_itself,
    hardship,
    left_since,
    pieces_during,
    status_words,
)
from lab.checks.wire import Line, arrived, harmed, stopped_seq
from lab.checks.words import AT_ONCE, quoted, took
from lab.expectation import EARLY, LATE, PUNCTUAL

LONG = 100
DYING = 0.5


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a reply is not what it should be.

    Attributes:
        clause: The promise that was broken.
        blames: Who broke it; empty if nobody in the system did.
        words: The likely cause, as a sentence.
        events: The events that show it.
        excess: The stall that alone would explain it, in seconds; zero if none would.
        by_lab: Whether it is the lab's own doing: then nothing is proved.
    """

    clause: str
    blames: str
    words: str
    events: tuple[int, ...] = ()
    excess: float = 0.0
    by_lab: bool = False


def by_half(scene: Scene, *, unended: bool = False) -> Cause | None:
    """LS took a part of a line for the whole, or (`unended`) sent no end of its own; None if it did not."""
    half = half_taken(scene) or (unended_reply(scene) if unended else None)
    return Cause(half.clause, scene.ls, half.words, half.events) if half else None


def one_at_a_time(scene: Scene, start: float, end: float) -> Cause | None:
    """A query that had to wait from start to end because LS had another client's to do (B11); None if it had not."""
    other = behind(scene.found, scene.one, start, end)
    if other is None or not _is_busy(scene, start, end):
        return None
    words = f"All the while {other.label} of another client was open: LS seems to serve one client at a time."
    return Cause("B11", scene.ls, words, (other.ask.seq, scene.one.ask.seq))


def _is_busy(scene: Scene, start: float, end: float) -> bool:
    """Whether LS had asked servers for some other client's query that was open between start and end."""
    asked = [other.one for other in scenes(scene.evidence) if other.asked_at is not None]
    others = [one for one in asked if one.client != scene.one.client and one.begun < end]
    return any(one.reply is None or one.reply.at > start for one in others)


def under_hardship(scene: Scene, cause: Cause, *, kinds: Kinds = "all") -> Cause:
    """The cause, under the clause that speaks of the hardship which the query met, if it met one."""
    met = hardship(scene.evidence, scene.found, scene.one, kinds=kinds)
    if met is None or cause.blames != scene.ls or cause.clause.startswith("B"):
        return cause
    return replace(cause, clause=met.clause, words=f"{cause.words} {met.words}")


def ls_gone(evidence: Evidence, seq: float) -> Cause | None:
    """LS had died by itself before that event, or was just dying: its connections end before it does."""
    last = next((event.at for event in evidence.history if event.seq == seq), 0.0) + DYING
    exit_ = died_by_itself(evidence, evidence.plan.front, stopped_seq(evidence.history))
    if exit_ is None or (exit_.seq > seq and exit_.at > last):
        return None
    clause, after = what_came_before(evidence, exit_)
    words = f"LS exited by itself {status_words(exit_)} at {took(exit_.at)}{after}: look at its last output."
    return Cause(clause, evidence.plan.front, words, (exit_.seq,))


def missing_answer(scene: Scene) -> Cause:
    """Why the answer that some server has did not become the reply."""
    causes = [_where_it_ended(scene, leg) for leg in scene.knowing]
    blamed = [cause for cause in causes if cause.blames] or causes
    if not blamed:
        return Cause("", "", "No table has that name, so nobody can be blamed for not answering.")
    return under_hardship(scene, min(blamed, key=lambda cause: cause.blames != scene.ls))


def _where_it_ended(scene: Scene, leg: Leg) -> Cause:
    """The first stage of one server's answer that was not reached."""
    if leg.came is not None and not _is_for_another(scene, leg, leg.came):
        return _came(scene, leg, leg.came)
    if leg.sent is None:
        return _not_asked(scene, leg)
    if leg.got is None:
        words = (
            f"LS sent the query to {leg.server}, but it was never handed on: a fault kept it, or the connection died."
        )
        return _unless_back(scene, leg, Cause("", "", words, (leg.sent.seq,)))
    if leg.said is None:
        return _silent(scene, leg, leg.got)
    words = f"{leg.server} answered, but LS was not given its answer while the query was open."
    return Cause("", "", words, (leg.said.seq,))


def _is_for_another(scene: Scene, leg: Leg, came: Line) -> bool:
    """Whether a line came on another connection than that on which LS had asked, where it answers another query."""
    one = scene.one
    if leg.sent is None or leg.said is not None or leg.sent.conn == came.conn:
        return False
    asked = arrived(scene.evidence.history, f"{scene.ls}->{leg.server}")
    older = (line for line in asked if line.conn == came.conn and line.seq < one.ask.seq)
    return is_anothers_too(scene.found, one, came) or any(line.name == one.name for line in older)


def _came(scene: Scene, leg: Leg, came: Line) -> Cause:
    """A line about the name reached LS: the answer, or one that a server or a fault had made of it."""
    if came.text == scene.evidence.plan.lines_for(scene.one.text)[leg.server]:
        return not_relayed(scene, leg, came)
    words = f"LS was given {quoted(came.text)} by {leg.server}, which is not the line of its table."
    by_fault = harmed(scene.evidence.plan, leg.server, flows=(came.flow,))
    return Cause("" if by_fault else "C6", "" if by_fault else leg.server, words, (came.seq,))


def not_relayed(scene: Scene, leg: Leg, came: Line) -> Cause:
    """LS was given the answer while the query was open, and sent something else, or nothing."""
    half = by_half(scene, unended=True)
    if half is not None:
        return half
    at = max(came.at - scene.one.begun, 0.0)
    clause = promise(scene, came.text, "C3")
    two = len({other.server for other in scene.legs if other.came is not None}) > 1
    hint = " The name was asked in another case than the table has: compare without case." if clause == "C4" else ""
    if clause == "C3" and has_company(scene, came):
        hint = " Another line came with it: one read may return several lines, and each must be looked at."
    when = f"{took(at)} after it had the query" if at >= AT_ONCE else "as soon as it had asked"
    words = f"LS was given the answer of {leg.server} {when}, and did not relay it.{hint}"
    return Cause(
        "B13" if two else clause, scene.ls, words, (scene.one.ask.seq, came.seq), max(scene.gives_up - at, 0.0)
    )


def promise(scene: Scene, line: str, usual: str) -> str:
    """The clause for an answer that got lost: of another case than the query, very long, or neither."""
    if scene.one.text != line.split(maxsplit=1)[0]:
        return "C4"
    return "C10" if len(line) > LONG else usual


def _not_asked(scene: Scene, leg: Leg) -> Cause:
    seq = scene.one.ask.seq
    exit_ = died_by_itself(scene.evidence, leg.server, scene.one.closing_seq)
    if exit_ is not None:
        words = f"{leg.server} had exited by itself {status_words(exit_)}, so LS could not ask it."
        return Cause("C6", leg.server, words, (exit_.seq,))
    front = scene.ls
    if harmed(scene.evidence.plan, leg.server, flows=(f"{front}->{leg.server}", f"{leg.server}->{front}")):
        words = f"LS did not ask {leg.server}, with which a fault of the scenario had interfered."
        return _unless_back(scene, leg, Cause("", "", words, (seq,)))
    if left_since(scene.evidence, leg.server, scene.one) is not None:
        words = f"{leg.server} had ended its connection to LS, so LS could not ask it."
        return _unless_back(scene, leg, Cause("C6", leg.server, words, (seq,)))
    return Cause("C2", front, f"LS never sent the query to {leg.server}, which has the name.", (seq,))


def _unless_back(scene: Scene, leg: Leg, cause: Cause) -> Cause:
    """A server that LS could have dialled again for two seconds must be used again: then LS is to blame (B3)."""
    back = back_since(scene.evidence, leg.server, scene.one.ask.seq)
    left = left_since(scene.evidence, leg.server, scene.one, leg.sent.conn if leg.sent else None)
    since = max((at for at in (back, left) if at is not None), default=scene.one.begun)
    if scene.one.begun - since < BACK_FOR or leg.got is not None:
        return cause
    since_words = took(scene.one.begun - since)
    words = f"{leg.server} could be connected to again {since_words} before the query, but LS did not use it again."
    return Cause("B3", scene.ls, words, (scene.one.ask.seq,))


def _silent(scene: Scene, leg: Leg, got: Line) -> Cause:
    front = scene.ls
    if harmed(scene.evidence.plan, leg.server, flows=(f"{leg.server}->{front}",)):
        return Cause("", "", f"{leg.server} got the query, but a fault kept it from answering.", (got.seq,))
    line = scene.evidence.plan.lines_for(scene.one.text)[leg.server]
    clause = promise(scene, line, "C6")
    if scene.over - got.at <= LATE:
        return Cause("", "", f"{leg.server} had no time to answer.", (got.seq,))
    words = f"{leg.server} was asked and has the name in its table, but it sent no line about it."
    if clause == "C6" and _is_served_elsewhere(scene, leg.server, got):
        clause, words = (
            "B11",
            f"{words} It answers on an older connection: it must serve several, whichever of them ends.",
        )
    return Cause(clause, leg.server, words, (got.seq,))


def _is_served_elsewhere(scene: Scene, server: str, got: Line) -> bool:
    """Whether a server that says nothing on this connection has answered on one that LS had made before."""
    said = {line.conn for line in arrived(scene.evidence.history, f"{server}->{scene.ls}")}
    return got.conn not in said and any(conn < got.conn for conn in said)


def late_answer(scene: Scene, reply: Line) -> Cause:
    """Which stage of the answer that was relayed took the time."""
    slowest = max(_stages(scene, reply), key=lambda stage: stage[0], default=None)
    if slowest is None:
        return under_hardship(scene, _slow_alone(scene, reply), kinds="servers")
    took_, cause = slowest
    if took_ <= (PUNCTUAL if cause.blames == scene.ls else LATE) and cause.blames:
        words = "No stage of the answer's way took long by itself: the machine was slow."
        return replace(cause, clause="", blames="", words=words)
    if cause.blames == scene.ls and took_ <= LATE:
        return replace(cause, clause="B16")
    return under_hardship(scene, cause, kinds="servers")


def _slow_alone(scene: Scene, reply: Line) -> Cause:
    words = f"LS took {took(reply.at - scene.one.begun)}; no server's answer explains it."
    return Cause("C3", scene.ls, words, (scene.one.ask.seq, reply.seq))


def _stages(scene: Scene, reply: Line) -> Iterator[tuple[float, Cause]]:
    """How long each stage took, with the cause it would be."""
    one, ls = scene.one, scene.ls
    for leg in scene.legs:
        came = leg.due or leg.came  # what came for another client's query of that name is not this one's
        if came is None or came.text != reply.text:
            continue
        held = reply.at - max(came.at, one.begun)
        yield held, Cause("C3", ls, f"LS held the answer of {leg.server} for {took(held)}.", (came.seq, reply.seq))
        if leg.sent is not None:
            yield leg.sent.at - one.begun, _asked_late(scene, leg, leg.sent)
        if leg.got is not None and leg.said is not None:
            yield leg.said.at - leg.got.at, _answered_late(scene, leg, leg.got, leg.said)
        if leg.said is not None:
            yield came.at - leg.said.at, _held_on_the_way(scene, leg, leg.said, came)


def _held_on_the_way(scene: Scene, leg: Leg, said: Line, came: Line) -> Cause:
    whose = "A fault" if harmed(scene.evidence.plan, flows=(said.flow,)) else "The lab, too slow in that moment,"
    words = f"{whose} held the answer of {leg.server} for {took(came.at - said.at)}; LS relayed it at once."
    return Cause("", "", words, (said.seq, came.seq))


def _asked_late(scene: Scene, leg: Leg, sent: Line) -> Cause:
    wait = sent.at - scene.one.begun
    words = f"LS sent the query to {leg.server} only {took(wait)} after it had it."
    waited = one_at_a_time(scene, scene.one.begun, scene.asked_at or sent.at)
    if waited is not None:
        return replace(waited, words=f"{words} {waited.words}")
    return Cause("C2", scene.ls, words, (scene.one.ask.seq, sent.seq))


def _answered_late(scene: Scene, leg: Leg, got: Line, said: Line) -> Cause:
    words = f"{leg.server} took {took(said.at - got.at)} to answer; LS relayed it when it came."
    events = (got.seq, said.seq)
    if harmed(scene.evidence.plan, leg.server):
        return Cause("", "", f"{words} A fault had interfered with it.", events)
    return Cause("C6", leg.server, words, events)


def wrong_time(scene: Scene) -> Cause:
    """Not found was said at the wrong time."""
    one, ls = scene.one, scene.ls
    elapsed = one.elapsed or 0.0
    if elapsed < scene.gives_up - EARLY:
        words = f"LS gave up too early: its {scene.wait} must run from the query, whatever else comes or is dead."
        return under_hardship(scene, Cause("C5", ls, words, (one.ask.seq,)))
    waited = one_at_a_time(scene, one.begun, scene.asked_at or one.begun)
    if waited is not None and one.begun + elapsed - (scene.asked_at or one.begun) <= scene.latest:
        return waited
    pieces = pieces_during(scene.evidence, one)
    if pieces:
        why = "and bytes of a line that does not end are no reason"
        words = f"LS gave up too late: its {scene.wait} run from the query, {why}."
        return Cause("B6", ls, words, (one.ask.seq, pieces[-1].seq))
    turns = round(elapsed / scene.gives_up)
    is_whole = turns > 1 and abs(elapsed - turns * scene.gives_up) < LATE
    how = f"it must wait {scene.wait} for all servers together, not for one after another"
    words = f"LS gave up too late: {how if is_whole else f'its {scene.wait} must run from the query, whatever comes'}."
    return under_hardship(scene, Cause("C5", ls, words, (one.ask.seq,)))
