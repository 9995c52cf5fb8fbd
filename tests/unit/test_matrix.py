"""The kill matrix, and what follows from it."""

from lab.cli.crossing import summary
from lab.matrix import Cell, Matrix, Row
from lab.reporters.grid import page, table
from lab.verdict import Verdict

PASSED = Cell(verdict=Verdict.PASSED)


def failed(*clauses: str) -> Cell:
    return Cell(verdict=Verdict.FAILED, clauses=clauses)


def row(name: str, breaks: str = "", caught_by: str = "", **cells: Cell) -> Row:
    return Row(name=name, about=f"{name} is wrong." if breaks else "", breaks=breaks, caught_by=caught_by, cells=cells)


MATRIX = Matrix(
    rows=(
        row("reference", one=PASSED, two=PASSED, three=PASSED),
        row("ls_early", "C5", "one", one=failed("C5"), two=PASSED, three=PASSED),
        row("ls_late", "C5", "one", one=failed("C5"), two=failed("B6", "C5"), three=PASSED),
        row("ls_tardy", "C5", "two", one=failed("C5"), two=failed("B6", "C5"), three=PASSED),
    )
)


def test_a_broken_server_must_fall_by_its_scenario_and_its_clause() -> None:
    assert row("x", "C5", "one", one=failed("C5", "B2")).trouble == ""
    assert row("x", "C5", "one", one=failed("B2")).trouble == "one catches it by B2, not by C5"
    assert row("x", "C5", "one", one=PASSED).trouble == "one, which must catch it, says passed"
    assert row("x", "C5", "one", two=PASSED).trouble == "one, which must catch it, was not run"


def test_a_sound_server_must_fall_by_none() -> None:
    assert row("x", one=PASSED).trouble == ""
    assert row("x", one=failed("C5"), two=PASSED).trouble == "sound, and yet failed by one"


def test_the_matrix_tells_who_alone_catches_whom_and_who_catches_none_and_who_cannot_be_told_apart() -> None:
    assert MATRIX.only == {"ls_early": "one"}
    assert MATRIX.idle == ("three",)
    assert MATRIX.twins == (("ls_late", "ls_tardy"),)
    assert MATRIX.troubles == {}
    assert MATRIX.clauses == {"C5": 3}


def test_the_summary_says_so() -> None:
    assert summary(MATRIX) == (
        "4 servers, 3 of them broken, and 3 scenarios\n"
        "caught by one scenario only: ls_early, by one\n"
        "not told apart: ls_late, ls_tardy\n"
        "1 scenarios catch none of them: three"
    )


def test_the_page_has_every_server_and_scenario_and_frames_the_one_that_must_catch() -> None:
    text = page(MATRIX)
    for word in ("reference", "ls_early (C5)", "three", "B6 C5", "Not told apart: ls_late, ls_tardy."):
        assert word in text
    assert text.count("failed named") == 3


def test_the_table_has_a_line_for_each_broken_server() -> None:
    assert "| `ls_late` | ls_late is wrong. | C5 | `one` | 2 |" in table(MATRIX).splitlines()
