"""Troubles: from how a reply differs from what was expected to its cause."""

from dataclasses import replace

from lab.checks.base import Evidence
from lab.checks.causes import (
    Cause,
    by_half,
    late_answer,
    ls_gone,
    missing_answer,
    one_at_a_time,
    under_hardship,
    wrong_time,
)
from lab.checks.content import of_other_query, other_line
from lab.checks.exchanges import Exchange
from lab.checks.scenes import Scene
from lab.checks.states import last_state
from lab.checks.views import Trouble, View, differs, wire_view
from lab.checks.wire import Line, delivered, gives_up, harmed, leg
from lab.checks.words import in_other_words, quoted, took
from lab.evidence import PlannedQuery
from lab.expectation import EARLY, NEAR_5_S

SHIFTED = "LS had sent a line too many before, so that the client took another line for the reply to this query."


def allowed(scene: Scene, view: View) -> bool:
    """Whether an answer came so near to LS's giving up that a server may relay it or not, and LS did either in time."""
    times = [leg.came.at - scene.one.begun for leg in scene.legs if leg.came is not None]
    near = any(abs(time - scene.gives_up) <= NEAR_5_S for time in times) and not any(
        time < scene.gives_up - NEAR_5_S for time in times
    )
    reply = scene.one.reply
    if not near or reply is None or view.text != reply.text:
        return False
    own = reply.text == scene.not_found
    given = any(leg.came is not None and leg.came.text == reply.text for leg in scene.legs)
    return (own or given) and scene.gives_up - NEAR_5_S <= reply.at - scene.one.begun <= scene.latest


def never_taken(evidence: Evidence, query: PlannedQuery, view: View) -> Cause:
    """LS was never given the query."""
    plan = evidence.plan
    gone = ls_gone(evidence, view.events[-1])
    if gone is not None:
        return gone
    if harmed(plan, plan.front, flows=leg(query.client, plan.front)):
        return Cause("", "", "A fault kept the query from LS, so LS cannot be blamed.")
    if any(other.id != query.id and other.client == query.client for other in plan.queries):
        words = "LS was not there for the next query on the same connection: it had closed it."
        return Cause("C7", plan.front, words)
    state = last_state(evidence, plan.front, view.events[-1])
    if state is not None and state.kind == "deaf":
        return Cause("B12", plan.front, "LS had stopped listening when this client came.", (state.seq,))
    return Cause("B12", plan.front, "LS did not take this client's query at all.")


def cause_of(scene: Scene, query: PlannedQuery, trouble: Trouble, view: View) -> Cause:
    """Why the reply to a query that LS was given is not what was expected."""
    if was_right_when_sent(scene, query):
        words = "What LS sent was right and in time: a fault on the way to the client made the difference."
        return Cause("", "", words) if _is_harmed(scene) else _shifted(scene)
    if trouble.kind == "unpunctual":
        return _unpunctual(scene, trouble)
    if trouble.option.kind in ("closed", "no_reply"):
        clause = next(iter(scene.evidence.plan.clauses), "")
        return Cause(clause, scene.ls, f"LS was to end this otherwise; it sent {quoted(view.text)}.")
    if trouble.kind == "missing":
        return _missing(scene, trouble, view)
    if trouble.kind == "wrong":
        return wrong_line(scene, trouble, view.text or "")
    return by_half(scene) or _untimely(scene, trouble)


def was_right_when_sent(scene: Scene, query: PlannedQuery) -> bool:
    """Whether what LS sent is as expected, by the stamps of its own socket, whatever the client saw of it."""
    wire = wire_view(scene.one)
    if wire is None or query.expect is None:
        return False
    return differs(scene.evidence.plan, query, query.expect, wire) is None


def _shifted(scene: Scene) -> Cause:
    """The client pairs queries and lines otherwise than LS did: it had a line before that LS had sent unasked."""
    return Cause("C3", scene.ls, SHIFTED, (scene.one.ask.seq,))


def _unpunctual(scene: Scene, trouble: Trouble) -> Cause:
    if trouble.option.kind == "not_found" or scene.one.reply is None:
        return Cause("B16", scene.ls, "LS gave up a little too late.")
    cause = late_answer(scene, scene.one.reply)
    return replace(cause, clause="B16") if cause.blames == scene.ls else cause


def _untimely(scene: Scene, trouble: Trouble) -> Cause:
    reply = scene.one.reply
    if trouble.option.kind == "not_found":
        return wrong_time(scene)
    if reply is None:
        return Cause("", "", "The client had a reply that LS did not send: the lab's own trouble.", by_lab=True)
    if trouble.kind == "late":
        return late_answer(scene, reply)
    if any(leg.came is not None and leg.came.text == reply.text for leg in scene.legs):
        return Cause(
            "", "", "A server's answer reached LS earlier than the scenario meant it to: LS did nothing wrong."
        )
    words = "LS sent that line before any server had sent it for this query: it must ask every time, and keep no cache."
    return Cause("C2", scene.ls, words)


def _missing(scene: Scene, trouble: Trouble, view: View) -> Cause:
    gone = ls_gone(scene.evidence, view.events[-1])
    half = gone or by_half(scene, unended=not _is_harmed(scene))
    if half is not None:
        return half
    if _is_harmed(scene):
        return Cause("", "", "A fault had interfered with LS, or with the way to the client, so LS cannot be blamed.")
    if view.outcome != "no_reply" and scene.asked_at is None:
        return _not_taken(scene)
    if trouble.option.kind == "answer":
        return _missing_answer(scene, view)
    begun = scene.one.begun
    waited = None if scene.asked_at else one_at_a_time(scene, begun, begun + max(view.inner, 0.0))
    if waited is not None:
        return waited
    what = "hung, as if it waited without any limit" if view.outcome == "no_reply" else "ended the session"
    words = f"LS {what}; when nobody answers it must say not found at {scene.wait}."
    return under_hardship(scene, Cause("C5", scene.ls, words))


def _is_harmed(scene: Scene) -> bool:
    """Whether a fault may have harmed LS, or its way to the client."""
    return harmed(scene.evidence.plan, scene.ls, flows=leg(scene.one.client, scene.ls))


def _not_taken(scene: Scene) -> Cause:
    """LS ended the session with a query in it that it had not sent to any server."""
    words = "LS ended the session where it had to take the next query."
    return under_hardship(scene, Cause("C7", scene.ls, words, (scene.one.ask.seq,)))


def _missing_answer(scene: Scene, view: View) -> Cause:
    """Whoever kept the answer, LS must at least say not found."""
    cause = missing_answer(scene)
    if cause.blames:
        return cause
    what = "hung" if view.outcome == "no_reply" else "ended the session"
    words = f"{cause.words} Even so LS {what}, where it had to say not found at {scene.wait}."
    return under_hardship(scene, Cause("C5", scene.ls, words, cause.events))


def wrong_line(scene: Scene, trouble: Trouble, text: str) -> Cause:
    """Why the reply is this line and not the one expected."""
    one = scene.one
    answers = [line for line in delivered(scene.evidence) if line.seq < _until(one)]
    reply = one.reply
    if reply is None or reply.text != text:
        words = "The client had a reply that LS did not send for it: a fault changed it on the way."
        return Cause("", "", words) if _is_harmed(scene) else _shifted(scene)
    half = by_half(scene)
    if half is not None:
        return half
    if text == scene.not_found:
        return _gave_up(scene)
    if reply.name != one.name:
        return of_other_query(scene, reply, answers)
    if gives_up(text) and not any(line.text == text for line in answers):
        return Cause("C5", scene.ls, in_other_words(text, scene.not_found))
    return _answer_instead(scene, trouble, text, answers)


def _until(one: Exchange) -> float:
    return one.reply.seq if one.reply else float("inf")


def _gave_up(scene: Scene) -> Cause:
    """LS said not found where an answer was expected."""
    elapsed = scene.one.elapsed or 0.0
    in_time = any(leg.came is not None for leg in scene.legs)
    if elapsed < scene.gives_up - EARLY and not in_time:
        words = f"LS gave up after {took(elapsed)}; it must wait {scene.wait} for an answer."
        return under_hardship(scene, Cause("C5", scene.ls, words))
    return missing_answer(scene)


def _answer_instead(scene: Scene, trouble: Trouble, text: str, answers: list[Line]) -> Cause:
    """LS relayed a line about the right name that is not the one expected."""
    came = [leg.came.at - scene.one.begun for leg in scene.legs if leg.came is not None and leg.came.text == text]
    if trouble.option.kind == "not_found" and min(came, default=0.0) > scene.gives_up + NEAR_5_S:
        words = f"LS waited for the answer beyond the {scene.wait} after which it must say not found."
        return under_hardship(scene, Cause("C5", scene.ls, words))
    return other_line(scene, text, answers)
