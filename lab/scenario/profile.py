"""Profiles: somebody's system, read from YAML, with a role's command replaced where the command line says so."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from lab.errors import BadInput, Complaint
from lab.protocols.base import PROTOCOLS
from lab.scenario.commands import OF_CLIENT, OF_SERVER, VALUE, dials, fill, placeholders, split, troubles
from lab.scenario.document import Document, Spot, Tree, cure_of, spec
from lab.scenario.guide import Guide
from lab.scenario.model import Profile, ServerSpec
from lab.scenario.profile_shapes import ProfileShape, ServerShape
from lab.scenario.reader import read, read_file
from lab.scenario.references import unknown
from lab.scenario.schema import profile_schema
from lab.scenario.typed import boolean_keys, in_order, typed

__all__ = ["fill", "load_profile", "with_command"]

FILLER: dict[str, Tree] = {"lab": "profile/1", "servers": {"ls": {"run": "unknown"}}}
START_WITHIN = 5.0
ROLES = ("ls", "ts", "client")


@cache
def guide() -> Guide:
    """What the profile format wants where."""
    return Guide(profile_schema())


def load_profile(path: str | Path) -> Profile:
    """A profile from its file.

    Raises:
        BadInput: The file cannot be read, or is wrong; all complaints at once, in the order of the file.
    """
    document, strict = read(read_file(Path(path)), str(path))
    if document.tree == "" and strict:
        raise BadInput(in_order(strict, []))
    result = typed(ProfileShape, document, guide, FILLER)
    strict += boolean_keys(document, lambda _: False)
    maker = _Maker(document, result.shape) if result.shape else None
    found = [*result.complaints, *(maker.complaints() if maker else ())]
    if strict or found or maker is None:
        raise BadInput(in_order(strict, found))
    return maker.profile()


class _Maker:
    """Makes a profile of its shape, or says what is wrong with the commands."""

    def __init__(self, document: Document, shape: ProfileShape) -> None:
        self.document = document
        self.shape = shape
        raw = document.at(("servers",))
        self.names = list(raw) if isinstance(raw, dict) else []

    def complaints(self) -> Iterator[Complaint]:
        """All that is wrong beyond the fields' types."""
        for name, server in self.shape.servers.items():
            yield from self._server(name, server)
        yield from self._start_cycle()
        if self.shape.client is not None:
            yield from self._command(("client", "run"), self.shape.client.run, OF_CLIENT, [self.shape.front])
        if self.shape.protocol not in PROTOCOLS:
            yield self._complain(("protocol",), *unknown("protocol", self.shape.protocol, PROTOCOLS.names()))
        if self.names and self.shape.front not in self.names:
            yield self._complain(("front",), *unknown("server", self.shape.front, self.names))

    def profile(self) -> Profile:
        """The profile; only if there are no complaints."""
        shape = self.shape
        return Profile(
            path=self.document.file,
            here=str(Path(self.document.file).resolve().parent),
            about=shape.about,
            protocol=shape.protocol,
            servers=tuple(self._spec(name) for name in shape.servers),
            client=split(shape.client.run) if shape.client else None,
            patience=shape.patience,
            serves=shape.serves,
            front=shape.front,
        )

    def _spec(self, name: str) -> ServerSpec:
        words = split(self._run(name) or ())
        options = {option: split(run) for option, run in self._options(name).items()}
        within = self._start_within(name)
        return ServerSpec(name=name, run=words, start_within=within, dials=dials(words), options=options)

    def _chain(self, name: str) -> list[ServerShape]:
        """A server and those it is like, until one has a command or the chain ends or bites its tail."""
        chain: list[ServerShape] = []
        while name in self.shape.servers:
            server = self.shape.servers[name]
            if server in chain and any(server is other for other in chain):
                return []
            chain.append(server)
            name = server.like or ""
        return chain

    def _run(self, name: str) -> Sequence[str] | None:
        return next((server.run for server in self._chain(name) if server.run), None)

    def _start_within(self, name: str) -> float:
        given = (server.start_within for server in self._chain(name) if server.start_within is not None)
        return next(given, START_WITHIN)

    def _options(self, name: str) -> Mapping[str, Sequence[str]]:
        return next((server.options for server in self._chain(name) if server.options is not None), {})

    def _server(self, name: str, server: ServerShape) -> Iterator[Complaint]:
        spot: Spot = ("servers", name)
        for option, words in (server.options or {}).items():
            yield from self._option((*spot, "options", option), words)
        if server.run and server.like:
            what = f"{name} has a command of its own, and is like {server.like}"
            yield self._complain((*spot, "like"), what, "remove one of the two")
        elif server.run:
            peers = [other for other in self.names if other != name]
            yield from self._command((*spot, "run"), server.run, OF_SERVER, peers, name)
        elif not server.like:
            what = f"{name} has no command"
            yield self.document.complain(spot, what, "add run: with its command, or like: with another server", "key")
        elif server.like not in self.names:
            yield self._complain((*spot, "like"), *unknown("server", server.like, self.names))
        elif not self._chain(name):
            yield self._complain((*spot, "like"), f"{name} is like itself in the end", "give one of them a command")

    def _command(
        self, spot: Spot, run: Sequence[str], known: Sequence[str], peers: Sequence[str], own: str = ""
    ) -> Iterator[Complaint]:
        try:
            words = split(run)
        except ValueError as error:
            yield self._complain(spot, spec(str(error)), cure_of(str(error)))
            return
        for what, cure in troubles(words, known, peers, own):
            yield self._complain(spot, what, cure)

    def _option(self, spot: Spot, words: Sequence[str]) -> Iterator[Complaint]:
        found = list(self._command(spot, words, (VALUE,), ()))
        yield from found
        if not found and VALUE not in placeholders(split(words)):
            what = f"no word of this option is {{{VALUE}}}, so nothing that a scenario says would reach the server"
            yield self._complain(spot, what, f"write {{{VALUE}}} where it is to stand, as in --timeout {{{VALUE}}}")

    def _start_cycle(self) -> Iterator[Complaint]:
        links = {name: self._dials(name) for name in self.shape.servers}
        for name in links:
            way = _way_back(name, links)
            if len(way) > 1 and name == min(way):
                what = f"the servers dial each other in a circle: {' -> '.join((*way, way[0]))}"
                yield self._complain(
                    ("servers", name), what, "a server is started after those it dials: cut the circle"
                )

    def _dials(self, name: str) -> tuple[str, ...]:
        try:
            return dials(split(self._run(name) or ("nothing",)))
        except ValueError:
            return ()

    def _complain(self, spot: Spot, what: str, cure: str) -> Complaint:
        return self.document.complain(spot, what, cure)


def _way_back(name: str, links: dict[str, tuple[str, ...]]) -> list[str]:
    """The shortest way from a server along its dials back to itself; empty if there is none."""
    ways = [[name]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for other in links.get(way[-1], ()):
            if other == name:
                return way
            if other not in seen:
                seen.add(other)
                ways.append([*way, other])
    return []


def with_command(profile: Profile, role: str, command: str, *, keeps_options: bool = False) -> Profile:
    """The profile with the command of one role replaced.

    A command without placeholders of its own, such as `python3 ls.py`, gets the arguments of the one it replaces.
    Words that are paths of existing files are made absolute, since servers run in a folder of their own.
    The options of the one it replaces are not taken for its own, unless it is known to have them.

    Args:
        profile: The profile.
        role: `ls` (the server that clients dial), `ts` (every TS) or `client`.
        command: Split as a shell would split it.
        keeps_options: Whether it takes the options that the profile names.

    Raises:
        BadInput: The command is wrong, or the profile has no such role.
    """
    if role == "client":
        words = _replaced(command, profile.client or (), OF_CLIENT, [profile.front], "--client")
        return profile.model_copy(update={"client": words})
    front = [server for server in profile.servers if server.name == profile.front]
    chosen = {"ls": front, "ts": list(profile.upstreams)}.get(role, [])
    if not chosen:
        raise BadInput.because(f"{profile.path} has no server in the role {role}", f"the roles are {', '.join(ROLES)}")
    new = {server.name: _with_run(server, command, profile, role) for server in chosen}
    if not keeps_options:
        new = {name: server.model_copy(update={"options": {}}) for name, server in new.items()}
    return profile.model_copy(update={"servers": tuple(new.get(server.name, server) for server in profile.servers)})


def _with_run(server: ServerSpec, command: str, profile: Profile, role: str) -> ServerSpec:
    peers = [other.name for other in profile.servers if other != server]
    words = _replaced(command, server.run, OF_SERVER, peers, f"--{role}")
    return server.model_copy(update={"run": words, "dials": dials(words)})


def _replaced(
    command: str, old: Sequence[str], known: Sequence[str], peers: Sequence[str], option: str
) -> tuple[str, ...]:
    try:
        words = _absolute(split((command,)))
    except ValueError as error:
        raise BadInput.because(f"{option}: {spec(str(error))}", cure_of(str(error))) from None
    if not any("{" in word for word in words):
        words = (*words, *_arguments(old))
    for what, cure in troubles(words, known, peers):
        raise BadInput.because(f"{option}: {what}", cure)
    return words


def _arguments(words: Sequence[str]) -> Sequence[str]:
    """The words from the first one on that has a placeholder other than `{python}` and `{here}`."""
    own = ("{python}", "{here}")
    for index, word in enumerate(words):
        for name in own:
            word = word.replace(name, "")  # noqa: PLW2901 - what is left of the word
        if "{" in word:
            return words[index:]
    return ()


def _absolute(words: Sequence[str]) -> tuple[str, ...]:
    first, *rest = words
    program = str(Path(first).absolute()) if "/" in first and "{" not in first else first
    return (program, *(str(Path(word).resolve()) if word and Path(word).is_file() else word for word in rest))
