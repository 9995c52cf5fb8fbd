"""A YAML document as plain values, and where each of them stands in the user's file.

Every complaint about a document is made here, so that each has a place, a quoted line, and a length people read.
"""

import re
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from lab.errors import Complaint
from lab.result import Place

Tree: TypeAlias = dict[str, "Tree"] | list["Tree"] | str
Spot = tuple[str | int, ...]
Side = Literal["key", "value"]
LONGEST_TEXT = 400
LONGEST_QUOTE = 160
LONGEST_SHOWN = 60
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Mark:
    """Where something begins; line and column from 1. `plain` is text without quotes around it."""

    line: int
    column: int
    plain: bool = True


@dataclass(frozen=True, slots=True)
class Document:
    """A document's values and marks, by the path of keys and indices that leads to them.

    Attributes:
        file: The path as the user gave it.
        lines: The file's lines, without their ends.
        tree: Mappings, lists and texts, nothing else.
        values: Where each value begins.
        keys: Where the key of each value of a mapping begins.
    """

    file: str
    lines: tuple[str, ...]
    tree: Tree = ""
    values: dict[Spot, Mark] = field(default_factory=dict)
    keys: dict[Spot, Mark] = field(default_factory=dict)

    def mark(self, spot: Spot, side: Side = "value") -> Mark:
        """The mark of a value or its key, or of the nearest thing around it that has one."""
        first, second = (self.keys, self.values) if side == "key" else (self.values, self.keys)
        for length in range(len(spot), -1, -1):
            found = first.get(spot[:length]) or second.get(spot[:length])
            if found:
                return found
        return Mark(1, 1)

    def complain(self, spot: Spot, what: str, cure: str, side: Side = "value") -> Complaint:
        """A complaint about the value at this spot, or about its key."""
        mark = self.mark(spot, side)
        return self.complain_at(mark.line, mark.column, what, cure, spelled(spot))

    def complain_at(self, line: int, column: int, what: str, cure: str, path: str = "") -> Complaint:
        """A complaint about a line and column, both from 1."""
        quote = self.quote(line) if column <= LONGEST_QUOTE else ""
        return Complaint(self.file, line, column, tidy(path), tidy(what), tidy(cure), quote)

    def quote(self, line: int) -> str:
        """The user's line (from 1), each unprintable character as one `?`, cut where it is too long to read."""
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        text = UNPRINTABLE.sub("?", text.replace("\t", " "))
        return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + " …"

    def place(self, spot: Spot) -> Place:
        """Where a value stands, as results keep it."""
        mark = self.mark(spot)
        return Place(file=self.file, line=mark.line, column=mark.column, text=self.quote(mark.line))

    def at(self, spot: Spot) -> Tree | None:
        """The value at this spot, or None."""
        node: Tree | None = self.tree
        for part in spot:
            node = child(node, part)
        return node


def child(node: Tree | None, part: str | int) -> Tree | None:
    """The value under a key or at an index, or None."""
    if isinstance(node, dict) and isinstance(part, str):
        return node.get(part)
    if isinstance(node, list) and isinstance(part, int) and part < len(node):
        return node[part]
    return None


def spelled(spot: Spot) -> str:
    """A path as people write it, such as `faults[0].delay.by` or `tables.ts1["www.google.com"]`."""
    text = ""
    for part in spot:
        if isinstance(part, int):
            text += f"[{part}]"
        elif WORD.match(part):
            text += f".{part}" if text else part
        else:
            text += f'["{part}"]'
    return text


def tidy(text: str) -> str:
    """Text for a message: one line, printable, and not endless."""
    text = UNPRINTABLE.sub("?", text)
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…"


def shown(node: object) -> str:
    """A user's value in a message: a text itself, shortened; of anything else only its form."""
    if not isinstance(node, str):
        return form(node)
    if not node.strip():
        return "nothing" if not node else "blank text"
    return tidy(node if len(node) <= LONGEST_SHOWN else node[:LONGEST_SHOWN] + "…")


def form(node: object) -> str:
    """What a value is, in words."""
    if isinstance(node, dict):
        return "a mapping"
    if isinstance(node, list):
        return "a list"
    return "a text" if node else "nothing"


def quoted(text: str) -> str:
    """The text as YAML takes it: in double quotes, or in single ones if it holds a double quote or a backslash."""
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def spec(text: str) -> str:
    """The first of a message's two halves, `what; cure`."""
    return text.partition("; ")[0]


def cure_of(text: str) -> str:
    """The second of a message's two halves, `what; cure`; empty if it has none."""
    return text.partition("; ")[2]
