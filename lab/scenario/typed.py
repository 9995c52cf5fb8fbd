"""From a document to a typed shape: all complaints, and as much of the shape as can be had in spite of them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from lab.errors import Complaint
from lab.scenario.choice import BROKEN
from lab.scenario.document import Document, Spot, Tree, form, quoted, shown
from lab.scenario.guide import Guide
from lab.scenario.wording import MOST, complaints_of

T = TypeVar("T", bound=BaseModel)
BOOLEANS = frozenset(["y", "yes", "n", "no", "true", "false", "on", "off"])


@dataclass(frozen=True)
class Typed(Generic[T]):
    """What came of a document.

    Attributes:
        shape: The shape, with `BROKEN` in the place of entries that are wrong; None if nothing can be made of it.
        complaints: All that is wrong with the fields.
        broken: The sections of the document that are not wholly there, such as `faults`.
    """

    shape: T | None
    complaints: list[Complaint]
    broken: frozenset[str] = frozenset()


def typed(shape: type[T], document: Document, guide: Callable[[], Guide], filler: dict[str, Tree]) -> Typed[T]:
    """The document as a shape; `filler` stands in for required fields that are wrong or missing."""
    stranger = _stranger(document, str(filler["lab"]))
    if stranger:
        return Typed(None, [stranger])
    try:
        return Typed(shape.model_validate(document.tree), [])
    except ValidationError as error:
        too_many = error.error_count() > MOST
        found = complaints_of(error, document, guide())
    if not found:  # what pydantic said was said to follow from something else, and did not
        return Typed(None, [document.complain((), "something is wrong here", "compare it with a file that works")])
    spots = [spot for spot, _ in found]
    broken = frozenset(str(spot[0]) for spot in spots if spot)
    rest = None if too_many else _rest(shape, document, spots, filler)
    return Typed(rest, [complaint for _, complaint in found], broken)


def _stranger(document: Document, wanted: str) -> Complaint | None:
    """A complaint if the file is of no format, or of another."""
    tree = document.tree
    if not isinstance(tree, dict):
        what = f"the file is {form(tree)}, not fields with values" if tree else "the file has no fields"
        return document.complain((), what, f"begin it with the line lab: {wanted}")
    given = tree.get("lab", wanted)
    if given == wanted:
        return None
    name = wanted.partition("/")[0]
    what = f"{shown(given)} is not the format of a {name} that is read here" if given else "the file names no format"
    return document.complain(("lab",), what, f"write lab: {wanted}, or name another file")


def _rest(shape: type[T], document: Document, spots: list[Spot], filler: dict[str, Tree]) -> T | None:
    tree: Any = _copied(document.tree)
    for spot in spots:
        _break(tree, spot)
    try:
        return shape.model_validate({**filler, **tree})
    except ValidationError:
        return None


def _copied(tree: Tree) -> Any:
    if isinstance(tree, dict):
        return {key: _copied(item) for key, item in tree.items()}
    return [_copied(item) for item in tree] if isinstance(tree, list) else tree


def _break(tree: Any, spot: Spot) -> None:
    """Take out the smallest part that can be wrong by itself: an entry of a list, or a field of the top two levels."""
    node = tree
    for depth, part in enumerate(spot):
        if isinstance(node, list) and isinstance(part, int):
            node[part] = BROKEN
            return
        inner = node.get(part) if isinstance(node, dict) else None
        deeper = len(spot) > depth + 1 and depth < 2 and isinstance(inner, dict | list)
        if not deeper:
            if isinstance(node, dict):
                node.pop(part, None)
            return
        node = inner


def boolean_keys(document: Document, is_free: Callable[[Spot], bool]) -> Iterator[Complaint]:
    """Keys that plain YAML takes for true or false, such as `on`; where `is_free`, a key is the user's own text."""
    for spot, mark in document.keys.items():
        word = str(spot[-1])
        if mark.plain and word.lower() in BOOLEANS and not is_free(spot):
            what = f"{word} as a key is read as true or false by other YAML readers"
            yield document.complain(spot, what, f"choose another word, or quote it: {quoted(word)}", "key")


def in_order(strict: Iterable[Complaint], others: Iterable[Complaint]) -> list[Complaint]:
    """The complaints in the order of the file, each once; the others not where a strict one stands already.

    Beyond `MOST` of them a last one says how many more there are.
    """
    first = list(strict)
    taken = {(item.line, item.column) for item in first}
    rest = [item for item in others if (item.line, item.column) not in taken]
    unique = {(item.line, item.column, item.what): item for item in (*first, *rest)}
    ordered = sorted(unique.values(), key=lambda item: (item.line, item.column))
    if len(ordered) <= MOST:
        return ordered
    last = replace(ordered[MOST], what=f"{len(ordered) - MOST} more things are wrong from here on", path="")
    return [*ordered[:MOST], replace(last, cure="put right those above first")]
