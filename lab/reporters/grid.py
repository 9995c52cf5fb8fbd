"""The matrix as one self-contained page, and as a table for documents (pure)."""

from pathlib import Path

from lab.matrix import Cell, Matrix
from lab.verdict import Verdict

TEMPLATES = Path(__file__).parent / "templates"
SIGNS = {
    Verdict.PASSED: "",
    Verdict.SKIPPED: "–",  # noqa: RUF001 - a dash is meant
    Verdict.INCONCLUSIVE: "?",
    Verdict.ERROR: "!",
}


def page(matrix: Matrix) -> str:
    """The matrix as HTML: a row a server, a column a scenario, the clauses in the cells."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - `lab --help` stays quick

    tools = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return tools.get_template("matrix.html.j2").render(matrix=matrix, sign=sign)


def sign(cell: Cell | None) -> str:
    """What stands in a cell: the clauses that were broken, a mark, or nothing where it passed."""
    if cell is None:
        return " "
    return " ".join(cell.clauses) or "✗" if cell.verdict is Verdict.FAILED else SIGNS[cell.verdict]


def table(matrix: Matrix) -> str:
    """The broken servers as a Markdown table: what each breaks, and how many scenarios catch it."""
    rows = [
        f"| `{row.name}` | {row.about} | {row.breaks} | `{row.caught_by}` | {len(row.caught)} |"
        for row in matrix.broken
    ]
    head = ["| server | what is wrong with it | breaks | caught by | and by all in all |", "|---|---|---|---|---|"]
    return "\n".join([*head, *rows]) + "\n"
