"""The front page says what is true: the scenario it shows, the exit codes, the verbs, the clauses."""

import re

from lab.cli import VERBS
from lab.verdict import EXIT_BAD_INPUT, EXIT_CODES, EXIT_INTERRUPTED, EXIT_NOTHING_TO_RUN, Verdict
from tests.repository.documents import ROOT, blocks

README = ROOT / "README.md"
CLAUSES = [f"C{number}" for number in range(1, 11)] + [f"B{number}" for number in range(1, 17)]


def code_lines(text: str) -> list[str]:
    """The lines without comments and blank ones."""
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def test_the_scenario_it_shows_is_the_one_it_runs() -> None:
    (shown,) = blocks(README, "yaml")
    ran = text_of("scenarios/slow_ts.yaml")
    assert code_lines(shown.text) == code_lines(ran), "README.md shows another scenario than scenarios/slow_ts.yaml"


def test_it_explains_every_exit_code_and_no_other() -> None:
    codes = {*EXIT_CODES.values(), EXIT_INTERRUPTED, EXIT_BAD_INPUT, EXIT_NOTHING_TO_RUN}
    section = text_of("README.md").partition("## Exit codes\n")[2].partition("\n## ")[0]
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)} == codes


def test_it_shows_every_verb() -> None:
    text = text_of("README.md")
    missing = [verb for verb in VERBS if f"python -m lab {verb}" not in text]
    assert not missing, f"README.md does not show {missing}"


def test_every_clause_is_in_the_contract_and_no_other() -> None:
    assert re.findall(r"^\| ([CB]\d+) \|", text_of("docs/contract.md"), re.MULTILINE) == CLAUSES


def test_every_verdict_is_explained_with_its_exit_code() -> None:
    text = text_of("docs/reading_a_report.md")
    for verdict in Verdict:
        row = re.search(rf"^\| {verdict} \|.*\| (\d) \|$", text, re.MULTILINE)
        assert row, f"docs/reading_a_report.md has no row for {verdict}"
        assert int(row[1]) == EXIT_CODES[verdict]
