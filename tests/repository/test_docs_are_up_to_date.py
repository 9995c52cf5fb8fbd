"""Generated pages are as their sources are, links lead somewhere, and the documents name what is there."""

import re
from pathlib import Path

import pytest

from tests.repository.documents import PAGES, ROOT, anchors, links, name_of
from tests.repository.regenerate import ARCHITECTURE, generated

CURE = "run `python tests/repository/regenerate.py`"
TREE = re.compile(r"`((?:lab|servers|tests|docs|benchmarks|scenarios)/[\w./-]*)`")
LINKS = [(page, link) for page in PAGES for link in links(page)]


@pytest.mark.parametrize("path", generated(), ids=name_of)
def test_what_is_generated_is_up_to_date(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == generated()[path], f"{name_of(path)} is out of date: {CURE}"


@pytest.mark.parametrize(("page", "link"), LINKS, ids=lambda value: value if isinstance(value, str) else name_of(value))
def test_every_link_leads_somewhere(page: Path, link: str) -> None:
    if re.match(r"[a-z]+:", link):
        return
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    assert target.exists(), f"{name_of(page)}: nothing is at {link}; correct the link"
    if anchor:
        known = sorted(anchors(target))
        assert anchor in known, f"{name_of(page)}: {path or 'the page'} has no heading #{anchor}; it has {known}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    named = set(TREE.findall(page.read_text(encoding="utf-8")))
    missing = sorted(name for name in named if not (ROOT / name).exists() and name != "lab/faults/shout.py")
    assert not missing, f"{name_of(page)} names {missing}, which are not there"


def test_the_life_of_a_run_has_eight_sentences_that_each_name_a_file() -> None:
    text = ARCHITECTURE.read_text(encoding="utf-8")
    section = text.partition("## The life of a run\n")[2].partition("\n## ")[0]
    steps = re.findall(r"^\d+\. (.*)$", section, re.MULTILINE)
    assert len(steps) == 8
    assert all(TREE.search(step) for step in steps)


def test_every_decision_is_listed_and_has_its_three_parts() -> None:
    folder = ROOT / "docs" / "adr"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    for page in sorted(folder.glob("0*.md")):
        text = page.read_text(encoding="utf-8")
        assert f"({page.name})" in listed, f"list {page.name} in docs/adr/README.md"
        for part in ("## Context", "## Decision", "## Consequences"):
            assert f"\n{part}\n" in text, f"{page.name} has no {part}"


def test_ci_takes_the_command_of_the_readme() -> None:
    command = "python3 -m venv .venv && .venv/bin/pip install -q tox && .venv/bin/tox"
    for page in ("README.md", "CONTRIBUTING.md", ".ci/run"):
        lines = [line.strip() for line in (ROOT / page).read_text(encoding="utf-8").splitlines()]
        assert command in lines, f"{page} is to run the tests with exactly: {command}"
