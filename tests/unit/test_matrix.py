"""The kill matrix, and what follows from it."""

import pytest

from lab.cli.crossing import summary
from lab.matrix import Cell, Matrix, Row, row_cells
from lab.reporters.grid import document, page
from lab.result import Finding, ScenarioResult
from lab.verdict import Verdict, exit_code

PASSED, DOUBTED, BUG = (Cell(verdict=verdict) for verdict in (Verdict.PASSED, Verdict.INCONCLUSIVE, Verdict.ERROR))


def failed(*clauses: str, blames: tuple[str, ...] = ()) -> Cell:
    return Cell(verdict=Verdict.FAILED, clauses=clauses, blames=blames)


def row(name: str, breaks: str = "", caught_by: str = "", **cells: Cell) -> Row:
    role = name.partition("_")[0] if breaks else ""
    return Row(
        name=name,
        role=role,
        about=f"{name} is wrong." if breaks else "",
        breaks=breaks,
        caught_by=caught_by,
        cells=cells,
    )


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


@pytest.mark.parametrize(
    ("name", "blamed", "trouble"),
    [
        ("ls_x", "ls", ""),
        ("ls_x", "ts1", "two blames ts1 for it"),
        ("ls_x", "ann", "two blames ann for it"),
        ("ts_x", "ts2", ""),
        ("ts_x", "ls", "two blames ls for it"),
        ("client_x", "ann", ""),
        ("client_x", "ls", "two blames ls for it"),
    ],
)
def test_nobody_else_may_be_blamed_for_it_by_any_scenario(name: str, blamed: str, trouble: str) -> None:
    assert row(name, "C5", "one", one=failed("C5"), two=failed("C3", blames=(blamed,))).trouble == trouble


def test_a_sound_server_must_pass() -> None:
    assert row("x", one=PASSED, two=Cell(verdict=Verdict.SKIPPED)).trouble == ""
    assert row("x", one=failed("C5"), two=PASSED).trouble == "sound, and yet failed by one"
    assert row("x", one=DOUBTED, two=PASSED).trouble == "sound, and yet not passed by one"


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([row("x", one=PASSED), row("ls_x", "C5", "one", one=failed("C5"))], 0),
        ([row("x", one=failed("C5"))], 1),
        ([row("x", one=PASSED), row("ls_x", "C5", "one", one=failed("B2"))], 1),
        ([row("x", one=PASSED), row("ls_x", "C5", "one", one=PASSED)], 1),
        ([row("x", one=DOUBTED)], 7),
        ([row("x", one=PASSED), row("ls_x", "C5", "one", one=DOUBTED)], 7),
        ([row("x", one=PASSED), row("ls_x", "C5", "one", one=failed("C5"), two=BUG)], 3),
        ([row("x", one=failed("C5"), two=BUG)], 3),
    ],
)
def test_the_labs_own_trouble_and_doubts_have_their_own_exit_codes(rows: list[Row], code: int) -> None:
    assert exit_code(one.verdict for one in rows) == code
    assert bool(Matrix(rows=tuple(rows)).troubles) == bool(code)


def test_a_cell_has_what_counts_of_what_failed() -> None:
    failing = [
        Finding(check="a", clause="C5", verdict=Verdict.FAILED, sentence="", blames="ls"),
        Finding(check="b", clause="C3", verdict=Verdict.FAILED, sentence="", blames="ls"),
        Finding(check="c", clause="B1", verdict=Verdict.FAILED, sentence="", blames="ts1", counts=False),
        Finding(check="d", clause="B2", verdict=Verdict.PASSED, sentence=""),
    ]
    result = ScenarioResult(name="one", path="", verdict=Verdict.FAILED, findings=tuple(failing))
    assert row_cells([result]) == {"one": failed("C3", "C5", blames=("ls",))}


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
    for word in (
        "reference",
        "ls_early (C5)",
        "three",
        "B6 C5",
        "Not told apart: ls_late, ls_tardy.",
        "ls_early by one.",
    ):
        assert word in text
    assert text.count("failed named") == 3


def test_the_document_has_every_server_and_scenario_and_who_alone_catches_whom() -> None:
    lines = document(MATRIX).splitlines()
    assert "3 broken servers and 3 scenarios. How many servers break each clause: C5 3." in lines
    assert "| `ls_late` | ls_late is wrong. | C5 | `one` | 2 |" in lines
    assert {"| `one` | 3 | `ls_early` |", "| `two` | 2 |  |", "| `three` | 0 |  |"} <= set(lines)
    assert {"- Not told apart: ls_late, ls_tardy.", "- three catches none of them."} <= set(lines)


def test_the_document_says_that_all_is_as_it_should_be() -> None:
    whole = Matrix(rows=(row("reference", one=PASSED), row("ls_early", "C5", "one", one=failed("C5"))))
    assert "and fails none that is sound: reference." in document(whole)
    assert "- ls_early is not as it should be: one, which must catch it, says passed." in document(
        Matrix(rows=(row("ls_early", "C5", "one", one=PASSED),))
    )
