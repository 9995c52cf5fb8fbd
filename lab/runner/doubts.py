"""Doubts about a scenario: where it says less than it seems to, found by rehearsing it with ideal servers.

A doubt is no complaint: the scenario can be run. But what it demands cannot be, or proves nothing, or hangs by a hair.
"""

from collections.abc import Iterator

from lab.checks.base import Evidence
from lab.checks.exchanges import Exchange
from lab.checks.scenes import Scene, scenes
from lab.errors import Complaint
from lab.evidence import Plan, PlannedQuery
from lab.expectation import NEAR_5_S
from lab.result import Finding, Place
from lab.runner.rehearsal import Rehearsal, rehearse
from lab.runner.verdicts import plan_of
from lab.scenario.model import Profile, Scenario
from lab.units import format_duration
from lab.verdict import Verdict

HAIR = 0.02
"""Seconds that every deed of LS takes in the second rehearsal: B16 allows more."""


def doubts(scenario: Scenario, profile: Profile) -> list[Complaint]:
    """What an author should know of a scenario before believing it, in the order of the file."""
    first = rehearse(scenario, profile)
    if first.trouble:
        return [_at(scenario, None, f"{first.trouble}, with ideal servers", "see that every wait can come to its end")]
    evidence = Evidence(plan_of(scenario, profile, None), first.history)
    found = [*_broken(scenario, first), *_edges(scenario, evidence), *_again(scenario, evidence)]
    if not found:
        found += _hairs(scenario, evidence.plan, first, rehearse(scenario, profile, HAIR))
    return sorted(dict.fromkeys(found))


def _at(scenario: Scenario, place: Place | None, what: str, cure: str) -> Complaint:
    if place is None:
        return Complaint(scenario.path, 0, 0, scenario.name, what, cure)
    return Complaint(scenario.path, place.line, place.column, scenario.name, what, cure, place.text)


def _broken(scenario: Scenario, played: Rehearsal) -> Iterator[Complaint]:
    """Whatever an ideal system fails, or leaves open."""
    for finding in played.result.findings:
        if finding.verdict is not Verdict.PASSED:
            yield _at(scenario, finding.place, *_words(finding))


def _words(finding: Finding) -> tuple[str, str]:
    if finding.expected:
        what = f"the contract says otherwise: with ideal servers {finding.seen}, where {finding.expected} is expected"
        return what, "expect what the contract says, or change the fault"
    sentence = finding.sentence.removesuffix(".")
    return f"ideal servers do not pass this: {sentence}", "see whether the scenario demands what it means to"


def _edges(scenario: Scenario, evidence: Evidence) -> Iterator[Complaint]:
    """Answers so near to 5 s that a server may relay them or not, where only one of the two is expected."""
    for scene, query in _asked(evidence):
        if query.expect is None or query.expect.kind == "one_of":
            continue
        times = [leg.came.at - scene.one.begun for leg in scene.legs if leg.came is not None]
        near = [time for time in times if abs(time - scenario.gives_up) < NEAR_5_S]
        if near and min(times) == near[0]:
            when, wait = format_duration(round(near[0], 3)), format_duration(scenario.gives_up)
            what = f"the answer comes after {when}, where the contract allows it as well as not found"
            yield _at(scenario, query.place, what, f"keep it 500 ms away from {wait}, or expect one_of both")


def _again(scenario: Scenario, evidence: Evidence) -> Iterator[Complaint]:
    """A name that is asked again while an answer to it is still on its way: either may be taken for the other."""
    for scene, query in _asked(evidence):
        if any(_is_under_way(evidence, f"{leg.server}->{scene.ls}", scene.one) for leg in scene.legs):
            what = f"{query.id} asks for {query.ask} while an answer to the same name is under way from before"
            yield _at(scenario, query.place, what, "ask another name, if the two answers are to be told apart")


def _is_under_way(evidence: Evidence, flow: str, one: Exchange) -> bool:
    """Whether a line about the name of an earlier query of this client came before this one, and is handed on later."""
    history, seq = evidence.history, one.ask.seq
    earlier = [other.ask.seq for other in _before(evidence, one) if other.name == one.name]
    came = {event["n"]: event.seq for event in reversed(history.all("arrived", flow=flow)) if event["name"] == one.name}
    handed = [event["n"] for event in history.all("passed", flow=flow) if event.seq > seq]
    return any(min(earlier, default=seq) < came.get(number, seq) < seq for number in handed)


def _before(evidence: Evidence, one: Exchange) -> Iterator[Exchange]:
    """The earlier queries of the same client."""
    found = (scene.one for scene in scenes(evidence))
    return (other for other in found if other.client == one.client and other.ask.seq < one.ask.seq)


def _asked(evidence: Evidence) -> list[tuple[Scene, PlannedQuery]]:
    planned = {query.id: query for query in evidence.plan.queries}
    return [(scene, planned[scene.one.query]) for scene in scenes(evidence) if scene.one.query in planned]


def _hairs(scenario: Scenario, plan: Plan, first: Rehearsal, second: Rehearsal) -> Iterator[Complaint]:
    """Queries that end otherwise when LS takes a little time, and whatever else is not passed then."""
    took = format_duration(HAIR)
    cure = "keep the times that matter further apart than the tolerance"
    before = {query.id: query for query in first.result.queries}
    places = {query.id: query.place for query in plan.queries}
    for query in second.result.queries:
        old = before.get(query.id)
        if old is not None and old.outcome != query.outcome:
            ends = f"it ends {old.outcome}, and {query.outcome} if LS takes {took} for each deed"
            what = f"{query.id} hangs by a hair: {ends}"
            yield _at(scenario, places.get(query.id), what, cure)
    for finding in second.result.findings:
        if finding.verdict is not Verdict.PASSED:
            sentence = finding.sentence.removesuffix(".")
            what = f"it hangs by a hair: an LS that takes {took} for each deed does not pass: {sentence}"
            yield _at(scenario, finding.place, what, cure)
