"""Tables: what a TS knows, as a mapping or as the exact text of its file."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag

from lab.scenario import model
from lab.scenario.document import shown
from lab.scenario.scalars import is_ipv4

FIELDS = 3


def parse_address(value: object) -> object:
    """An IPv4 address.

    Raises:
        ValueError: It is none.
    """
    if isinstance(value, str) and not is_ipv4(value.strip()):
        raise ValueError(f"{shown(value)} is no IPv4 address; write four numbers from 0 to 255, such as 192.0.2.1")
    return value.strip() if isinstance(value, str) else value


class TextTable(BaseModel):
    r"""The table's file, exactly; in double quotes `\r\n` is a CRLF."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(description="the file's text")

    def value(self) -> model.Table:
        """The table."""
        return model.Table(text=self.text, entries=tuple(well_formed(self.text)))


def _table_form(value: object) -> str | None:
    if not isinstance(value, dict):
        return None
    is_text = list(value) == ["text"] and not is_ipv4(str(value["text"]))
    return "<text>" if is_text else "<names>"


Address = Annotated[str, BeforeValidator(parse_address), Field(description="an IPv4 address", examples=["192.0.2.1"])]
Names = dict[str, Address]
Table = Annotated[
    Annotated[Names, Tag("<names>")] | Annotated[TextTable, Tag("<text>")],
    Discriminator(
        _table_form,
        custom_error_type="lab",
        custom_error_message="{what}; {cure}",
        custom_error_context={
            "what": "a table is a mapping of names to addresses",
            "cure": 'write {www.example.com: 192.0.2.1}, {text: "the file\'s text"}, or {} for an empty one',
        },
    ),
]


def name_troubles(table: object) -> Iterator[tuple[str, str, str]]:
    """The keys of a written table that are no names, or the same name again: key, what is wrong, and the cure."""
    if _table_form(table) != "<names>" or not isinstance(table, dict):
        return
    seen: dict[str, str] = {}
    for name in table:
        first = seen.setdefault(name.lower(), name)
        if len(name.split()) != 1 or "#" in name:
            yield name, f"{shown(name)} is no host name", "write one word, without blanks and without #"
        elif first != name:
            what = f"{shown(name)} is the same name as {shown(first)}: case makes no difference"
            yield name, what, "remove one of the two"


def table_of(shape: Any) -> model.Table:
    """The table that one of its two forms stands for; a mapping's lines are `name address A`."""
    if isinstance(shape, TextTable):
        return shape.value()
    lines = {name: f"{name} {address} A" for name, address in shape.items()}
    entries = tuple((name.lower(), line) for name, line in lines.items())
    return model.Table(text="".join(f"{line}\n" for line in lines.values()), entries=entries)


def well_formed(text: str) -> Iterator[tuple[str, str]]:
    """The well-formed lines of a table's file, as (name in lower case, line); of a repeated name only the first."""
    seen: set[str] = set()
    for raw in text.split("\n"):
        line = raw.partition("#")[0].strip(" \t\r")
        fields = line.split()
        if len(fields) == FIELDS and fields[2] == "A" and is_ipv4(fields[1]) and fields[0].lower() not in seen:
            seen.add(fields[0].lower())
            yield fields[0].lower(), line
