"""What students and course staff read of a grade: all of it that is theirs, safe, and nothing of what is hidden."""

import csv
import json
from io import StringIO

import pytest
from report_grades import book
from test_report_page import read

from lab.reporters.base import Bundle
from lab.reporters.classpage import class_page
from lab.reporters.gradescope import gradescope
from lab.reporters.gradesheet import gradesheet
from lab.reporters.page import draw
from lab.result import RunResult
from lab.verdict import Verdict

BOOK = book()
ANN, LATE, ODD = BOOK.grades


def student_page(grade: object) -> str:
    return draw(Bundle(RunResult(verdict=Verdict.SKIPPED), grade=grade))  # type: ignore[arg-type]


def test_the_sheet_has_a_column_for_each_part_and_says_what_was_not_graded() -> None:
    rows = list(csv.DictReader(StringIO(gradesheet(BOOK))))
    assert list(rows[0]) == ["student", "points", "out of", "Answers are relayed (60)", "A secret (40)", "notes"]
    assert (rows[0]["points"], rows[0]["out of"]) == ("100", "100")
    assert "left out, as this system has not what it needs: program (the system has no client)" in rows[0]["notes"]
    assert (rows[1]["points"], rows[1]["out of"]) == ("0", "80")
    assert "not graded: program (the time for grading was up)" in rows[1]["notes"]


def test_no_cell_of_the_sheet_is_a_formula() -> None:
    cells = [cell for row in csv.reader(StringIO(gradesheet(BOOK))) for cell in row]
    assert "'=late" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_an_empty_class_has_an_empty_sheet_and_page() -> None:
    empty = BOOK.model_copy(update={"grades": ()})
    assert gradesheet(empty) == "student,points,out of,notes\n"
    assert read(class_page(empty)).said


def test_the_page_of_the_class_is_self_contained_and_every_cell_says_why() -> None:
    reader = read(class_page(BOOK).replace("<!doctype html>", ""))
    tags = {tag for tag, _ in reader.seen}
    assert not tags & {"script", "img", "link"}
    titles = [attributes.get("title") or "" for tag, attributes in reader.seen if tag == "td"]
    assert "program: not graded: the time for grading was up" in titles
    assert any("LS gave up too late" in title for title in titles)
    assert "interrupted" in "".join(reader.said)


def test_the_page_of_the_class_fits_a_phone() -> None:
    page = class_page(BOOK)
    assert 'name="viewport" content="width=device-width' in page
    assert ".wide { overflow-x: auto" in page
    assert "position: sticky; left: 0" in page, "the student's name stays while the scenarios move"


@pytest.mark.parametrize("grade", BOOK.grades, ids=["sound", "late", "gone"])
def test_students_learn_nothing_of_what_is_hidden_but_title_and_points(grade: object) -> None:
    for text in (student_page(grade), gradescope(grade)):  # type: ignore[arg-type]
        assert "A secret" in text
        assert "hushed" not in text


def test_a_students_page_begins_with_the_points_and_shows_the_exchange() -> None:
    page = student_page(LATE)
    said = " ".join("".join(read(page.replace("<!DOCTYPE html>", "")).said).split())
    assert said.index("0 of 80 (20 not graded) points") < said.index("Answers are relayed")
    for words in ("asked nobody.example", "came 'nobody.example - Error:HOST NOT FOUND' after 8.01 s", "expected not"):
        assert words in said
    assert "seen besides, and costs no points: B1" in said
    assert "and 1 more of the kind" in said


def test_gradescope_gets_a_test_for_each_part() -> None:
    document = json.loads(gradescope(ANN))
    assert (document["score"], document["max_score"], len(document["tests"])) == (100, 100, 2)
    assert [test["status"] for test in document["tests"]] == ["passed", "passed"]
    assert [test["visibility"] for test in document["tests"]] == ["visible", "hidden"]


def test_what_a_program_printed_cannot_break_out() -> None:
    assert "\x1b" not in json.loads(gradescope(ODD))["tests"][0]["output"]
    assert "<script" not in class_page(BOOK).lower() + student_page(ODD).lower()
