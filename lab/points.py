"""Points: from how scenarios ended to what they are worth, and what is said of them. Pure.

A scenario that a system cannot be put through is left out: its share goes to the others of its part. One that was not
judged, through the lab's trouble or for lack of time, is not graded: its share counts neither as won nor as lost.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from lab.grade import Grade, Outcome, PartGrade, Standing, Told, Turn, Weighed
from lab.result import Finding, QueryResult, ScenarioResult
from lab.verdict import Verdict

CENTS = 100
"""As many as DIGITS can show."""
NOT_RUN = "it was not run"
STARTS = "listens"
"""The check of whether a program starts."""


def turn_of(result: ScenarioResult, scenario: str, number: int, *, is_second_thought: bool = False) -> Turn:
    """What is kept of a run."""
    broken = [finding for finding in result.broken if finding.verdict is Verdict.FAILED]
    reason = result.reason or "; ".join(finding.sentence for finding in result.broken[:1])
    return Turn(
        scenario=scenario,
        number=number,
        verdict=result.verdict,
        reason="" if result.verdict in (Verdict.PASSED, Verdict.FAILED) else reason,
        is_second_thought=is_second_thought,
        told=tuple(told_of(finding, result) for finding in _first_things(broken)),
        beyond=tuple(_with_clause(finding) for finding in broken if not finding.counts),
    )


def _first_things(broken: Sequence[Finding]) -> list[Finding]:
    """Those that count; where a program did not even start, nothing else."""
    counting = [finding for finding in broken if finding.counts]
    return [finding for finding in counting if finding.check == STARTS] or counting


def told_of(finding: Finding, result: ScenarioResult) -> Told:
    """A finding as a student reads it."""
    query = next((query for query in result.queries if query.id == finding.query), None) if finding.query else None
    return Told(
        clause=finding.clause,
        sentence=finding.sentence,
        asked=query.ask if query else "",
        came=_came(query) if query else finding.seen,
        hint=finding.hint,
        expected=finding.expected or (query.expected if query else ""),
        printed=result.outputs.get(finding.blames, "") if finding.check == STARTS else "",
    )


def _came(query: QueryResult) -> str:
    what = f"'{query.reply}'" if query.reply is not None else query.outcome.replace("_", " ")
    return f"{what} after {query.elapsed_s:.2f} s" if query.elapsed_s is not None else what


def _with_clause(finding: Finding) -> str:
    return f"{finding.clause}: {finding.sentence}" if finding.clause else finding.sentence


def outcome_of(scenario: str, turns: Sequence[Turn], repeat: int, require: int, why_not: str = NOT_RUN) -> Outcome:
    """What a scenario came to.

    Args:
        scenario: Its name.
        turns: Its runs, as many as there are.
        repeat: How many there were to be.
        require: How many of these must pass.
        why_not: Why some were not run, if they were not.
    """
    standing, note = _standing(turns, repeat, require, why_not)
    worst = next((turn for turn in turns if turn.verdict is Verdict.FAILED), None)
    return Outcome(
        scenario=scenario,
        standing=standing,
        runs=len(turns),
        passes=sum(turn.verdict is Verdict.PASSED for turn in turns),
        note=note,
        told=worst.told if worst and standing == "failed" else (),
        beyond=tuple(dict.fromkeys(text for turn in turns for text in turn.beyond)),
    )


def _standing(turns: Sequence[Turn], repeat: int, require: int, why_not: str) -> tuple[Standing, str]:
    verdicts = [turn.verdict for turn in turns]
    passed, failed = verdicts.count(Verdict.PASSED), verdicts.count(Verdict.FAILED)
    if passed >= require:
        return "passed", _oddness(turns, passed, repeat, require)
    if failed > repeat - require:
        return "failed", f"{passed} of {repeat} runs passed, and {require} must" if repeat > 1 else ""
    open_turns = [turn for turn in turns if turn.verdict not in (Verdict.PASSED, Verdict.FAILED)]
    skipped = [turn for turn in open_turns if turn.verdict is Verdict.SKIPPED]
    if skipped and len(skipped) == len(turns):
        return "left_out", skipped[0].reason
    return "not_graded", next((turn.reason for turn in open_turns if turn.reason), why_not)


def _oddness(turns: Sequence[Turn], passed: int, repeat: int, require: int) -> str:
    if passed < len(turns):
        return f"{passed} of {repeat} runs passed, and {require} must"
    return "it failed at first, and passed when it was run again" if any(one.is_second_thought for one in turns) else ""


def with_baseline(outcome: Outcome, baseline: Sequence[Outcome]) -> Outcome:
    """An outcome; if it failed in a scenario with faults, it says what fails already without any."""
    first = next((one for one in baseline if one.standing == "failed"), None)
    if first is None or outcome.standing != "failed" or not outcome.has_faults:
        return outcome
    why = first.told[0].sentence if first.told else "see there"
    return outcome.model_copy(update={"note": f"it fails already without any fault: {first.scenario}: {why}"})


def part_grade(part: Weighed, outcomes: Sequence[Outcome]) -> PartGrade:
    """A part's points; `outcomes` are those of its scenarios."""
    points, out_of = _shares(part, [one.standing for one in outcomes])
    return PartGrade(
        title=part.title,
        points=rounded(points),
        out_of=rounded(out_of),
        worth=part.points,
        credit=part.credit,
        hidden=part.hidden,
        note=_missing(part, outcomes),
        outcomes=tuple(outcomes),
    )


def _shares(part: Weighed, standings: Sequence[Standing]) -> tuple[Fraction, Fraction]:
    """Points won, and points graded, exactly."""
    counted = [standing for standing in standings if standing != "left_out"]
    whole, none = Fraction(str(part.points)), Fraction(0)
    if not counted:
        return none, none
    passed, failed = counted.count("passed"), counted.count("failed")
    if part.credit == "each":
        return whole * passed / len(counted), whole * (passed + failed) / len(counted)
    if failed:
        return none, whole
    return (whole, whole) if passed == len(counted) else (none, none)


def _missing(part: Weighed, outcomes: Iterable[Outcome]) -> str:
    """What was not graded or left out; of a hidden part without names and reasons."""
    words = {"not_graded": "not graded", "left_out": "left out, as this system has not what it needs"}
    told = []
    for standing, what in words.items():
        those = [one for one in outcomes if one.standing == standing]
        if those and part.hidden:
            told.append(f"{what}: {len(those)} of {len(part.scenarios)}")
        elif those:
            told.append(f"{what}: {'; '.join(f'{one.scenario} ({one.note})' for one in those)}")
    return "; ".join(told)


def grade_of(
    student: str, submission: str, parts: Sequence[Weighed], outcomes: dict[str, Outcome], baseline: Sequence[str]
) -> Grade:
    """A submission's grade; `outcomes` has one for each scenario of the parts and of the baseline."""
    first = [outcomes[name] for name in baseline]
    graded = [part_grade(part, [with_baseline(outcomes[name], first) for name in part.scenarios]) for part in parts]
    shares = [_shares(part, [outcomes[name].standing for name in part.scenarios]) for part in parts]
    return Grade(
        student=student,
        submission=submission,
        points=rounded(sum((won for won, _ in shares), Fraction(0))),
        out_of=rounded(sum((out_of for _, out_of in shares), Fraction(0))),
        worth=rounded(sum((Fraction(str(part.points)) for part in parts), Fraction(0))),
        baseline=tuple(first),
        parts=tuple(graded),
    )


def rounded(points: Fraction) -> float:
    """Points with two digits, halves up, so that two thirds of 20 are 13.33 everywhere."""
    return int(points * CENTS + Fraction(1, 2)) / CENTS
