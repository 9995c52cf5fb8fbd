"""A profile's text: YAML, the evidence of each line behind it."""

import re
from collections.abc import Iterator, Mapping

from lab.survey.draft import Draft, Told

PLAIN = re.compile(r"[A-Za-z][\w.-]*|\d+(?:\.\d+)?(?:ms|s)?|\./?")
NOT_PLAIN = re.compile(r"(?:y|n|yes|no|on|off|true|false|null)", re.IGNORECASE)
WIDTH = 120
BASIC = 0xFFFF
"""The last character whose number has four digits."""


def profile_text(draft: Draft) -> str:
    """The whole file."""
    return "\n".join(_lines(draft)) + "\n"


def _lines(draft: Draft) -> Iterator[str]:
    yield "# Written by `lab init`: behind each line stands what it was read in, or what was seen when it was tried."
    yield from (f"# {_one_line(remark)}" for remark in draft.remarks)
    if draft.unknown:
        yield "# Could not be found out, and is to be looked at:"
        yield from (f"# - {_one_line(sentence)}" for sentence in draft.unknown)
    yield "lab: profile/1"
    yield f"about: {quoted(draft.about)}"
    yield from _fields(draft.fields, "")
    yield "servers:"
    for server in draft.servers:
        yield f"  {server.name}:"
        yield from _fields(server.fields, "    ")
    if draft.client:
        yield "client:"
        yield from _fields(draft.client, "  ")


def _fields(fields: Mapping[str, Told], indent: str) -> Iterator[str]:
    """A line for each, its evidence behind it, or above it where that would be too long."""
    for name, told in fields.items():
        line = f"{indent}{name}: {_value(told.value)}"
        why = _one_line(told.why)
        if len(line) + len(why) + 4 > WIDTH:
            yield f"{indent}# {why}"
            yield line
        else:
            yield f"{line}  # {why}" if why else line


def _value(value: str | tuple[str, ...]) -> str:
    return f"[{', '.join(quoted(one) for one in value)}]" if isinstance(value, tuple) else quoted(value)


def quoted(text: str) -> str:
    """A text as a YAML scalar that means just it."""
    if PLAIN.fullmatch(text) and not NOT_PLAIN.fullmatch(text):
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    """A character as it stands between double quotes; what cannot be seen by its number."""
    if char in '"\\':
        return f"\\{char}"
    number = ord(char)
    return char if char.isprintable() else f"\\u{number:04x}" if number <= BASIC else f"\\U{number:08x}"


def _one_line(text: str) -> str:
    """A comment that ends where its line does, whatever was quoted in it."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
