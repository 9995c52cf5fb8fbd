"""Commands of a profile: words with placeholders, such as `--port={port}`; never given to a shell."""

import re
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence

from lab.registry import nearest

PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
OF_ALL = ("here", "python")
OF_SERVER = ("port", "table", "host", *OF_ALL)
OF_CLIENT = ("names", "answers", *OF_ALL)
PEER = re.compile(r"([A-Za-z][A-Za-z0-9_-]*)\.(host|port)\Z")
LOOPBACK = "127.0.0.1"
VALUE = "value"
"""The placeholder of an option: what the scenario says."""


def split(words: Sequence[str]) -> tuple[str, ...]:
    """The words of a command: of a single text those a shell would make of it.

    Raises:
        ValueError: A quote is not closed, or there is no word; the message says the cure.
    """
    try:
        found = tuple(shlex.split(words[0])) if len(words) == 1 else tuple(words)
    except ValueError:
        raise ValueError("a quote in this command is never closed; close it, or write the command as a list") from None
    if not found or not found[0]:
        raise ValueError("this command has no program; write its name first, such as {python} {here}/ts.py {port}")
    return found


def placeholders(words: Sequence[str]) -> Iterator[str]:
    """The placeholders of a command, in order, without their braces.

    Raises:
        ValueError: A brace stands alone; the message says the cure.
    """
    for word in words:
        for match in PLACEHOLDER.finditer(word):
            if match[0] in "{}":
                raise ValueError(f"a {match[0]} stands alone in {word}; double it where it means itself")
            if match[1] is not None:
                yield match[1]


def dials(words: Sequence[str]) -> tuple[str, ...]:
    """The servers that a command names, each once, in order."""
    peers = (PEER.match(name) for name in placeholders(words))
    return tuple(dict.fromkeys(peer[1] for peer in peers if peer))


def fill(argv: Sequence[str], values: Mapping[str, str]) -> list[str]:
    """A command with its placeholders replaced by these values; doubled braces become single ones.

    Args:
        argv: The words with placeholders.
        values: What to write for `port`, `table`, `ts1.host` and so on; `host` is 127.0.0.1 if it is not given.

    Raises:
        KeyError: A placeholder has no value.
    """
    known = {"host": LOOPBACK, **values}

    def one(match: re.Match[str]) -> str:
        return match[0][0] if match[1] is None else known[match[1]]

    return [PLACEHOLDER.sub(one, word) for word in argv]


def known(word: str, here: str) -> str:
    """A word of a command with those placeholders replaced that are the same in every scenario."""
    return word.replace("{python}", sys.executable).replace("{here}", here)


def with_value(option: Sequence[str], value: Sequence[str]) -> list[str]:
    """An option's words: where one of them is `{value}` and no more, all words of the value stand in its place."""
    found: list[str] = []
    for word in option:
        found += value if word == f"{{{VALUE}}}" else fill([word], {VALUE: " ".join(value)})
    return found


def troubles(words: Sequence[str], known: Sequence[str], peers: Sequence[str], own: str = "") -> list[tuple[str, str]]:
    """What is wrong with each of a command's placeholders, and the cure.

    Args:
        words: The command.
        known: The placeholders that stand for themselves, such as `port`.
        peers: The servers that may be named.
        own: The server whose command it is.
    """
    try:
        names = dict.fromkeys(placeholders(words))
    except ValueError as error:
        what, _, cure = str(error).partition("; ")
        return [(what, cure)]
    return [_unknown(name, known, peers, own) for name in names if not _is_known(name, known, peers)]


def _is_known(name: str, known: Sequence[str], peers: Sequence[str]) -> bool:
    peer = PEER.match(name)
    return name in known or bool(peer and peer[1] in peers)


def _unknown(name: str, known: Sequence[str], peers: Sequence[str], own: str) -> tuple[str, str]:
    peer = PEER.match(name)
    if peer and own and peer[1] == own:
        return f"{own} cannot dial itself", f"write {{{peer[2]}}} for its own {peer[2]}"
    words = [*known, *(f"{server}.{part}" for server in peers for part in ("host", "port"))]
    near = nearest(name, words)
    listed = ", ".join(f"{{{word}}}" for word in words)
    if near:
        return f"{{{name}}} is no placeholder here", f"did you mean {{{near}}}?"
    return f"{{{name}}} is no placeholder here", f"known are {listed}; double the braces where they mean themselves"
