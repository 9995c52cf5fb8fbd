"""`grades.csv`: a line for each student, as spreadsheets and learning platforms read it (pure)."""

import csv
from io import StringIO

from lab.grade import Grade, Gradebook, PartGrade, spelled
from lab.reporters.text import one_line

HEAD = ("student", "points", "out of")
NOT_GRADED = "not graded"
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would compute."""
LONGEST_NOTE = 1000


def gradesheet(book: Gradebook) -> str:
    """The students in order; the columns are student, points, out of, each part, and notes."""
    parts = book.grades[0].parts if book.grades else ()
    sheet = StringIO()
    rows = csv.writer(sheet, lineterminator="\n")
    rows.writerow([*HEAD, *(_text(f"{part.title} ({spelled(part.worth)})") for part in parts), "notes"])
    rows.writerows(_row(grade) for grade in book.grades)
    return sheet.getvalue()


def _row(grade: Grade) -> list[str]:
    notes = _text(one_line("; ".join(grade.notes), LONGEST_NOTE))
    parts = (_points(part) for part in grade.parts)
    return [_text(grade.student), spelled(grade.points), spelled(grade.out_of), *parts, notes]


def _points(part: PartGrade) -> str:
    return spelled(part.points) if part.out_of or not part.worth else NOT_GRADED


def _text(text: str) -> str:
    """A cell that is text, also where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(FORMULAS) else text
