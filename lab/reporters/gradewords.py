"""A grade in words: what students and course staff read of it (pure)."""

from collections.abc import Iterator

from lab.grade import Grade, Outcome, PartGrade, Told, spelled
from lab.reporters.text import block, one_line, wrapped

WIDTH = 90
INDENT = "    "
MOST_TOLD, MOST_PRINTED, MOST_BEYOND = 3, 8, 3
SIGNS = {"passed": "passed", "failed": "FAILED", "left_out": "left out", "not_graded": "not graded"}
HIDDEN = "What is tested here is not shown."


def points_of(graded: Grade | PartGrade) -> str:
    """`80 of 100`; where something was not graded: `70 of 90 (10 not graded)`."""
    missing = graded.worth - graded.out_of
    aside = f" ({spelled(missing)} not graded)" if missing > 0 else ""
    return f"{spelled(graded.points)} of {spelled(graded.out_of)}{aside}"


def counts_of(grade: Grade) -> str:
    """How many scenarios passed, failed and so on."""
    standings = [one.standing for one in grade.outcomes]
    told = [f"{standings.count(kind)} {kind.replace('_', ' ')}" for kind in SIGNS if kind in standings]
    return ", ".join(told) or "nothing was graded"


def grade_line(grade: Grade) -> str:
    """A student's line on the console."""
    aside = grade.note or counts_of(grade)
    return one_line(f"{one_line(grade.student, 40):<24} {points_of(grade):>14}   {aside}", 200)


def part_text(part: PartGrade) -> str:
    """A part of a grade as a student reads it, without what is hidden."""
    if part.hidden:
        return "\n".join([HIDDEN, *([part.note] if part.note else [])])
    hints: set[str] = set()
    lines = [line for outcome in part.outcomes for line in _outcome(outcome, hints)]
    if part.credit == "all":
        lines.append("The points of this part are for all of these, or none.")
    return "\n".join(lines)


def _outcome(outcome: Outcome, hints: set[str]) -> Iterator[str]:
    """What came of a scenario; each hint is told once."""
    runs = f" ({outcome.passes} of {outcome.runs} runs)" if outcome.runs > 1 else ""
    yield from wrapped(f"{SIGNS[outcome.standing]}{runs}: {outcome.scenario}: {outcome.story}", WIDTH, rest=INDENT)
    if outcome.note:
        yield from wrapped(f"{INDENT}note: {outcome.note}", WIDTH, rest=INDENT * 2)
    for told in outcome.told[:MOST_TOLD]:
        yield from told_lines(told if told.hint not in hints else told.model_copy(update={"hint": ""}))
        hints.add(told.hint)
    if outcome.told[MOST_TOLD:]:
        yield f"{INDENT}and {len(outcome.told) - MOST_TOLD} more of the kind"
    for text in outcome.beyond[:MOST_BEYOND]:
        yield from wrapped(f"{INDENT}seen besides, and costs no points: {text}", WIDTH, rest=INDENT * 2)


def told_lines(told: Told) -> Iterator[str]:
    """One thing that was wrong: what was asked, what came, what should have, and the likely cause."""
    rows = {"asked": told.asked, "came": told.came, "expected": told.expected}
    for word, text in rows.items():
        if text:
            yield from wrapped(f"{INDENT}{word:<9} {text}", WIDTH, rest=INDENT * 2)
    clause = f"{told.clause}: " if told.clause else ""
    yield from wrapped(f"{INDENT}{'why':<9} {clause}{told.sentence}", WIDTH, rest=INDENT * 2)
    if told.hint:
        yield from wrapped(f"{INDENT}{'hint':<9} {told.hint}", WIDTH, rest=INDENT * 2)
    if "\n" in told.printed.strip():
        yield f"{INDENT}the program printed last:"
        yield from (f"{INDENT}  | {line}" for line in block(told.printed, MOST_PRINTED, WIDTH - 8).split("\n"))
