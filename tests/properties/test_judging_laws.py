"""Laws of judging, over runs that differ in when everybody speaks and in how noisy the machine was."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as some

from lab.checks.base import Evidence
from lab.history import Event, History
from lab.judging import judge
from lab.result import Finding, verdict_of
from lab.verdict import MILD_TO_GRAVE, Verdict
from tests.unit.checks.check_cases import STAGES
from tests.unit.checks.check_stage import A, B, Stage, answer, missing, not_found

TIMES = some.floats(0.002, 7.0)
NAMES = some.sampled_from(["a.example", "A.Example", "b.example", "none.example"])
REPLIES = some.sampled_from([A, B, missing("a.example"), missing("none.example"), "x", None])


@some.composite
def stages(draw: some.DrawFn) -> Stage:
    """Two clients; servers and LS say what they like, when they like."""
    stage = Stage(clients=("ann", "bob"))
    for client in ("ann", "bob"):
        for number in range(draw(some.integers(0, 2))):
            says = [("ts1", draw(some.sampled_from([A, "junk"])), draw(TIMES))]
            expect = draw(some.sampled_from([None, not_found(), answer("1.1.1.1", 0.0), answer("1.1.1.1", 3.0)]))
            at, name = 1.0 + 8 * number, draw(NAMES)
            stage.query(name, at, draw(REPLIES), draw(TIMES), client, expect=expect, says=says)
    stage.stop(draw(some.floats(17.0, 40.0)))
    return stage


def broken(evidence: Evidence) -> list[tuple[object, ...]]:
    """What is found, but for its times and places in the history."""
    found = [finding for finding in judge(evidence) if finding.verdict is not Verdict.PASSED]
    return [(one.check, one.clause, one.verdict, one.blames, one.query, one.sentence) for one in found]


def changed(evidence: Evidence, change: Callable[[Event], Event]) -> Evidence:
    return Evidence(evidence.plan, History([change(event) for event in evidence.history]))


@given(stages(), some.integers(1, 1000))
@settings(max_examples=60)
def test_the_names_of_connections_do_not_matter(stage: Stage, by: int) -> None:
    def renamed(event: Event) -> Event:
        data = {**event.data, "conn": 7919 * by - event.data["conn"]} if "conn" in event.data else event.data
        return Event(event.seq, event.at, event.kind, data)

    evidence = stage.evidence()
    assert broken(changed(evidence, renamed)) == broken(evidence)


@given(stages(), some.integers(1, 5), some.integers(0, 1000))
@settings(max_examples=60)
def test_only_the_order_of_the_numbers_of_events_matters(stage: Stage, factor: int, plus: int) -> None:
    evidence = stage.evidence()
    moved = changed(evidence, lambda event: Event(event.seq * factor + plus, event.at, event.kind, event.data))
    assert broken(moved) == broken(evidence)


@given(stages(), some.floats(0.0, 20.0), some.floats(0.0, 20.0))
@settings(max_examples=60)
def test_noise_only_ever_turns_failed_into_inconclusive(stage: Stage, lag: float, wait: float) -> None:
    quiet = judge(stage.evidence())
    stage.note(0.5, "sampled", waits={})
    stage.note(17.0, "sampled", waits={"ls": wait, "lab": wait})
    stage.note(8.0, "lagged", lag=lag)
    noisy = judge(stage.evidence())
    assert queries(noisy) == queries(quiet)
    assert passes(quiet) == passes(noisy)
    grave = MILD_TO_GRAVE.index
    assert grave(verdict_of(noisy)) <= max(grave(verdict_of(quiet)), grave(Verdict.PASSED))


def queries(found: tuple[Finding, ...]) -> set[str]:
    return {finding.query for finding in found if finding.verdict is not Verdict.PASSED}


def passes(found: tuple[Finding, ...]) -> list[str]:
    return [finding.sentence for finding in found if finding.verdict is Verdict.PASSED]


@given(stages())
@settings(max_examples=60)
def test_no_check_ever_breaks_and_nobody_is_blamed_for_nothing(stage: Stage) -> None:
    for finding in judge(stage.evidence()):
        assert finding.verdict is not Verdict.ERROR, finding.sentence
        assert finding.verdict is not Verdict.FAILED or finding.blames or finding.check == "expected"


@given(some.sampled_from(STAGES), some.floats(0.0, 60.0))
def test_when_the_run_took_place_does_not_matter(make: Callable[[], Stage], later: float) -> None:
    evidence = make().evidence()
    zero = next(event.seq for event in evidence.history if event.kind == "zero")

    def moved(event: Event) -> Event:
        at = event.at if event.seq <= zero else event.at + later
        data = {**event.data, "before": event.data["before"] + later} if "before" in event.data else event.data
        data = {**data, "after": data["after"] + later} if "after" in data else data
        return Event(event.seq, at, event.kind, data)

    def facts(found: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
        return [one[:-1] for one in found]

    assert facts(broken(changed(evidence, moved))) == facts(broken(evidence))
