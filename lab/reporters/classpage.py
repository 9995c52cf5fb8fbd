"""`class.html`: a class on one self-contained page, a row a student and a column a scenario (pure)."""

from pathlib import Path
from urllib.parse import quote

from lab.grade import Gradebook, Outcome
from lab.reporters.gradewords import points_of
from lab.reporters.text import one_line

TEMPLATES = Path(__file__).parent / "templates"
SIGNS = {"passed": "✓", "failed": "✗", "left_out": "–", "not_graded": "?"}  # noqa: RUF001 - a dash is meant


def class_page(book: Gradebook) -> str:
    """The page as HTML; each student's name leads to the student's own page."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - `lab --help` stays quick

    tools = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        finalize=lambda value: (
            one_line(value, 400) if isinstance(value, str) and not hasattr(value, "__html__") else value
        ),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    parts = book.grades[0].parts if book.grades else ()
    template = tools.get_template("class.html.j2")
    return template.render(book=book, parts=parts, signs=SIGNS, points_of=points_of, why=why, quote=quote)


def why(outcome: Outcome) -> str:
    """What a cell says when it is looked at."""
    told = outcome.note or next((f"{one.clause}: {one.sentence}" for one in outcome.told), outcome.story)
    return f"{outcome.scenario}: {outcome.standing.replace('_', ' ')}: {told}"
