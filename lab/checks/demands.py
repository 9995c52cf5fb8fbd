"""Demands: how a query is to end, by its scenario, or, where that says nothing, by the contract."""

from collections import Counter

from lab.checks.base import Evidence
from lab.checks.exchanges import Exchange
from lab.checks.scenes import Scene, scene_of, scenes
from lab.checks.wire import Line, delivered, harmed, leg
from lab.contract import Came, may_say
from lab.evidence import PlannedQuery
from lab.expectation import Expectation


def demanded(evidence: Evidence, query: PlannedQuery) -> Expectation | None:
    """How a query is to end; None where nothing is demanded, or nobody can tell what LS was to do."""
    if query.expect is not None:
        return query.expect
    scene = scene_of(evidence, query.id)
    return _by_contract(scene) if scene is not None and _is_clear(scene) else None


def _is_clear(scene: Scene) -> bool:
    """Whether LS replied, and what it was to say follows from what it was given: no fault harmed it or the client."""
    one = scene.one
    if one.reply is None or one.is_behind or not one.is_plain:
        return False
    return not harmed(scene.evidence.plan, scene.ls, flows=leg(one.client, scene.ls))


def _by_contract(scene: Scene) -> Expectation:
    """What the contract lets LS say; an answer that may have been meant for another query LS may take, or not."""
    one = scene.one
    about = [line for line in delivered(scene.evidence) if line.name == one.name and line.seq < one.closing_seq]
    meant = {way.due.seq for way in scene.legs if way.due is not None} - _meant_for_others(scene)
    came = [Came(max(line.at - one.begun, 0.0), line.text, line.seq in meant) for line in about if _is_new(line, one)]
    said = Counter(other.reply.text for other in scene.found if other.reply and other.reply.seq < one.ask.seq)
    left = Counter(line.text for line in about if not _is_new(line, one)) - said
    return may_say(one.text, came, left, scene.gives_up)


def _is_new(line: Line, one: Exchange) -> bool:
    return line.seq > one.ask.seq


def _meant_for_others(scene: Scene) -> set[int]:
    """The answers of earlier queries for the same name."""
    others = [other for other in scenes(scene.evidence) if other.one.name == scene.one.name]
    earlier = [other for other in others if other.one.ask.seq < scene.one.ask.seq]
    return {way.due.seq for other in earlier for way in other.legs if way.due is not None}
