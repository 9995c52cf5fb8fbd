"""A class of three for the reports of grades: one odd name, one part hidden, one not graded, one left out."""

from report_cases import NASTY

from lab.grade import Grade, Gradebook, Outcome, Told, Weighed
from lab.points import grade_of

PARTS = (
    Weighed(title="Answers are relayed", points=60, scenarios=("known", "slow", "program")),
    Weighed(title="A secret", points=40, scenarios=("hushed",), hidden=True),
)
LATE = Told(
    clause="C5",
    sentence="client asked nobody.example; LS gave up too late: it must wait 5 s for all servers together.",
    asked="nobody.example",
    came="'nobody.example - Error:HOST NOT FOUND' after 8.01 s",
    expected="not found at 5 s",
    hint="Look at the time-out that your LS sets, and from when it counts.",
)
GONE = Told(clause="C1", sentence="ls exited by itself with status 1.", came="exited", printed=f"one\n{NASTY}")
STORIES = {
    "known": "Nothing is wrong.",
    "slow": "TS1 is late.",
    "program": "A program asks.",
    "hushed": "It is hushed.",
}


def outcome(name: str, standing: str, note: str = "", *told: Told) -> Outcome:
    return Outcome.model_validate(
        {
            "scenario": name,
            "story": STORIES[name],
            "has_faults": name == "slow",
            "standing": standing,
            "runs": 3,
            "passes": 3 * (standing == "passed"),
            "note": note,
            "told": told,
            "beyond": ("B1: A late answer went to the next query.",) if name == "known" else (),
        }
    )


def grade(student: str, *outcomes: Outcome) -> Grade:
    return grade_of(student, f"in/{student}", PARTS, {one.scenario: one for one in outcomes}, ("known",))


def book() -> Gradebook:
    sound = [
        outcome("known", "passed"),
        outcome("slow", "passed", "it failed at first, and passed when it was run again"),
    ]
    sound += [outcome("program", "left_out", "the system has no client"), outcome("hushed", "passed")]
    late = [outcome("known", "failed", "", LATE), outcome("slow", "failed", "", LATE, LATE, LATE, LATE)]
    late += [outcome("program", "not_graded", "the time for grading was up"), outcome("hushed", "failed", "", LATE)]
    gone = [outcome(name, "failed", "", GONE) for name in STORIES]
    grades = (grade("ann", *sound), grade("=late", *late), grade(NASTY[:30], *gone))
    return Gradebook(about="A class.", started="2026-01-01T00-00-00", wall_s=12.5, ended="interrupted", grades=grades)
