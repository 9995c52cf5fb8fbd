"""What is wrong where YAML's own syntax breaks, said to somebody who does not know YAML's grammar.

YAML's messages speak of tokens and block ends. What helps is nearly always one of: quote it, close it, indent it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import yaml

from lab.scenario.document import quoted

LONGEST = 500  # characters of a line that are searched for the cause
SPECIAL = re.compile(r"""(?:^\s*|[\[{,]\s*|[:\-?]\s+)([*&@`%|>!:}\]][^\s,\]}]*)""")
VARIABLE = re.compile(r"\$\{[^}]*\}")
PAIR = re.compile(r"^\s*(?:- )*([^\s:#'\"\[{][^:#]*):\s+(\S.*?)\s*$")
IN_QUOTES = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^']|'')*'""")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Where and how YAML's syntax breaks; line and column from 1."""

    line: int
    column: int
    what: str
    cure: str


@dataclass(frozen=True, slots=True)
class _Broken:
    """The parser's own words, and the line they are about; positions from 0."""

    error: yaml.MarkedYAMLError
    line: int
    column: int
    text: str

    @property
    def context(self) -> str:
        return self.error.context or ""

    @property
    def problem(self) -> str:
        return self.error.problem or ""

    def trouble(self, column: int, what: str, cure: str) -> Trouble:
        return Trouble(self.line + 1, column + 1, what, cure)


def explain(error: yaml.YAMLError, lines: tuple[str, ...]) -> Trouble:
    """What is wrong, where, and the cure, for an error of PyYAML's parser."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None or not isinstance(error, yaml.MarkedYAMLError):
        return Trouble(1, 1, "this is no YAML", "compare the file with a scenario that works")
    line = min(mark.line, max(len(lines) - 1, 0))
    column = mark.column if line == mark.line else 0
    broken = _Broken(error, line, column, lines[line][:LONGEST] if lines else "")
    return next(trouble for guess in GUESSES if (trouble := guess(broken)))


def _tab(broken: _Broken) -> Trouble | None:
    blank = broken.text[: len(broken.text) - len(broken.text.lstrip())]
    if "\t" not in blank:
        return None
    return broken.trouble(blank.index("\t"), "a tab is no indentation in YAML", "indent with spaces")


def _open_quote(broken: _Broken) -> Trouble | None:
    mark = broken.error.context_mark
    if "quoted scalar" not in broken.context or mark is None:
        return None
    if "escape" in broken.problem:
        cure = "double the backslash, or use single quotes, in which it means itself"
        return broken.trouble(broken.column, "a backslash in double quotes begins a special character", cure)
    return Trouble(mark.line + 1, mark.column + 1, "this quote is never closed", "close it on the same line")


def _variable(broken: _Broken) -> Trouble | None:
    bare = IN_QUOTES.sub(lambda match: " " * len(match[0]), broken.text)
    match = VARIABLE.search(bare)
    if match is None:
        return None
    cure = f"quote it: {quoted(match[0])}"
    return broken.trouble(match.start(), f"{match[0]} has braces, which YAML reads as a mapping inside {{…}}", cure)


def _special(broken: _Broken) -> Trouble | None:
    bare = IN_QUOTES.sub(lambda match: " " * len(match[0]), broken.text)
    for match in SPECIAL.finditer(bare):
        token = match[1]
        near = match.start(1) <= broken.column <= match.end(1)
        if near and token[0] not in "}]" and not re.fullmatch(r"[|>][-+0-9]*", token):
            what = f"{token[0]} has a meaning of its own in YAML"
            return broken.trouble(match.start(1), what, f"quote it: {quoted(token)}")
    return None


def _after_quote(broken: _Broken) -> Trouble | None:
    match = PAIR.match(broken.text)
    if match is None or match[2][0] not in "'\"" or broken.column <= match.start(2):
        return None
    if "block mapping" not in broken.context and "block collection" not in broken.context:
        return None
    what = "there is text behind the closing quote"
    return broken.trouble(broken.column, what, "put the quotes around the whole text")


def _colon_in_text(broken: _Broken) -> Trouble | None:
    match = PAIR.match(broken.text)
    if "mapping values are not allowed" not in broken.problem or match is None or ":" not in match[2]:
        return None
    what = "a colon with a blank behind it begins a new field, so this line has two"
    cure = f"quote the text: {match[1].strip()}: {quoted(match[2])}"
    return broken.trouble(broken.column, what, cure if len(cure) < 160 else f"put {match[1].strip()}'s text in quotes")


def _dash_after_key(broken: _Broken) -> Trouble | None:
    if "sequence entries are not allowed" not in broken.problem:
        return None
    what = "a list cannot begin on the line of its key"
    return broken.trouble(broken.column, what, "begin each entry on its own line with a dash, or write [a, b]")


def _open_bracket(broken: _Broken) -> Trouble | None:
    mark = broken.error.context_mark
    if "flow" not in broken.context or mark is None:
        return None
    opened, closing = ("{", "}") if "mapping" in broken.context else ("[", "]")
    if "'" not in broken.problem and broken.line == mark.line:
        return None
    what = f"the {opened} opened here is not closed as it should be"
    return Trouble(mark.line + 1, mark.column + 1, what, f"put a comma between its parts, and close it with {closing}")


def _closing(broken: _Broken) -> Trouble | None:
    here = broken.text[broken.column : broken.column + 1]
    if here not in ("}", "]") or not here:
        return None
    what = f"this {here} closes nothing"
    return broken.trouble(broken.column, what, "remove it, or quote the text that holds it")


def _no_colon(broken: _Broken) -> Trouble | None:
    mark = broken.error.context_mark
    if "could not find expected ':'" not in broken.problem or mark is None:
        return None
    what = "this line is no field: it has no colon"
    return Trouble(mark.line + 1, mark.column + 1, what, "write `key: value`, with a blank after the colon")


def _indentation(broken: _Broken) -> Trouble | None:
    hints = ("block mapping", "block collection", "block sequence")
    if not any(hint in broken.context for hint in hints) and "mapping values" not in broken.problem:
        return None
    what = "this line does not fit the lines above it"
    return broken.trouble(broken.column, what, "indent it exactly as far as its neighbours, or quote the text")


def _anything(broken: _Broken) -> Trouble:
    return broken.trouble(broken.column, "YAML's syntax breaks here", "put texts with special characters in quotes")


GUESSES: tuple[Callable[[_Broken], Trouble | None], ...] = (
    _tab,
    _open_quote,
    _variable,
    _special,
    _after_quote,
    _colon_in_text,
    _dash_after_key,
    _closing,
    _open_bracket,
    _no_colon,
    _indentation,
    _anything,
)
