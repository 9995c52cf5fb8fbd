"""What the texts alone let one expect of the wire, where nothing could be tried, or to know what to try first."""

import re

from lab.survey.facts import Fact
from lab.survey.framing import LINE, NUL, RAW, SHORTEST_BLOCK, Framing, padded
from lab.survey.programs import Program

USUAL_BLOCK = 200
LONGEST = 200
"""Characters of a constant that may be what LS says."""
FAREWELLS = ("done", "eod", "eof", "end", "/end", "quit", "exit", "bye", "close", "stop", "finished", "fin")
WORDING = re.compile(
    r"(?:\{\w*\}|%s)?"
    r"(?P<rest> ?-? ?(?:[\w ]*:)? ?[\w ]*(?:not found|timed out|time ?out|no such host|unknown)[\w !.]*)",
    re.IGNORECASE,
)
BY_LINES = re.compile(r"readline|makefile|StreamRequestHandler|fgets|getline|splitlines|readuntil", re.IGNORECASE)


def block_size(programs: list[Program]) -> Fact | None:
    """The length that messages are filled up to, by the texts."""
    sizes = (fact for program in programs for fact in program.all("size"))
    return next((fact for fact in sizes if SHORTEST_BLOCK <= int(fact.value) <= 65536), None)


def framings(programs: list[Program]) -> list[Framing]:
    """All that are worth trying."""
    size = block_size(programs)
    return [RAW, LINE, NUL, padded(int(size.value) if size else USUAL_BLOCK)]


def framing(program: Program) -> tuple[Framing, str]:
    """The framing that a text looks like, and why."""
    size = block_size([program])
    if size:
        return padded(int(size.value)), f"{size.where} fills up to {size.value}"
    zero = program.says("\0")
    if zero:
        return NUL, f"{zero.where} has a zero byte"
    ended = next((fact for fact in program.all("text") if fact.value.endswith("\n") and len(fact.value) > 1), None)
    lines = program.source.text
    if BY_LINES.search(lines):
        number = lines[: BY_LINES.search(lines).start()].count("\n") + 1  # type: ignore[union-attr]
        return LINE, f"{program.name}:{number} reads by lines"
    if ended:
        return LINE, f"{ended.where} ends a text with a newline"
    return RAW, "nothing in it marks the end of a message"


def farewells(program: Program) -> list[Fact]:
    """Constants of a text that are words for the end of a session."""
    return [fact for fact in program.all("text") if fact.value.strip(" \0\r\n").lower() in FAREWELLS]


def wording(program: Program) -> tuple[str, Fact] | None:
    """The line with which a text says not found, `{name}` in it, and where it stands."""
    for fact in program.all("text"):
        found = WORDING.fullmatch(fact.value[:LONGEST].rstrip("\r\n\0 "))
        if found and found["rest"].startswith(" "):
            return f"{{name}}{found['rest']}", fact
    return None
