"""The check `expected`: every query ends as the scenario says."""

from collections.abc import Iterator
from typing import ClassVar

from lab.checks.base import CHECKS, Check, Evidence
from lab.checks.causes import Cause
from lab.checks.demands import demanded
from lab.checks.scenes import Scene, scene_of
from lab.checks.troubles import allowed, cause_of, never_taken, was_right_when_sent
from lab.checks.views import Trouble, View, client_views, differs, errs
from lab.checks.wire import harmed, leg
from lab.checks.words import AT_ONCE, failed, inconclusive, named, passed, quoted, took
from lab.evidence import PlannedQuery
from lab.expectation import Expectation
from lab.result import Finding
from lab.units import format_duration

NAME = "expected"
CONTENT = ("wrong", "missing", "early")
"""Troubles by which a scenario itself may be wrong: it expects what it cannot give."""
TIMES = ("early", "late", "unpunctual")
"""Troubles that the client sees where the lab was slow: with this reply, or with the one before it."""
ENDED = {
    "no_reply": "nothing came until the client's patience ended",
    "closed": "LS closed the connection",
    "reset": "LS reset the connection",
}


@CHECKS.kind(NAME)
class Expected(Check):
    """Every query ends as its `expect` says, within the contract's tolerance, as its client saw it.

    Without `expect` it ends as the contract says, given what reached LS and when.
    """

    always: ClassVar[bool] = True
    rank: ClassVar[int] = 1

    def judge(self, evidence: Evidence) -> Iterator[Finding]:
        """One finding for each query of which something is demanded, and that has an outcome."""
        views = client_views(evidence.history)
        for query in evidence.plan.queries:
            view, expect = views.get(query.id), demanded(evidence, query)
            if expect is not None and view is not None and view.outcome != "left":
                yield _judged(evidence, query.model_copy(update={"expect": expect}), expect, view)


def _judged(evidence: Evidence, query: PlannedQuery, expect: Expectation, view: View) -> Finding:
    trouble = differs(evidence.plan, query, expect, view)
    told = {"query": query.id, "place": query.place, "expected": str(expect), "seen": seen(view)}
    if trouble is None:
        sentence = f"{query.client} asked {named(query.ask)}: {seen(view)}, as expected."
        return passed(NAME, _kept(expect), sentence, events=view.events, **told)
    scene = scene_of(evidence, query.id)
    if scene is None:
        return _finding(evidence, query, view, trouble, never_taken(evidence, query, view))
    if allowed(scene, view):
        sentence = (
            f"{query.client} asked {named(query.ask)}: {seen(view)}; "
            f"an answer came so near to {scene.wait} that either is right."
        )
        return passed(NAME, "C5", sentence, events=view.events, **told)
    if trouble.kind in TIMES and was_right_when_sent(scene, query) and not _harmed_to_client(scene):
        sentence = (
            f"{query.client} asked {named(query.ask)}: {seen(view)}; LS had sent it in time, the lab was slow with it."
        )
        return passed(NAME, _kept(expect), sentence, events=view.events, **told)
    return _finding(evidence, query, view, trouble, cause_of(scene, query, trouble, view))


def _harmed_to_client(scene: Scene) -> bool:
    return harmed(scene.evidence.plan, flows=leg(scene.one.client, scene.ls))


def _kept(expect: Expectation) -> str:
    return {"answer": "C3", "not_found": "C5"}.get(expect.kind, "")


def seen(view: View) -> str:
    """What came, and when, as `after 5.004 s came '…'`."""
    when = f"after {took(view.inner)}" if view.inner >= AT_ONCE else "at once"
    if view.text is None:
        return f"{ENDED.get(view.outcome, view.outcome)} {when}"
    return f"{when} came {quoted(view.text)}"


def _finding(evidence: Evidence, query: PlannedQuery, view: View, trouble: Trouble, cause: Cause) -> Finding:
    """Failed if somebody is to blame, or the scenario expects what it cannot give; else nothing was proved."""
    expect = query.expect
    is_scenarios = expect is not None and trouble.kind in CONTENT and errs(evidence.plan, query.ask, expect)
    make = failed if cause.blames or (is_scenarios and not cause.by_lab) else inconclusive
    sentence = f"{query.client} asked {named(query.ask)}; expected was {expect}, but {seen(view)}. {cause.words}"
    return make(
        NAME,
        cause.clause,
        sentence,
        blames=cause.blames,
        query=query.id,
        place=query.place,
        expected=str(expect),
        seen=seen(view),
        tolerance=_tolerance(trouble),
        events=tuple(sorted({*view.events, *cause.events})),
        excess=round(trouble.excess or cause.excess, 6),
    )


def _tolerance(trouble: Trouble) -> str:
    window = trouble.option.window
    if window is None or trouble.kind in ("wrong", "missing"):
        return ""
    low, high = (format_duration(bound) for bound in window)
    punctual = trouble.option.punctual
    strict = f", punctual until {format_duration(punctual)}" if punctual is not None else ""
    return f"from {low} to {high}{strict}"
