"""The check `relayed`: an answer that reached LS goes on to the client at once."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from lab.checks.base import CHECKS, Check, Evidence
from lab.checks.causes import Cause, not_relayed, one_at_a_time, under_hardship
from lab.checks.legs import Leg
from lab.checks.scenes import Scene, scenes
from lab.checks.states import died_by_itself
from lab.checks.wire import Line, delivered, harmed, leg, stopped_at, stopped_seq
from lab.checks.words import count, failed, named, passed, quoted, took
from lab.expectation import LATE, NEAR_5_S, PUNCTUAL
from lab.result import Finding

NAME = "relayed"


@CHECKS.kind(NAME)
class Relayed(Check):
    """An answer that reached LS while its query was open is relayed at once: held at most 250 ms, punctual 50 ms.

    One that came within half a second of LS's giving up, at 5 s, may be relayed or not.
    """

    always: ClassVar[bool] = True
    rank: ClassVar[int] = 4

    def judge(self, evidence: Evidence) -> Iterator[Finding]:
        """One finding for each answer that was held or never relayed, or one that there was none."""
        good = 0
        for scene in scenes(evidence):
            due = _due(scene) if _is_judged(scene) else []
            finding = _judged(scene, due) if due else None
            if finding is not None:
                yield finding
            good += bool(due) and finding is None
        if good:
            yield passed(NAME, "C3", f"{count(good, 'answer')} {'was' if good == 1 else 'were'} relayed at once.")


def _is_judged(scene: Scene) -> bool:
    """Whether LS could relay at all: the client was there, no fault harmed LS or its way, and LS did not die."""
    evidence, one = scene.evidence, scene.one
    front = evidence.plan.front
    if one.gone is not None or harmed(evidence.plan, front, flows=leg(one.client, front)):
        return False
    return died_by_itself(evidence, front, stopped_seq(evidence.history)) is None


def _due(scene: Scene) -> list[Leg]:
    """The legs whose answer, the table's own line, reached LS in time, the earliest first."""
    known = scene.evidence.plan.lines_for(scene.one.text)
    limit = scene.one.begun + scene.gives_up - NEAR_5_S
    due = [(way.due.at, way) for way in scene.legs if way.due and way.due.text == known.get(way.server)]
    return [way for at, way in sorted(due, key=lambda pair: pair[0]) if at < limit]


def _judged(scene: Scene, due: list[Leg]) -> Finding | None:
    one = scene.one
    same = next((way.due for way in due if way.due and one.reply and way.due.text == one.reply.text), None)
    if one.reply is not None and same is not None:
        return _held(scene, same, one.reply)
    return None if _is_excused(scene, due) else _never(scene, due[0])


def _is_excused(scene: Scene, due: list[Leg]) -> bool:
    """A reply that is another line about that name, a session that a conflict ended, or a run that was over."""
    one = scene.one
    if one.reply is None:
        over = stopped_at(scene.evidence.history) - one.begun < LATE
        return (one.closed is not None and len(due) > 1) or (one.closed is None and over)
    given = delivered(scene.evidence)
    return any(line.text == one.reply.text and line.name == one.name for line in given if line.seq < one.reply.seq)


def _never(scene: Scene, way: Leg) -> Finding:
    if way.due is None:
        raise ValueError("an answer that never came cannot be due")
    cause = under_hardship(scene, not_relayed(scene, way, way.due))
    one = scene.one
    reply = "nothing" if one.reply is None else quoted(one.reply.text)
    sentence = (
        f"{one.client} asked {named(one.text)}; {way.server} answered {quoted(way.due.text)}, but LS sent {reply}."
    )
    return _finding(scene, replace(cause, words=f"{sentence} {cause.words}"), cause.excess)


def _held(scene: Scene, came: Line, reply: Line) -> Finding | None:
    held = reply.at - max(came.at, scene.one.begun)
    if held <= PUNCTUAL:
        return None
    limit = LATE if held > LATE else PUNCTUAL
    cause = Cause("C3", scene.ls, "It must be relayed at once, whatever LS is doing.", (came.seq, reply.seq))
    cause = _under(scene, cause, came, reply) if held > LATE else replace(cause, clause="B16")
    words = f"{scene.one.client} asked {named(scene.one.text)}; LS held the answer for {took(held)}. {cause.words}"
    return _finding(scene, replace(cause, words=words), held - limit)


def _under(scene: Scene, cause: Cause, came: Line, reply: Line) -> Cause:
    waited = one_at_a_time(scene, max(came.at, scene.one.begun), reply.at)
    return replace(waited, events=cause.events) if waited else under_hardship(scene, cause, kinds="servers")


def _finding(scene: Scene, cause: Cause, excess: float) -> Finding:
    told = {"blames": cause.blames, "query": scene.one.query, "tolerance": "held at most 250 ms, punctual 50 ms"}
    return failed(NAME, cause.clause, cause.words, events=cause.events, excess=round(max(excess, 0.0), 6), **told)
