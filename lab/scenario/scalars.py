"""The types of a field's text: what a scenario or a profile may say in one word."""

import ipaddress
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from lab.faults.base import PARTY
from lab.scenario.document import shown

ID = r"^[A-Za-z0-9_.-]+$"


@dataclass(frozen=True)
class OneOrMany:
    """Metadata of a list: a text or mapping that is no list stands for a list of one."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Pydantic's hook: make the list, then validate."""
        return core_schema.no_info_before_validator_function(as_list, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Pydantic's hook: one, or a list."""
        return one_or_many(handler(schema))


def one_or_many(schema: JsonSchemaValue) -> JsonSchemaValue:
    """The JSON Schema of a list of which one entry may stand alone."""
    words: JsonSchemaValue = {key: schema.pop(key) for key in ("description", "title", "default") if key in schema}
    return {"anyOf": [schema, schema.get("items", {})], **words}


def as_list(value: object) -> object:
    """A text or a mapping as a list of one; nothing, and all else, as it is."""
    return [value] if isinstance(value, dict) or (isinstance(value, str) and value) else value


def parse_flag(value: object) -> object:
    """True or False from those words.

    Raises:
        ValueError: It is another text.
    """
    if isinstance(value, str):
        if value not in ("true", "false"):
            raise ValueError(f"{shown(value)} is neither true nor false; write true or false")
        return value == "true"
    return value


def parse_sentence(value: object) -> object:
    """A text without the blanks around it.

    Raises:
        ValueError: It is empty.
    """
    if isinstance(value, str) and not value.strip():
        raise ValueError("there is no text here; write a sentence that says what happens and what should come of it")
    return value.strip() if isinstance(value, str) else value


def parse_host(value: object) -> object:
    """What a client asks: text of one line that is a query.

    Raises:
        ValueError: It is blank, has two lines, or is the closing word.
    """
    if not isinstance(value, str):
        return value
    if not value.strip():
        raise ValueError("a blank line is no query; write a host name, such as www.example.com")
    if "\n" in value or "\r" in value:
        raise ValueError("a query is one line; write one entry for each name")
    if value.strip() == "done":
        raise ValueError("done ends the session and is no query; leave it out, the lab says it after the last step")
    return value


def is_ipv4(text: str) -> bool:
    """Whether the text is an IPv4 address, such as 192.0.2.1."""
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


def parse_answer(value: object) -> object:
    """An address, or a whole line of a table.

    Raises:
        ValueError: It is one word and no address.
    """
    if not isinstance(value, str):
        return value
    text = value.strip()
    if len(text.split()) != 1 or is_ipv4(text):
        if not text:
            raise ValueError("there is no answer here; write an address, such as 192.0.2.1, or the table's whole line")
        return text
    words = {"not_found": "{not_found: 5s}", "no_reply": "no_reply", "closed": "closed"}
    cure = words.get(text, "write an address, such as 192.0.2.1, or the table's whole line")
    raise ValueError(f"{shown(text)} is no IPv4 address; {'write expect: ' + cure if text in words else cure}")


Flag = Annotated[bool, BeforeValidator(parse_flag)]
Sentence = Annotated[str, BeforeValidator(parse_sentence), Field(min_length=1, description="a sentence")]
Host = Annotated[str, BeforeValidator(parse_host), Field(description="a host name", examples=["www.example.com"])]
Answer = Annotated[
    str,
    BeforeValidator(parse_answer),
    Field(description="the address, or the table's whole line", examples=["192.0.2.1"]),
]
Id = Annotated[
    str,
    StringConstraints(pattern=ID),
    Field(description="a name of letters, digits, _ . and -", examples=["late"]),
]
Party = Annotated[
    str,
    StringConstraints(pattern=rf"^{PARTY}$"),
    Field(description="a name that begins with a letter, of letters, digits, _ and -", examples=["ann"]),
]
FileName = Annotated[
    str,
    StringConstraints(pattern=r"^\.?[^/.][^/]*$"),
    Field(description="the name of a file in its working folder", examples=["PROJ2-DNSTS1.txt"]),
]
Variable = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$"),
    Field(description="the name of a variable, of letters, digits and _", examples=["JAVA_HOME"]),
]
Clause = Annotated[
    str,
    StringConstraints(pattern=r"^(C([1-9]|10)|B([1-9]|1[0-6]))$"),
    Field(description="a clause of the contract, C1 to C10 or B1 to B16", examples=["C5"]),
]
Raw = Annotated[
    str,
    Field(
        max_length=65536,
        description="bytes as they are sent, without an end of line of their own; \\xff is that byte, \\n a newline",
        examples=["'www.exam'", "'\\xff\\xfe\\n'"],
    ),
]
Empty = Annotated[
    str,
    StringConstraints(max_length=0),
    WithJsonSchema({"type": ["null", "string"], "maxLength": 0, "description": "nothing"}),
]
Clauses = Annotated[tuple[Clause, ...], OneOrMany()]
Ids = Annotated[tuple[Id, ...], OneOrMany()]
Hosts = Annotated[tuple[Host, ...], Field(min_length=1), OneOrMany()]
Points = Annotated[float, Field(ge=0, allow_inf_nan=False, description="a number, zero or more", examples=["5"])]
