"""In which order a program takes its arguments, as the placeholders of a profile."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lab.survey.facts import Fact, Role
from lab.survey.programs import Program

USUAL = ("{port}", "{ts1.host}", "{ts1.port}", "{ts2.host}", "{ts2.port}")
OWN = re.compile(
    r"^(?:port|p|my|own|self|me|server_?port|listen\w*)$|^(?:ls|rs|lb|root|ts|my|own|l)_?(?:listen)?_?port",
    re.IGNORECASE,
)
NUMBERED = re.compile(r"(?<![a-z0-9])(?:ts|h|p|host|port|server|tld)?_?([12])|ts_?([12])|([12])$", re.IGNORECASE)
WRITTEN = re.compile(r"out|answer|resolved|result", re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """One order of arguments.

    Attributes:
        words: Placeholders.
        why: What says so; empty where it is only usual.
    """

    words: tuple[str, ...]
    why: str = ""


def command(program: Program, layout: Layout) -> str:
    """A program's command in a profile."""
    return " ".join([program.source.starts_with, *layout.words])


def arguments_of(program: Program) -> list[Fact]:
    """The arguments by their positions, without gaps, each the fact that tells most of it."""
    best: dict[int, Fact] = {}
    for fact in program.all("argument"):
        known = best.get(fact.place)
        if known is None or (bool(fact.kind), bool(fact.value)) > (bool(known.kind), bool(known.value)):
            best[fact.place] = fact
    count = next(place for place in range(1, len(best) + 2) if place not in best) - 1
    return [best[place] for place in range(1, count + 1)]


def layouts_of_front(program: Program) -> list[Layout]:
    """Orders for LS, the likeliest first; the first whose program listens, and dials both, is right."""
    read = _read(program, _front_words)
    swapped = (*USUAL[1:], USUAL[0])
    only_ports = ("{port}", "{ts1.port}", "{ts2.port}")
    if program.first("own port") and not arguments_of(program):
        return [Layout((), _at(program.first("own port")))]
    return _without_repeats([*read, Layout(USUAL), Layout(swapped), Layout(only_ports)])


def layouts_of_top(program: Program, own: str) -> list[Layout]:
    """Orders for a TS, which may dial the other."""
    if program.first("own port") and not arguments_of(program):
        return [Layout((), _at(program.first("own port")))]
    other = "ts2" if own == "ts1" else "ts1"
    read = _read(program, lambda facts: _top_words(facts, other))
    usual = [Layout(("{port}",)), Layout(("{port}", "{table}")), Layout(("{table}", "{port}"))]
    return _without_repeats([*read, *usual])


def layouts_of_client(program: Program) -> list[Layout]:
    """Orders for the client."""
    if program.first("dialled port") and not arguments_of(program):
        return [Layout((), _at(program.first("dialled port")))]
    usual = [("{ls.host}", "{ls.port}"), ("{ls.port}",), ("{ls.port}", "{ls.host}")]
    more = [("{ls.host}", "{ls.port}", "{names}"), ("{ls.host}", "{ls.port}", "{names}", "{answers}")]
    return _without_repeats([*_read(program, _client_words), *(Layout(words) for words in (*usual, *more))])


def _read(program: Program, place: "object") -> list[Layout]:
    facts = arguments_of(program)
    assert callable(place)
    words = place(facts) if facts else None
    if not words:
        return []
    labels = [fact.value or fact.kind for fact in facts]
    said = f" ({' '.join(labels)})" if all(labels) else ""
    return [Layout(tuple(words), f"{facts[0].where} takes {len(facts)}{said}")]


def _kinds(facts: Sequence[Fact]) -> list[Role]:
    """What each seems to be; what is unknown before a port is a host."""
    kinds = [fact.kind for fact in facts]
    following = [*kinds[1:], ""]
    return [kind or ("host" if after == "port" else "") for kind, after in zip(kinds, following, strict=True)]


def _front_words(facts: Sequence[Fact]) -> list[str] | None:
    """A port of its own, and for each TS a port and perhaps a host."""
    kinds = _kinds(facts)
    ports = [place for place, kind in enumerate(kinds) if kind == "port"]
    hosts = [place for place, kind in enumerate(kinds) if kind == "host"]
    if len(ports) != 3 or len(hosts) not in (0, 2) or len(ports) + len(hosts) != len(facts):
        return None
    own = next((place for place in ports if OWN.search(facts[place].value) and not _number(facts[place])), None)
    if own is None:
        own = ports[0] if kinds[0] == "port" else ports[-1]
    words = {own: "{port}"}
    words |= _numbered(facts, [place for place in ports if place != own], "port")
    words |= _numbered(facts, hosts, "host")
    return [words[place] for place in range(len(facts))]


def _numbered(facts: Sequence[Fact], places: Sequence[int], what: str) -> dict[int, str]:
    """The two TSes' hosts, or ports: by the numbers in their names, else in their order."""
    numbers = [_number(facts[place]) for place in places]
    if sorted(numbers) != ["1", "2"]:
        numbers = [str(count) for count in range(1, len(places) + 1)]
    return {place: f"{{ts{number}.{what}}}" for place, number in zip(places, numbers, strict=True)}


def _number(fact: Fact) -> str:
    found = NUMBERED.search(fact.value)
    return next(filter(None, found.groups()), "") if found else ""


def _top_words(facts: Sequence[Fact], other: str) -> list[str] | None:
    words: list[str] = []
    for kind in _kinds(facts):
        if kind == "port":
            words.append(f"{{{other}.port}}" if "{port}" in words else "{port}")
        elif kind == "host":
            words.append(f"{{{other}.host}}")
        elif kind == "file" and "{table}" not in words:
            words.append("{table}")
        else:
            return None
    return words if "{port}" in words else None


def _client_words(facts: Sequence[Fact]) -> list[str] | None:
    words: list[str] = []
    for fact, kind in zip(facts, _kinds(facts), strict=True):
        file = "{answers}" if WRITTEN.search(fact.value) or "{names}" in words else "{names}"
        words.append({"port": "{ls.port}", "host": "{ls.host}", "file": file}.get(kind, ""))
    return words if all(words) and len(set(words)) == len(words) and "{ls.port}" in words else None


def _at(fact: Fact | None) -> str:
    return f"{fact.where} has port {fact.value} written out, and no argument is taken" if fact else ""


def _without_repeats(layouts: Sequence[Layout]) -> list[Layout]:
    return list(_firsts(layouts))


def _firsts(layouts: Sequence[Layout]) -> Iterator[Layout]:
    seen: set[tuple[str, ...]] = set()
    for layout in layouts:
        if layout.words not in seen:
            seen.add(layout.words)
            yield layout
