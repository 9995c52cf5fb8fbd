"""Pydantic's errors as complaints: each at its place in the user's file, in plain words, with a cure.

This is the one place that knows pydantic's vocabulary; none of it reaches a user.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from lab.errors import Complaint
from lab.registry import nearest
from lab.scenario.document import Document, Side, Spot, Tree, child, cure_of, form, shown, spec
from lab.scenario.guide import Guide, one_of, wish

KEY = "[key]"
MOST = 100  # complaints about a file; nobody reads more at once, and each takes time to word
Error = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _At:
    """One error, and what stands at its place."""

    document: Document
    guide: Guide
    error: Error
    spot: Spot
    node: Tree | None
    rest: Spot

    @property
    def context(self) -> dict[str, Any]:
        """What pydantic adds to the error."""
        return self.error.get("ctx") or {}

    @property
    def cure(self) -> str:
        """What the format wants here; where a text fills a field that is not written out, what that field wants."""
        inner = [part for part in self.rest if part != KEY]
        exact = self.guide.cure(self.document, (*self.spot, *inner)) if inner else ""
        return exact or self.guide.cure(self.document, self.spot) or "compare it with a file that works"


@dataclass(frozen=True, slots=True)
class _Words:
    """What is said of an error; `key` is the key it is about, if it is not about the value itself."""

    what: str
    cure: str
    key: str | None = None
    side: Side = "value"


def complaints_of(error: ValidationError, document: Document, guide: Guide) -> list[tuple[Spot, Complaint]]:
    """Each error of pydantic as the spot it is about and its complaint, in pydantic's order; the first `MOST` only."""
    found = (_complaint(item, document, guide) for item in error.errors(include_url=False)[:MOST])
    return [item for item in found if item is not None]


def _complaint(error: Any, document: Document, guide: Guide) -> tuple[Spot, Complaint] | None:
    spot, node, rest = _walk(document.tree, error["loc"])
    words = SAYINGS.get(error["type"], _in_general)(_At(document, guide, error, spot, node, rest))
    if words is None:
        return None
    here = spot if words.key is None else (*spot, words.key)
    what = "there is nothing here" if words.what.startswith("nothing ") and node == "" else words.what
    return here, document.complain(here, what, words.cure, words.side)


def _walk(tree: Tree, loc: Iterable[str | int]) -> tuple[Spot, Tree | None, tuple[str | int, ...]]:
    """The longest way the location goes in the tree, what stands there, and what the tree has no place for."""
    spot: Spot = ()
    node: Tree | None = tree
    rest: tuple[str | int, ...] = ()
    for part in loc:
        inner = child(node, part)
        if inner is None:
            rest = (*rest, part) if not str(part).startswith("<") else rest
        else:
            spot, node, rest = (*spot, part), inner, ()
    return spot, node, rest


def _missing(at: _At) -> _Words | None:
    name = at.rest[-1] if at.rest else "a field"
    if not isinstance(name, str):
        return _Words("this list is too short", at.guide.cure(at.document, at.spot))
    if _stands_beside(at, name):
        return None
    spot = (*at.spot, name)
    example = at.guide.example(at.document, spot)
    about = at.guide.cure(at.document, spot).removeprefix("write ")
    return _Words(f"the field {name} is missing", f"add {name}: {example or f'with {about}'}", side="key")


def _stands_beside(at: _At, name: str) -> bool:
    """Whether the missing field stands one level too high: then that is what is complained about."""
    around = at.document.at(at.spot[:-1]) if at.spot else None
    return isinstance(around, dict) and name in around and at.node in ("", None)


def _extra(at: _At) -> _Words:
    key = str(at.spot[-1]) if at.spot else ""
    outside = at.spot[:-1]
    owner = _owner(at, key, outside)
    if owner:
        return _Words(f"{shown(key)} belongs to {owner}", f"indent it further, under {owner}", side="key")
    known = sorted(at.guide.fields(at.document, outside))
    near = nearest(key, known)
    guess = f"did you mean {near}? Known are {', '.join(known)}" if near else f"known are {', '.join(known)}"
    return _Words(f"there is no field {shown(key)} here", guess if known else "remove it", side="key")


def _owner(at: _At, key: str, outside: Spot) -> str:
    """The neighbour that knows this field, when the field is only indented too little."""
    around = at.document.at(outside)
    for neighbour in around if isinstance(around, dict) else ():
        inner = (*outside, neighbour)
        if around and neighbour != key and at.document.at(inner) == "" and key in at.guide.fields(at.document, inner):
            return neighbour
    return ""


def _own(at: _At) -> _Words:
    key = at.context.get("key")
    known = isinstance(at.node, dict) and key in at.node
    side: Side = "key" if known else "value"
    return _Words(at.context["what"], at.context["cure"], str(key) if known else None, side)


def _value_error(at: _At) -> _Words:
    text = str(at.context.get("error", at.error["msg"]))
    if isinstance(at.node, dict | list):
        text = text.replace(str(at.error.get("input")), form(at.node))
    together = isinstance(at.node, dict)
    return _Words(spec(text), cure_of(text) or ("`lab kinds` shows what goes together" if together else at.cure))


def _literal(at: _At) -> _Words:
    words = re.findall(r"'([^']*)'", str(at.context.get("expected", "")))
    if not isinstance(at.node, str):
        return _form(at)
    near = nearest(at.node, words) if at.node else None
    cure = f"did you mean {near}? " if near and len(words) > 1 else ""
    cure += f"{'Write' if cure else 'write'} {one_of(words)}" if words else at.cure
    return _Words(f"{shown(at.node)} is not what can stand here", cure)


def _pattern(at: _At) -> _Words:
    if at.rest and at.rest[-1] == KEY:
        names = at.guide.names(at.document, at.spot[:-1])
        return _Words(f"{shown(at.spot[-1])} cannot be a name here", wish(names) or at.cure, side="key")
    meaning = at.guide.meaning(str(at.context.get("pattern")))
    return _Words(f"{shown(at.node)} does not fit here", wish([meaning]) if meaning else at.cure)


def _form(at: _At) -> _Words:
    wanted = WANTED.get(at.error["type"], "something else")
    return _Words(f"{form(at.node)} stands where {wanted} belongs", at.cure)


def _number(at: _At) -> _Words:
    if not isinstance(at.node, str):
        return _form(at)
    return _Words(f"{shown(at.node)} is no {WANTED[at.error['type']].removeprefix('a ')}", at.cure)


def _flag(at: _At) -> _Words:
    return _Words(f"{shown(at.node)} is neither true nor false", "write true or false")


def _bound(at: _At) -> _Words:
    words = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    bounds = [f"{word} {at.context[key]:g}" for key, word in words.items() if key in at.context]
    return _Words(f"{shown(at.node)} is out of range", f"write a number that is {' and '.join(bounds)}")


def _length(at: _At) -> _Words | None:
    least, most = at.context.get("min_length"), at.context.get("max_length")
    if isinstance(at.node, str):
        if at.error["type"] == "too_short":
            return None  # a text that stood for a list, and is complained about itself
        what = "there is no text here" if least else f"{shown(at.node)} stands where nothing belongs"
        return _Words(what, at.cure if least else "remove it")
    entries = len(at.node) if at.node is not None else 0
    if least is not None and entries >= least:
        return None  # an entry is wrong, which is complained about, and so was not counted
    wanted = f"at least {least}" if least is not None else f"at most {most}"
    return _Words(f"this has {entries or 'no'} {'entry' if entries == 1 else 'entries'}, and needs {wanted}", at.cure)


def _in_general(at: _At) -> _Words:
    return _Words(f"{shown(at.node)} does not fit here", at.cure)


WANTED = {
    "string_type": "a text",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "literal_error": "a word",
    "enum": "a word",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
}
SAYINGS: dict[str, Callable[[_At], _Words | None]] = {
    **dict.fromkeys([name for name in WANTED if name.endswith("_type")], _form),
    **dict.fromkeys([name for name in WANTED if name.startswith(("int_", "float_", "finite_"))], _number),
    **dict.fromkeys(("bool_type", "bool_parsing"), _flag),
    **dict.fromkeys(("literal_error", "enum"), _literal),
    **dict.fromkeys(("greater_than", "greater_than_equal", "less_than", "less_than_equal"), _bound),
    **dict.fromkeys(("too_short", "too_long", "string_too_short", "string_too_long"), _length),
    "missing": _missing,
    "extra_forbidden": _extra,
    "string_pattern_mismatch": _pattern,
    "value_error": _value_error,
    "lab": _own,
}
