"""`results.json` of one submission, as Gradescope reads it (pure).

https://gradescope-autograders.readthedocs.io/en/latest/specs/ has the format.
"""

import json
from typing import Any

from lab.grade import Grade, PartGrade
from lab.reporters.gradewords import counts_of, part_text, points_of
from lab.reporters.text import visible


def gradescope(grade: Grade) -> str:
    """The grade as JSON in ASCII: a test for each part; what is hidden is so, and says nothing of what is in it."""
    document = {
        "score": grade.points,
        "max_score": grade.worth,
        "output": visible("\n".join(_output(grade))),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [_test(part, number) for number, part in enumerate(grade.parts, 1)],
    }
    return json.dumps(document, indent=1) + "\n"


def _output(grade: Grade) -> list[str]:
    return [f"Points: {points_of(grade)}.", f"Scenarios: {counts_of(grade)}.", *grade.notes]


def _test(part: PartGrade, number: int) -> dict[str, Any]:
    return {
        "name": visible(part.title),
        "number": str(number),
        "score": part.points,
        "max_score": part.worth,
        "status": "passed" if part.points == part.worth else "failed",
        "output": visible(part_text(part)),
        "output_format": "text",
        "visibility": "hidden" if part.hidden else "visible",
    }
