"""How findings are written: their making, and the spelling of servers, lines and times in sentences."""

import string
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

from lab.evidence import Plan
from lab.result import Finding
from lab.units import format_duration
from lab.verdict import Verdict

AT_ONCE = 0.001
"""Seconds below which the stamps of asking and replying say nothing of the time between."""
LONGEST_NAME = 64
UNLIKE: Sequence[tuple[str, Callable[[str], str]]] = (
    ("case", str.lower),
    ("blanks", lambda line: "".join(line.split())),
    ("punctuation", lambda line: line.translate(dict.fromkeys(map(ord, string.punctuation)))),
)
"""In what a line may differ a little from the right one, and what is left of it without that."""


def passed(check: str, clause: str, sentence: str, **told: Any) -> Finding:
    """A finding that all is well."""
    return Finding(check=check, clause=clause, verdict=Verdict.PASSED, sentence=sentence, **told)


def failed(check: str, clause: str, sentence: str, **told: Any) -> Finding:
    """A finding that a promise was broken."""
    return Finding(check=check, clause=clause, verdict=Verdict.FAILED, sentence=sentence, **told)


def inconclusive(check: str, clause: str, sentence: str, **told: Any) -> Finding:
    """A finding that nothing was proved."""
    return Finding(check=check, clause=clause, verdict=Verdict.INCONCLUSIVE, sentence=sentence, **told)


def who(plan: Plan, server: str) -> str:
    """A server in a sentence: LS is written as the contract writes it."""
    return "LS" if server == plan.front == "ls" else server


def named(name: str) -> str:
    """A host name in a sentence, cut if it is long."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 3]}..."


def in_other_words(said: str, exact: str) -> str:
    """What to say of a line that means to say not found: how it must be said, and in what this one differs."""
    near = _difference(said, exact)
    differs = f" The line that came differs from it in {near} only." if near else ""
    return f"Not found must be said with exactly this line: {quoted(exact)}.{differs}"


def _difference(said: str, exact: str) -> str:
    """In what two lines differ, if it is little: their case, their blanks, their punctuation."""
    kinds = [kind for kind, rid in UNLIKE if rid(said) == rid(exact)]
    if kinds:
        return kinds[0]
    pairs = [
        f"{one} and {other}"
        for (one, rid), (other, also) in combinations(UNLIKE, 2)
        if also(rid(said)) == also(rid(exact))
    ]
    return pairs[0] if pairs else ""


def quoted(text: str | None) -> str:
    """A line in a sentence; if it is long its middle is left out."""
    if text is None:
        return "nothing"
    shown = text if len(text) <= 120 else f"{text[:77]}...{text[-40:]}"
    return f"'{shown.encode('utf-8', 'backslashreplace').decode()}'"


def took(seconds: float) -> str:
    """A time in a sentence; never more precise than a millisecond."""
    return format_duration(round(seconds, 3)) if seconds >= 0.001 else "0 s"


def count(number: int, noun: str, plural: str = "") -> str:
    """As `1 query`, `3 queries`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
