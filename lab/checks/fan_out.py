"""The check `fan_out`: every query goes to every server, in parallel."""

from collections.abc import Iterator
from typing import ClassVar

from lab.checks.base import CHECKS, Check, Evidence
from lab.checks.causes import Cause, by_half, one_at_a_time, under_hardship
from lab.checks.legs import Leg
from lab.checks.scenes import Scene, scenes
from lab.checks.states import watch
from lab.checks.wire import harmed, stopped_at
from lab.checks.words import count, failed, named, passed, took
from lab.expectation import LATE, PUNCTUAL
from lab.result import Finding

NAME = "fan_out"


@CHECKS.kind(NAME)
class FanOut(Check):
    """Every query goes to every server within 250 ms of each other, punctual within 50 ms.

    Judged only for servers that listened all the while and that no fault was on the way to.
    """

    always: ClassVar[bool] = True

    def judge(self, evidence: Evidence) -> Iterator[Finding]:
        """One finding for each query that did not reach all servers in time, or one that all did."""
        good = 0
        for scene in scenes(evidence):
            judged = [leg for leg in scene.legs if _is_judged(scene, leg)]
            finding = _judged(scene, judged) if judged else None
            if finding is not None:
                yield finding
            good += bool(judged) and finding is None
        if good:
            yield passed(NAME, "C2", f"{count(good, 'query', 'queries')} reached every server at once.")


def _is_judged(scene: Scene, leg: Leg) -> bool:
    """Whether nothing stood between LS and the server, and LS had the time to ask it."""
    evidence, one, front = scene.evidence, scene.one, scene.ls
    flows = (f"{front}->{leg.server}", f"{leg.server}->{front}")
    if harmed(evidence.plan, front, leg.server, flows=flows[:1]) or not watch(evidence, leg.server).was_well(one):
        return False
    over = one.closed is None and stopped_at(evidence.history) - one.begun < LATE
    not_taken = one.reply is None and scene.asked_at is None and one.closed is not None
    unsent = leg.sent is None and (one.is_behind or one.gone is not None or over or not_taken or not one.is_plain)
    return not unsent


def _judged(scene: Scene, judged: list[Leg]) -> Finding | None:
    missed = [leg for leg in judged if leg.sent is None]
    if missed:
        return _never(scene, missed)
    times = sorted((leg.sent.at, leg.sent.seq, leg.server) for leg in judged if leg.sent is not None)
    first, last = times[0], times[-1]
    spread = last[0] - first[0]
    if spread > LATE:
        words = f"LS asked {last[2]} {took(spread)} after {first[2]}: it must ask all at once, not one after another."
        return _late(scene, "C2", words, (first[1], last[1]), spread - LATE)
    wait = spread if scene.one.is_behind else max(last[0] - scene.one.begun, spread)
    if wait <= PUNCTUAL:
        return None
    words = f"LS asked {last[2]} {took(wait)} after it had the query; 50 ms are allowed."
    waited = one_at_a_time(scene, scene.one.begun, last[0])
    if waited is not None:
        return _late(scene, "B11", f"{words} {waited.words}", (scene.one.ask.seq, last[1]), wait - LATE)
    return _late(scene, "B16", words, (scene.one.ask.seq, last[1]), wait - PUNCTUAL)


def _never(scene: Scene, missed: list[Leg]) -> Finding:
    one = scene.one
    names = " and ".join(leg.server for leg in missed)
    words = f"Every query goes to every server: {_why_not(scene)}."
    end = one.reply.at if one.reply else stopped_at(scene.evidence.history)
    waited = None if scene.asked_at else one_at_a_time(scene, one.begun, end)
    cause = by_half(scene) or waited or under_hardship(scene, Cause("C2", scene.ls, words))
    sentence = f"{one.client} asked {named(one.text)}, but LS never sent the query to {names}. {cause.words}"
    return failed(NAME, cause.clause, sentence, blames=scene.ls, query=one.query, events=(one.ask.seq,))


def _why_not(scene: Scene) -> str:
    """What LS seems to do instead."""
    if scene.asked_at is not None:
        return "LS must leave none out, and not wait for one before it asks the next"
    known = any(other.name == scene.one.name and other.ask.seq < scene.one.ask.seq for other in scene.found)
    return "LS must ask again, as it may keep no cache" if known else "LS must leave none out"


def _late(scene: Scene, clause: str, words: str, events: tuple[int, ...], excess: float) -> Finding:
    one = scene.one
    cause = under_hardship(scene, Cause(clause, scene.ls, words))
    told = {"blames": scene.ls, "query": one.query, "tolerance": "250 ms of each other, punctual 50 ms"}
    sentence = f"{one.client} asked {named(one.text)}. {cause.words}"
    return failed(NAME, cause.clause, sentence, events=events, excess=round(excess, 6), **told)
