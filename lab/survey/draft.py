"""A profile in the making: each value with what it was told by."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Told:
    """A value for a field, and the evidence.

    Attributes:
        value: As the profile is to have it, a text or several.
        why: One line.
    """

    value: str | tuple[str, ...]
    why: str = ""


@dataclass
class ServerDraft:
    """One server: its fields in the order in which they are written."""

    name: str
    fields: dict[str, Told] = field(default_factory=dict)


@dataclass
class Draft:
    """All that a profile is written of.

    Attributes:
        fields: Of the whole system.
        client: The fields of the client program; empty if there is none.
        unknown: What could not be found out, a sentence each.
        remarks: What else was seen, a sentence each.
    """

    about: str
    fields: dict[str, Told] = field(default_factory=dict)
    servers: list[ServerDraft] = field(default_factory=list)
    client: dict[str, Told] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def server(self, name: str) -> dict[str, Told]:
        """The fields of a server of this name."""
        return next(one.fields for one in self.servers if one.name == name)

    def told(self) -> Iterator[tuple[str, Told]]:
        """All fields that are told, by their place in the profile: `servers.ls.run`."""
        yield from self.fields.items()
        for server in self.servers:
            yield from ((f"{server.name}.{name}", told) for name, told in server.fields.items())
        yield from ((f"client.{name}", told) for name, told in self.client.items())
