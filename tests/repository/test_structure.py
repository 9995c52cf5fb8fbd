"""No module is an orphan, no kind is named by the core, every kind is tested, and strangers stay strangers."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.cli import VERBS
from lab.faults.base import FAULTS
from tests.repository.documents import ROOT, name_of

FAMILIES = ("faults", "checks", "protocols", "reporters")
MODULES = sorted(ROOT.glob("lab/**/*.py"))
ENTRIES = {"lab.__main__", *(module for module, _ in VERBS.values())}
"""Modules that nobody imports by name: programs, and verbs, which are imported when they are used."""
USERS = [*MODULES, *ROOT.glob("*.py"), *ROOT.glob("*.toml")]
"""Where a module that is imported late may be named."""
CONTRACTS = ROOT / "tests" / "contracts"


def dotted(path: Path) -> str:
    return name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, and every `module.name` of a `from`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_kind(path: Path) -> bool:
    """Whether a file registers a kind."""
    text = path.read_text(encoding="utf-8")
    return path.parent.name in FAMILIES and bool(re.search(r"^@(?:[A-Z]+\.kind|reporter)\(", text, re.MULTILINE))


KINDS = [path for path in MODULES if is_kind(path)]
IMPORTS = {dotted(path): set(imported(path)) for path in MODULES}


@pytest.mark.parametrize("path", [path for path in MODULES if path.name != "__init__.py"], ids=name_of)
def test_no_module_is_an_orphan(path: Path) -> None:
    name = dotted(path)
    users = [user for user, names in IMPORTS.items() if name in names and user != name]
    if name in ENTRIES or path in KINDS or users:
        return
    by_name = re.compile(rf"\b{re.escape(name)}\b")
    named = [user for user in USERS if user != path and by_name.search(user.read_text(encoding="utf-8"))]
    assert named, f"nothing uses {name}: remove it, or use it"


@pytest.mark.parametrize("path", KINDS, ids=name_of)
def test_a_kind_is_found_by_its_registry_and_imported_by_nobody(path: Path) -> None:
    users = {user for user, names in IMPORTS.items() if dotted(path) in names}
    assert not users, f"{sorted(users)} import {dotted(path)}: what several need goes into a module of its own"


@pytest.mark.parametrize("kind", FAULTS.names())
def test_every_kind_of_fault_is_pinned_to_what_a_peer_sees(kind: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in CONTRACTS.glob("test_*.py")]
    used = re.compile(rf"[\[{{\s\"'-]{kind}: ")
    assert any(used.search(text) for text in texts), (
        f"add a row with {kind} to tests/contracts: what does its peer see?"
    )


def test_the_lab_and_the_servers_never_import_each_other() -> None:
    servers = {path.stem for path in ROOT.glob("servers/*.py")}
    for path in MODULES:
        assert "servers" not in {name.partition(".")[0] for name in imported(path)}, name_of(path)
    for path in ROOT.glob("servers/**/*.py"):
        found = {name.partition(".")[0] for name in imported(path)}
        assert not found & {"lab", "servers", *servers}, f"{name_of(path)} must stand alone: {sorted(found)}"


def test_the_servers_need_the_standard_library_only() -> None:
    import sys  # noqa: PLC0415 - only here

    for path in ROOT.glob("servers/**/*.py"):
        foreign = {name.partition(".")[0] for name in imported(path)} - sys.stdlib_module_names
        assert not foreign, f"{name_of(path)} imports {sorted(foreign)}"


def test_the_packages_say_what_they_are_for() -> None:
    silent = [name_of(path) for path in MODULES if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert not silent, f"{silent} do not say what they are: write a first line"


def test_no_two_test_modules_have_one_name() -> None:
    """They are collected by their names alone."""
    names = Counter(file.name for file in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []
