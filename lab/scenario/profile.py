"""Profiles: somebody's system, read from YAML, with a role's command replaced where the command line says so."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

from lab.errors import BadInput, Complaint
from lab.protocols.base import PROTOCOLS
from lab.scenario.commands import OF_CLIENT, OF_SERVER, VALUE, dials, fill, placeholders, split, troubles
from lab.scenario.document import Document, Spot, Tree, cure_of, spec
from lab.scenario.fixed_ports import port_complaints
from lab.scenario.guide import Guide
from lab.scenario.model import ClientSpec, Profile, ServerSpec, Speech
from lab.scenario.profile_shapes import ClientShape, ProfileShape, ServerShape
from lab.scenario.reader import read, read_file
from lab.scenario.references import unknown
from lab.scenario.schema import profile_schema
from lab.scenario.speeches import farewell_of, speech_complaints
from lab.scenario.typed import boolean_keys, in_order, typed

__all__ = ["fill", "load_profile"]

FILLER: dict[str, Tree] = {"lab": "profile/1", "servers": {"ls": {"run": "unknown"}}}
START_WITHIN = 5.0
OURS = ("LD_PRELOAD", "FAULT_LAB_")
"""How the names of variables begin that programs find in their environment for the lab's sake."""
Given = TypeVar("Given")


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
        yield from speech_complaints(self.document, self.shape)
        yield from port_complaints(self.document, self.shape, lambda name: self._given(name, "port", 0))
        if self.names and self.shape.front not in self.names:
            yield self._complain(("front",), *unknown("server", self.shape.front, self.names))
        yield from self._order()
        if self.shape.client is not None:
            yield from self._placing(("client",), self.shape.client)

    def profile(self) -> Profile:
        """The profile; only if there are no complaints."""
        shape = self.shape
        return Profile(
            path=self.document.file,
            here=str(self._here),
            about=shape.about,
            own_speech=self._own_speech,
            answer=shape.answer,
            not_found=shape.not_found,
            farewell=farewell_of(shape),
            greeting=shape.greeting,
            servers=tuple(self._spec(name) for name in shape.servers),
            client=self._client(shape.client) if shape.client else None,
            patience=shape.patience,
            serves=shape.serves,
            front=shape.front,
            order=shape.order or (),
        )

    @property
    def _here(self) -> Path:
        return Path(self.document.file).resolve().parent

    def _client(self, client: ClientShape) -> ClientSpec:
        return ClientSpec(
            run=split(client.run),
            copy_of=self._folder(client.copy_of),
            names_file=client.names_file,
            answers_file=client.answers_file,
            environment=client.environment or {},
            speech=self._speech(client.protocol, client.message_bytes),
        )

    @property
    def _own_speech(self) -> Speech:
        return Speech(protocol=self.shape.protocol, message_bytes=self.shape.message_bytes or 0)

    def _speech(self, protocol: str | None, size: int | None) -> Speech | None:
        """What a program speaks, where it says so; the size is that of the system's messages unless it says another."""
        if protocol is None and size is None:
            return None
        own = self._own_speech
        name = protocol or own.protocol
        return Speech(protocol=name, message_bytes=(size or own.message_bytes) if PROTOCOLS[name].needs_size else 0)

    def _folder(self, copy_of: str | None) -> str:
        return str(self._here / copy_of) if copy_of else ""

    def _spec(self, name: str) -> ServerSpec:
        words = split(self._run(name) or ())
        options = {option: split(run) for option, run in self._options(name).items()}
        return ServerSpec(
            name=name,
            run=words,
            start_within=self._given(name, "start_within", START_WITHIN),
            dials=self._dials(name),
            knows=self._given(name, "dials", ()),
            port=self._given(name, "port", 0),
            options=options,
            copy_of=self._folder(self._given(name, "copy_of", "")),
            table_file=self._given(name, "table_file", ""),
            environment=self._given(name, "environment", {}),
            pause=self._given(name, "pause", 0.0),
            speech=self._speech(self._given(name, "protocol", None), self._given(name, "message_bytes", None)),
        )

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

    def _given(self, name: str, field: str, default: Given) -> Given:
        """What a server says of itself, or else the one that it is like."""
        given = (getattr(server, field) for server in self._chain(name))
        return next((value for value in given if value is not None), default)

    def _options(self, name: str) -> Mapping[str, Sequence[str]]:
        return next((server.options for server in self._chain(name) if server.options is not None), {})

    def _server(self, name: str, server: ServerShape) -> Iterator[Complaint]:
        spot: Spot = ("servers", name)
        yield from self._placing(spot, server)
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

    def _placing(self, spot: Spot, program: ServerShape | ClientShape) -> Iterator[Complaint]:
        """What is wrong with the folder a program is to find itself in, and with its environment."""
        if program.copy_of and not (self._here / program.copy_of).is_dir():
            what = f"{program.copy_of} is no folder, seen from {self._here}"
            yield self._complain((*spot, "copy_of"), what, "name a folder; . is the profile's own")
        for variable in program.environment or {}:
            if variable.startswith(OURS):
                what = f"{variable} is the lab's own: without it a server would live by another clock"
                yield self.document.complain((*spot, "environment", variable), what, "leave it out", "key")

    def _order(self) -> Iterator[Complaint]:
        order = self.shape.order
        if order is not None and sorted(order) != sorted(self.names):
            missing = [name for name in self.names if name not in order]
            odd = [name for name in order if name not in self.names or order.count(name) > 1]
            what = f"{missing[0]} is missing" if missing else f"{odd[0]} is no server of this profile, or named twice"
            yield self._complain(("order",), what, f"name each of them once: {', '.join(self.names)}")

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
        """Those that its command names, and those that it dials without being told."""
        known: tuple[str, ...] = self._given(name, "dials", ())
        try:
            named = dials(split(self._run(name) or ("nothing",)))
        except ValueError:
            named = ()
        return tuple(dict.fromkeys((*named, *known)))

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
