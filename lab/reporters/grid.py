"""The matrix as one self-contained page, and in words for documents (pure)."""

from collections.abc import Sequence
from pathlib import Path

from lab.matrix import Cell, Matrix
from lab.verdict import Verdict

TEMPLATES = Path(__file__).parent / "templates"
MADE = "Made by `python -m lab matrix scenarios`, which also writes a page with a cell for each server and scenario."
GOOD = (
    "Each broken server falls by the scenario that must catch it, by the clause that it breaks, and nobody else is "
    "blamed. No two fall in the same way. Each scenario catches some of them, and fails none that is sound: {sound}."
)
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


def document(matrix: Matrix) -> str:
    """The matrix in words, as Markdown: what each server breaks and who catches it, and whom each scenario catches."""
    parts = ["# The matrix", _counts(matrix), MADE, _remarks(matrix), _servers(matrix), "## Scenarios"]
    return "\n\n".join([*parts, _scenarios(matrix)]) + "\n"


def _counts(matrix: Matrix) -> str:
    by_clause = ", ".join(f"{clause} {count}" for clause, count in sorted(matrix.clauses.items(), key=_number))
    return (
        f"{len(matrix.broken)} broken servers and {len(matrix.scenarios)} scenarios. "
        f"How many servers break each clause: {by_clause}."
    )


def _remarks(matrix: Matrix) -> str:
    odd = [f"- {name} is not as it should be: {why}." for name, why in matrix.troubles.items()]
    odd += [f"- Not told apart: {', '.join(names)}." for names in matrix.twins]
    odd += [f"- {name} catches none of them." for name in matrix.idle]
    return "\n".join(odd) or GOOD.format(sound=", ".join(row.name for row in matrix.sound))


def _number(counted: tuple[str, int]) -> tuple[bool, int]:
    """C-clauses first, by their numbers."""
    clause = counted[0]
    return not clause.startswith("C"), int(clause[1:]) if clause[1:].isdigit() else 0


def _servers(matrix: Matrix) -> str:
    rows = [
        (f"`{row.name}`", row.about, row.breaks, f"`{row.caught_by}`", str(len(row.caught))) for row in matrix.broken
    ]
    return _table(("server", "what is wrong with it", "breaks", "caught by", "and by all in all"), rows)


def _scenarios(matrix: Matrix) -> str:
    alone: dict[str, list[str]] = {}
    for server, scenario in matrix.only.items():
        alone.setdefault(scenario, []).append(f"`{server}`")
    rows = [
        (f"`{name}`", str(len(caught)), ", ".join(alone.get(name, []))) for name, caught in matrix.caught_by.items()
    ]
    return _table(("scenario", "catches", "and alone catches"), rows)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
