"""Scenario files: found, recognised and loaded, or refused with everything that is wrong with them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from lab.errors import BadInput, Complaint
from lab.scenario.build import build
from lab.scenario.cases import Values, cases_of, collisions, filled, too_large, variable_complaints
from lab.scenario.document import Document, Spot, Tree
from lab.scenario.guide import Guide
from lab.scenario.model import Scenario
from lab.scenario.reader import read, read_file, read_text
from lab.scenario.references import Inside
from lab.scenario.schema import scenario_schema
from lab.scenario.shapes import scenario_shape
from lab.scenario.typed import boolean_keys, in_order, typed

FILLER: dict[str, Tree] = {"lab": "scenario/1", "story": "unknown"}
SUFFIXES = (".yaml", ".yml")
BEGINNING = re.compile(r"(?:\ufeff?[ \t]*(?:#[^\n]*|---[ \t]*)?\r?\n)*\ufeff?lab[ \t]*:[ \t]*[\"']?scenario\b")
HEAD = 16 * 1024  # bytes in which a file must say what it is
NAME = re.compile(r"[A-Za-z0-9_.-]+\Z")


def load(path: str | Path) -> list[Scenario]:
    """The scenarios of a file: one for each case, or the one.

    Raises:
        BadInput: The file cannot be read, or is wrong; all complaints at once, in the order of the file.
    """
    data = read_file(Path(path))
    return _loaded(*read(data, str(path)), data.decode("utf-8", "replace"))


def load_text(text: str, path: str) -> list[Scenario]:
    """As `load`, for the text of a file; `path` names it in complaints, and its stem is the scenario's name.

    Raises:
        BadInput: The text is wrong; all complaints at once, in the order of the file.
    """
    return _loaded(*read_text(text, path), text)


def is_scenario(path: Path) -> bool:
    """Whether the file begins with `lab: scenario/…`; comments and blank lines may come before it."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except (OSError, ValueError):
        return False
    return BEGINNING.match(head.decode("utf-8", "replace")) is not None


def find(paths: Iterable[str | Path]) -> list[Path]:
    """These files, and the scenarios in these folders, searched to the bottom; sorted, each once.

    A file that is named is taken as a scenario, so that reading it says what is wrong with it, and where.

    Raises:
        BadInput: A path does not exist, or is neither file nor folder.
    """
    complaints: list[Complaint] = []
    found: set[Path] = set()
    for path in map(Path, paths):
        try:
            found |= set(_found(path))
        except BadInput as bad:
            complaints += bad.complaints
    if complaints:
        raise BadInput(complaints)
    return sorted(found)


def _found(path: Path) -> Iterator[Path]:
    if path.is_dir():
        files = (file for file in path.rglob("*") if file.suffix in SUFFIXES and file.is_file())
        yield from (file for file in files if is_scenario(file))
        return
    if not path.exists():
        raise BadInput.because("there is no such file or folder", "check the path", str(path))
    if not path.is_file():
        raise BadInput.because("this is no file", "name a scenario, or a folder of them", str(path))
    yield path


@cache
def guide() -> Guide:
    """What the scenario format wants where."""
    return Guide(scenario_schema())


def _loaded(document: Document, strict: list[Complaint], text: str) -> list[Scenario]:
    if document.tree == "" and strict:
        raise BadInput(in_order(strict, []))
    strict = [*strict, *boolean_keys(document, _is_host)]
    found: list[Complaint] = list(_name_complaints(document))
    scenarios: list[Scenario] = []
    cases = cases_of(document)
    large = too_large(document, cases or {})
    if large:
        raise BadInput(in_order(strict, [large]))
    for name, values in (cases or {"": {}}).items():
        scenario, complaints = _one_case(document, name, values, text)
        found += complaints
        scenarios += [scenario] if scenario else []
    found = _about_variables(document, cases, found)
    if strict or found:
        raise BadInput(in_order(strict, found))
    return scenarios


def _about_variables(document: Document, cases: dict[str, Values] | None, found: list[Complaint]) -> list[Complaint]:
    """The complaints about variables, in the place of those that only follow from an unknown one."""
    tree = document.tree if isinstance(document.tree, dict) else {}
    unsure = "cases" in tree and cases is None
    about = [] if unsure else list(variable_complaints(document, cases or {}))
    if not (unsure or about):
        return found
    sure = [item for item in found if "${" not in item.quote or item.path.startswith("cases")]
    return [*about, *sure] or found


def _one_case(document: Document, case: str, values: Values, text: str) -> tuple[Scenario | None, list[Complaint]]:
    clashes = list(collisions(document, case, values)) if case else []
    here = filled(document, values) if case else document
    result = typed(scenario_shape(), here, guide, FILLER)
    if result.shape is None:
        return None, [*clashes, *result.complaints]
    stem = Path(document.file).name.removesuffix(".yaml").removesuffix(".yml")
    built = build(here, result.shape, f"{stem}.{case}" if case else stem, text)
    references = Inside(here, result.shape, built, result.broken).complaints()
    return built.scenario, [*clashes, *_of_case(case, [*result.complaints, *built.complaints, *references])]


def _of_case(case: str, complaints: list[Complaint]) -> list[Complaint]:
    """The complaints, those about lines with variables saying which case is meant."""
    return [
        replace(item, what=f"in case {case}: {item.what}") if case and "${" in item.quote else item
        for item in complaints
    ]


def _is_host(spot: Spot) -> bool:
    return len(spot) == 3 and spot[0] == "tables"


def _name_complaints(document: Document) -> Iterator[Complaint]:
    name = Path(document.file).name
    if not NAME.match(name):
        cure = "rename it with letters, digits, _ . and - only, as its name is the scenario's id"
        yield document.complain_at(0, 0, f"{name} is no name for a scenario's file", cure)
