"""The programs of a submission, and who of them is who."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from lab.survey.facts import Fact, Sort, first, plain_facts, usage
from lab.survey.python import python_facts
from lab.survey.source import Source

FRONTS = re.compile(
    r"^(?:ls|rs|lb|root|load)(?:[_-]?server|[_-]?balancer|balancer)?\d?$|^load_?bal\w*$|^balancer$|^rootserver$"
)
TOPS = re.compile(r"^(?:ts|tld|tlds|top)[_-]?(?:server|level|dns)?[_-]?(?:[1-9]|one|two|ts\d)?$|^dns_?ts_?\d$")
CLIENTS = re.compile(r"^(?:client|cl|c|cli)\d?$|^\w*_?client$")
SECOND = re.compile(r"2$|two$")


@dataclass(frozen=True)
class Program:
    """A file that can be started, with all that is told of it, also by what it runs or imports."""

    source: Source
    facts: tuple[Fact, ...]

    @property
    def name(self) -> str:
        """Its path, seen from the folder."""
        return self.source.name

    def first(self, sort: Sort) -> Fact | None:
        """The first fact of a sort."""
        return first(self.facts, sort)

    def all(self, sort: Sort) -> list[Fact]:
        """All facts of a sort, in their order."""
        return [fact for fact in self.facts if fact.sort == sort]

    def says(self, *texts: str) -> Fact | None:
        """The first constant that has one of these texts in it."""
        return next((fact for fact in self.all("text") if any(text in fact.value for text in texts)), None)


@dataclass(frozen=True)
class Cast:
    """Who is who.

    Attributes:
        front: LS.
        tops: The TSes in order, one if one program is both.
        others: Programs with no part.
        unbuilt: Sources of which a compiler has to make a program first.
    """

    front: Program | None
    tops: tuple[Program, ...]
    client: Program | None
    others: tuple[str, ...] = ()
    unbuilt: tuple[Source, ...] = ()


def facts_of(source: Source) -> tuple[Fact, ...]:
    """What one file tells by itself."""
    if source.language == "machine code" or not source.is_program:
        return ()
    tree = source.tree if source.language == "python3" else None
    told = python_facts(tree) if tree is not None else plain_facts(source.text)
    found = [replace(fact, file=source.name) for fact in (*told, *usage(source.text))]
    return tuple(sorted(found, key=lambda fact: fact.line))


def cast(sources: Sequence[Source]) -> Cast:
    """Find the parts of a submission, first by what the files are called, then by what they do."""
    told = {source.name: facts_of(source) for source in sources}
    runnable = [source for source in sources if source.is_program and not source.needs_building]
    programs = [_whole(source, sources, told) for source in runnable]
    used = {name for program in programs for name in _used_by(program, sources)}
    free = [program for program in programs if program.name not in used]
    front = _part(free, FRONTS, _is_front)
    left = [program for program in free if program is not front]
    client = _part(left, CLIENTS, _is_client)
    left = [program for program in left if program is not client]
    tops = sorted((program for program in left if _is_top(program)), key=_rank)
    others = [program.name for program in left if program not in tops]
    built = {source.stem for source in runnable}
    unbuilt = tuple(source for source in sources if source.needs_building and source.stem not in built)
    return Cast(front, tuple(tops[:2]), client, tuple(others), unbuilt)


def _whole(source: Source, sources: Sequence[Source], told: Mapping[str, tuple[Fact, ...]]) -> Program:
    """A program with the facts of what it runs and imports, and of the text that it was built from."""
    own = Program(source, told[source.name])
    names = [source.name, *_used_by(own, sources)]
    for name in tuple(names[1:]):
        further = Program(next(one for one in sources if one.name == name), told[name])
        names += [one for one in _used_by(further, sources) if one not in names]
    if source.language == "machine code":
        names += [one.name for one in sources if one.needs_building and one.stem == source.stem]
    return Program(source, tuple(fact for name in names for fact in told[name]))


def _used_by(program: Program, sources: Iterable[Source]) -> list[str]:
    """The files that a program runs or imports."""
    wanted = {fact.value.removeprefix("./") for fact in program.all("runs")}
    modules = {fact.value.replace(".", "/") + ".py" for fact in program.all("imports")}
    folder = program.name.rpartition("/")[0]
    near = {f"{folder}/{module}" if folder else module for module in modules} | modules
    return [one.name for one in sources if one.name != program.name and (one.name in wanted or one.name in near)]


def _part(programs: Sequence[Program], called: "re.Pattern[str]", seems: "object") -> Program | None:
    """The one that is called so, a wrapper or what is built before what it is made of; else the one that seems so."""
    named = [program for program in programs if called.match(program.source.stem)]
    ranked = sorted(named, key=lambda program: (program.name.count("/"), program.source.language.startswith("python")))
    assert callable(seems)
    unnamed = [program for program in programs if not _is_named(program) and seems(program)]
    return next(iter([*ranked, *unnamed]), None)


def _is_named(program: Program) -> bool:
    return any(called.match(program.source.stem) for called in (FRONTS, TOPS, CLIENTS))


def _listens(program: Program) -> bool:
    return program.first("listen") is not None or program.first("own port") is not None


def _is_front(program: Program) -> bool:
    return _listens(program) and program.first("dial") is not None


def _is_client(program: Program) -> bool:
    return program.first("dial") is not None and not _listens(program)


def _is_top(program: Program) -> bool:
    return bool(TOPS.match(program.source.stem)) or (not _is_named(program) and _listens(program))


def _rank(program: Program) -> tuple[int, bool, str]:
    return (program.name.count("/"), bool(SECOND.search(program.source.stem)), program.name)
