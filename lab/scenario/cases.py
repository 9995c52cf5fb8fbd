"""`cases:`: one scenario over named values, each case with its own; `${variable}` is replaced before typing."""

import re
from collections.abc import Iterator
from dataclasses import replace

from lab.errors import Complaint
from lab.scenario.document import Document, Spot, Tree, shown
from lab.scenario.guide import one_of

VARIABLE = re.compile(r"\$\{([^}]*)(\}|\Z)")
LARGEST = 4 * 1024 * 1024  # characters of all cases together
Values = dict[str, str]


def cases_of(document: Document) -> dict[str, Values] | None:
    """The values of each case by its name; None if there are none, or if they are not written as they should be."""
    section = document.tree.get("cases") if isinstance(document.tree, dict) else None
    if not isinstance(section, dict) or not section:
        return None
    cases: dict[str, Values] = {}
    for name, values in section.items():
        if not isinstance(values, dict):
            return None
        texts = {key: value for key, value in values.items() if isinstance(value, str)}
        if len(texts) < len(values):
            return None
        cases[name] = texts
    return cases


def too_large(document: Document, cases: dict[str, Values]) -> Complaint | None:
    """A complaint if the file, once for each case with its values written out, would be larger than is read."""
    uses = sum(len(VARIABLE.findall(line)) for line in document.lines)
    longest = max((len(value) for values in cases.values() for value in values.values()), default=0)
    size = (sum(map(len, document.lines)) + uses * longest) * len(cases)
    if size <= LARGEST:
        return None
    what = f"all cases of this file together come to more than {LARGEST // 1024} KiB"
    return document.complain(("cases",), what, "write fewer or shorter ones, or several files", "key")


def filled(document: Document, values: Values) -> Document:
    """The document with every variable replaced, in keys too, but not in the cases; what is unknown stays as it is."""
    tree = document.tree if isinstance(document.tree, dict) else {}
    rest: dict[str, Tree] = {key: item if key == "cases" else _fill_tree(item, values) for key, item in tree.items()}
    if not _has_variable_keys(document):
        return replace(document, tree=rest)
    marks = {_fill_spot(spot, values): mark for spot, mark in document.values.items()}
    keys = {_fill_spot(spot, values): mark for spot, mark in document.keys.items()}
    return replace(document, tree=rest, values=marks, keys=keys)


def collisions(document: Document, case: str, values: Values) -> Iterator[Complaint]:
    """Keys that become the same as their neighbour once the variables of a case are replaced."""
    seen: set[Spot] = set()
    for spot in document.keys if _has_variable_keys(document) else ():
        become = _fill_spot(spot, values)
        if spot[0] != "cases" and become in seen:
            what = f"in case {case} this key is {shown(become[-1])}, which stands here already"
            yield document.complain(spot, what, "give the variable another value", "key")
        seen.add(become)


def _has_variable_keys(document: Document) -> bool:
    return any("$" in str(spot[-1]) for spot in document.keys)


def fill(text: str, values: Values) -> str:
    """The text with its variables replaced."""
    return (
        text
        if "$" not in text
        else VARIABLE.sub(lambda match: values.get(match[1], match[0]) if match[2] else match[0], text)
    )


def _fill_tree(tree: Tree, values: Values) -> Tree:
    if isinstance(tree, dict):
        return {fill(key, values): _fill_tree(item, values) for key, item in tree.items()}
    return [_fill_tree(item, values) for item in tree] if isinstance(tree, list) else fill(tree, values)


def _fill_spot(spot: Spot, values: Values) -> Spot:
    return tuple(fill(part, values) if isinstance(part, str) else part for part in spot)


def variable_complaints(document: Document, cases: dict[str, Values]) -> Iterator[Complaint]:
    """Variables that are used and not there, in any case; and those that are there and not used."""
    used: dict[str, Spot] = {}
    for spot, text in _texts(document.tree, ()):
        for match in VARIABLE.finditer(text):
            used.setdefault(match[1], spot)
            yield from _unknown(document, spot, match, cases)
    for name, values in cases.items():
        for variable in values.keys() - used.keys():
            what = f"no text of the file uses ${{{variable}}}"
            yield document.complain(("cases", name, variable), what, "use it, or remove it", "key")


def _unknown(document: Document, spot: Spot, match: re.Match[str], cases: dict[str, Values]) -> Iterator[Complaint]:
    name = match[1]
    if not match[2]:
        yield document.complain(spot, f"${{{shown(name)} has no closing brace", "write ${variable}")
        return
    without = [case for case, values in cases.items() if name not in values]
    if not cases:
        cure = f"add cases: {{first: {{{name or 'variable'}: value}}}}, or write the value itself"
        yield document.complain(spot, f"there are no cases that say what ${{{shown(name)}}} is", cure)
    elif without:
        known = sorted({key for values in cases.values() for key in values})
        cure = f"add it there, or use {one_of(known)}" if known else "add it there"
        yield document.complain(spot, f"case {without[0]} does not say what ${{{shown(name)}}} is", cure)


def _texts(tree: Tree, spot: Spot) -> Iterator[tuple[Spot, str]]:
    """Every text outside `cases`, keys too, with its spot."""
    if isinstance(tree, str):
        yield spot, tree
        return
    for part, item in tree.items() if isinstance(tree, dict) else enumerate(tree):
        if (*spot, part) != ("cases",):
            yield (*spot, part), str(part)
            yield from _texts(item, (*spot, part))
