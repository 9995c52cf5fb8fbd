"""The check `one_reply`: a query gets one reply."""

from collections.abc import Iterator
from typing import ClassVar

from lab.checks.base import CHECKS, Check, Evidence
from lab.checks.causes import Cause, by_half, not_relayed, one_at_a_time, under_hardship
from lab.checks.exchanges import Exchange
from lab.checks.scenes import Scene, scenes
from lab.checks.states import died_by_itself
from lab.checks.wire import Line, delivered, harmed, leg, stopped_at, stopped_seq
from lab.checks.words import count, failed, named, passed, quoted
from lab.result import Finding

NAME = "one_reply"
TAKEN = "the client takes it for the reply to its next query"


@CHECKS.kind(NAME)
class OneReply(Check):
    """LS sends at most one line per query, and exactly one if the client stayed and no fault harmed LS."""

    always: ClassVar[bool] = True
    rank: ClassVar[int] = 5

    def judge(self, evidence: Evidence) -> Iterator[Finding]:
        """One finding for each query with none or too many, or one that all had exactly one."""
        good = 0
        for scene in scenes(evidence):
            one = scene.one
            if one.surplus:
                yield _too_many(scene)
            elif one.reply is None and _owed(scene):
                yield _none(scene)
            good += one.reply is not None and not one.surplus
        if good:
            yield passed(NAME, "C3", f"{count(good, 'query', 'queries')} had exactly one reply.")


def _too_many(scene: Scene) -> Finding:
    one = scene.one
    cause = _surplus(scene, one.surplus[0])
    lines = ", ".join(quoted(line.text) for line in one.surplus[:3])
    sentence = f"{one.client} asked {named(one.text)} and had its reply, and LS sent {lines} besides. {cause.words}"
    events = tuple(line.seq for line in [one.ask, *one.surplus])
    return failed(NAME, cause.clause, sentence, blames=scene.ls, query=one.query, events=events)


def _surplus(scene: Scene, line: Line) -> Cause:
    """What a line that nobody waited for is."""
    one = scene.one
    given = [answer for answer in delivered(scene.evidence) if answer.text == line.text]
    given = [answer for answer in given if one.ask.seq < answer.seq < line.seq]
    if not given:
        words = "No server had sent it: LS wrote more than one line for one query."
        return under_hardship(scene, Cause("C3", scene.ls, words))
    if one.reply and one.reply.text == scene.not_found:
        words = f"A late answer was passed on after LS had said not found: {TAKEN}."
        return Cause("B1", scene.ls, words)
    if len({answer.flow for answer in _named(scene, line)}) > 1:
        return Cause("B13", scene.ls, "Two servers answered one query, and LS relayed both answers.")
    if len(given) > 1 or line.name != one.name:
        words = f"A second answer was passed on, where nobody waited for it: {TAKEN}."
        return Cause("B1", scene.ls, words)
    return under_hardship(scene, Cause("C3", scene.ls, "LS relayed one answer twice."))


def _named(scene: Scene, line: Line) -> list[Line]:
    answers = delivered(scene.evidence)
    return [answer for answer in answers if answer.name == scene.one.name and scene.one.ask.seq < answer.seq < line.seq]


def _owed(scene: Scene) -> bool:
    """Whether LS owed this query a reply, and can be blamed for having sent none."""
    evidence, one = scene.evidence, scene.one
    plan = evidence.plan
    stays = all(client.stays for client in plan.clients if client.name == one.client)
    if not stays or not one.is_plain or one.is_behind:
        return False
    if harmed(plan, plan.front, flows=leg(one.client, plan.front)) or _died(evidence):
        return False
    end = one.gone.at if one.gone else stopped_at(evidence.history)
    if end - one.begun >= scene.latest:
        return not (_conflict(scene) and one.closed)
    return one.closed is not None and one.gone is None and not _conflict(scene)


def _died(evidence: Evidence) -> bool:
    """LS is dead, which `alive_at_end` says."""
    return died_by_itself(evidence, evidence.plan.front, stopped_seq(evidence.history)) is not None


def _conflict(scene: Scene) -> bool:
    return len([way for way in scene.legs if way.came is not None]) > 1


def _none(scene: Scene) -> Finding:
    one = scene.one
    cause = _why_none(scene)
    what = "closed the connection instead" if _closed_first(one) else "never sent a reply"
    sentence = f"{one.client} asked {named(one.text)}, and LS {what}. {cause.words}"
    events = tuple(sorted({one.ask.seq, *cause.events}))
    return failed(NAME, cause.clause, sentence, blames=scene.ls, query=one.query, events=events)


def _closed_first(one: Exchange) -> bool:
    return one.closed is not None and (one.gone is None or one.closed.seq < one.gone.seq)


def _why_none(scene: Scene) -> Cause:
    half = by_half(scene, unended=True)
    if half is not None:
        return half
    way = next((way for way in scene.legs if way.due is not None), None)
    if way is not None and way.due is not None:
        return under_hardship(scene, not_relayed(scene, way, way.due))
    if _closed_first(scene.one) and scene.one.done is not None:
        words = "It ended the session at the client's done or end of file, with queries still to be answered."
        return Cause("B4", scene.ls, words)
    end = stopped_at(scene.evidence.history)
    waited = None if scene.asked_at else one_at_a_time(scene, scene.one.begun, end)
    if waited is None and scene.asked_at is None and _closed_first(scene.one) and scene.one.before:
        return under_hardship(scene, Cause("C7", scene.ls, "It had to take the next query, and answer it."))
    cause = Cause("C5", scene.ls, f"No answer came, so it had to say not found at {scene.wait}.")
    return waited or under_hardship(scene, cause)
