"""The model: what the contract lets LS say to a query, and when, given what reached LS. Pure.

The rules are those of `docs/contract.md`: an answer is relayed at once, whichever server it came from (C3); without
one LS says not found after 5 s (C5); what comes within half a second of the 5 s may be relayed or not; a line that is
no answer is ignored (B5); a late answer to the same name asked before is a right answer (B1).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address

from lab.expectation import GIVES_UP, LATE, NEAR_5_S, Expectation
from lab.protocols.base import first_field

LONGEST = 4096
"""Bytes of a line; a longer one is no message."""


def is_answer(line: str, name: str) -> bool:
    """Whether a line is an address of this name: three fields, in whatever case the name is (C4, B5)."""
    fields = line.split()
    if len(line) > LONGEST or fields[2:] != ["A"] or first_field(line) != name.strip().lower():
        return False
    try:
        return bool(IPv4Address(fields[1])) and line.replace("\t", " ").isprintable()
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Came:
    """A line about the name that LS was given while its query was open.

    Attributes:
        at: Seconds from the query.
        line: The line, without its end.
        is_meant: Whether it came where LS had asked, and for this query: then LS must take it, if it is an answer.
    """

    at: float
    line: str
    is_meant: bool = True


def may_say(ask: str, came: Sequence[Came], left: Collection[str] = (), gives_up: float = GIVES_UP) -> Expectation:
    """What LS may say to a query, as an expectation of when its reply comes.

    Args:
        ask: The name, as the client wrote it.
        came: What LS was given about that name while the query was open.
        left: Lines about that name that LS was given before, and has not relayed.
        gives_up: Seconds after which LS says not found.
    """
    due = [one.at for one in came if one.is_meant and is_answer(one.line, ask)]
    first = min(due, default=float("inf"))
    until = min(first + LATE, gives_up + NEAR_5_S)
    options = [_answer(one.at, one.line) for one in sorted(came, key=lambda one: one.at) if one.at <= until]
    if first >= gives_up - NEAR_5_S:
        options.append(Expectation(kind="not_found", at=gives_up))
    options += [_answer(0.0, line) for line in sorted(set(left))]
    distinct = tuple(dict.fromkeys(options))
    return distinct[0] if len(distinct) == 1 else Expectation(kind="one_of", options=distinct)


def _answer(at: float, line: str) -> Expectation:
    return Expectation(kind="answer", answer=line, at=at)
