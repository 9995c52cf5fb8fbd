"""Limits on what a reader must take in at once, measured on the code itself."""

import ast
from pathlib import Path
from statistics import median, quantiles

import pytest

from tests.repository.documents import ROOT, name_of

MODULE, FUNCTION, MEDIAN, MOST = 300, 40, 5, 20
MODULES = sorted([*ROOT.glob("lab/**/*.py"), *ROOT.glob("servers/*.py"), *ROOT.glob("benchmarks/*.py")])
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> list[Function]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


def body_lines(function: Function) -> int:
    """The lines of its statements, without signature and docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    last = body[-1].end_lineno if body else None
    return last - body[0].lineno + 1 if last else 0


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_is_longer_than_its_limit(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MODULE, f"{name_of(path)} has {lines} lines, more than {MODULE}: split it where its nouns part"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_function_is_longer_than_its_limit(path: Path) -> None:
    long = {function.name: body_lines(function) for function in functions(path) if body_lines(function) > FUNCTION}
    assert not long, f"{name_of(path)}: {long} lines, more than {FUNCTION}: name a part of it and take it out"


def test_most_functions_are_short() -> None:
    sizes = [body_lines(function) for path in MODULES for function in functions(path)]
    tenths = quantiles(sizes, n=10)
    assert median(sizes) <= MEDIAN, f"the median body has {median(sizes)} lines, more than {MEDIAN}: split functions"
    assert tenths[-1] <= MOST, f"a tenth of all bodies have more than {tenths[-1]} lines, the limit is {MOST}"
