"""`lab kinds`: every kind of fault, check, protocol and report, explained from its own docstring and fields.

`docs/kinds.md` is what `lab kinds --markdown` prints; a test holds it to that.
"""

import inspect
import json
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import click
from pydantic import BaseModel

from lab.checks.base import CHECKS
from lab.errors import BadInput
from lab.faults.base import FAULTS
from lab.protocols.base import PROTOCOLS
from lab.registry import Registry, nearest
from lab.reporters.base import REPORTERS
from lab.scenario.shapes import FaultOptions
from lab.units import DURATION, PERCENT, SHIFT, format_duration

FAMILIES: tuple[Registry[Any], ...] = (FAULTS, CHECKS, PROTOCOLS, REPORTERS)
TYPES = {"integer": "whole number", "number": "number", "boolean": "true or false", "string": "text"}
PATTERNS = {DURATION: "duration", PERCENT: "percentage", SHIFT: "duration with a sign"}
REQUIRED = "required"
INTRODUCTION = """# Kinds

This page is made of the kinds' own docstrings and fields by `python -m lab kinds --markdown`; do not edit it.
What the words mean is in the [glossary](glossary.md), how they stand in a file in
[the scenario format](scenario_format.md). A kind's fields are checked before anything runs.
"""
ABOUT = {
    "fault": "Entries of `faults:`. A kind that takes a `flow` acts on messages, one that takes a `link` on dials,"
    " one that takes a `server` on a process.",
    "check": "Entries of `checks:`. Those that are always made need not be listed.",
    "protocol": "What a profile's `protocol:` may say: how bytes become messages.",
    "reporter": "Files that every run writes.",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind: its name, its type in words, its default as a scenario writes it, and what it means."""

    name: str
    type: str
    default: str
    about: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: `about` is its docstring without the example, `note` what its class says beside its fields."""

    family: str
    name: str
    about: str
    note: str
    example: str
    fields: tuple[Field, ...]

    @property
    def headline(self) -> str:
        """The first sentence's line."""
        return self.about.partition("\n")[0]


@click.command("kinds")
@click.argument("name", required=False, metavar="[KIND]")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print a page of the documentation.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def command(name: str | None, as_markdown: bool, as_json: bool) -> int:  # noqa: FBT001 - click hands them over so
    """Explain the kinds of fault, check, protocol and report: all of them in short, or KIND at length."""
    kinds = [kind for kind in every_kind() if name in (None, kind.name)]
    if not kinds:
        raise _unknown(str(name))
    if as_json:
        text = json.dumps([asdict(kind) for kind in kinds], indent=1)
    elif as_markdown:
        text = page() if name is None else "\n".join(_section(kind) for kind in kinds)
    else:
        text = _overview(kinds) if name is None else "\n\n".join(_at_length(kind) for kind in kinds)
    click.echo(text.rstrip("\n"))
    return 0


def _unknown(name: str) -> BadInput:
    known = [kind.name for kind in every_kind()]
    near = nearest(name, known)
    cure = f"did you mean {near}? `lab kinds` lists all" if near else "`lab kinds` lists all"
    return BadInput.because(f"there is no kind called {name}", cure)


# What the registries say


def every_kind() -> Iterator[Kind]:
    """All kinds, family by family, by name."""
    for registry in FAMILIES:
        for name, item in registry:
            yield _kind(registry.family, name, item)


def _kind(family: str, name: str, item: Any) -> Kind:
    described = getattr(item, "draw", item)
    about, example = _split(inspect.getdoc(described) or "")
    fields = fields_of(item) if isinstance(item, type) and issubclass(item, BaseModel) else ()
    return Kind(family, name, about or _module_line(described), _note(item), example, fields)


def _module_line(item: Any) -> str:
    return (inspect.getdoc(sys.modules[item.__module__]) or "").partition("\n")[0]


def _split(doc: str) -> tuple[str, str]:
    """A docstring without its example, and the example; other sections are for readers of the code."""
    about, _, rest = doc.partition("\nExample:\n")
    about = about.partition("\nRaises:\n")[0].partition("\nArgs:\n")[0]
    return about.strip(), textwrap.dedent(rest).strip()


def _note(item: Any) -> str:
    notes = [f"Fills the file `{item.filename}`." if hasattr(item, "filename") else ""]
    notes.append("Made in every scenario." if getattr(item, "always", False) else "")
    short = getattr(item, "short", "")
    notes.append(f"Text alone fills `{short}`." if isinstance(short, str) and short else "")
    return " ".join(note for note in notes if note)


def fields_of(model: type[BaseModel]) -> tuple[Field, ...]:
    """The fields of a model as a scenario's author meets them, those that are required first."""
    schema = model.model_json_schema()
    required = schema.get("required", ())
    found = [_field(name, node, name in required) for name, node in schema.get("properties", {}).items()]
    return tuple(sorted(found, key=lambda field: field.default != REQUIRED))


def _field(name: str, node: dict[str, Any], required: bool) -> Field:  # noqa: FBT001 - read from a list just above
    plain = _plain(node)
    about = str(node.get("description") or plain.get("description") or "")
    return Field(name, _type(plain), REQUIRED if required else _default(node, plain), about)


def _plain(node: dict[str, Any]) -> dict[str, Any]:
    """The part of a field's schema that is not `null`."""
    parts = [part for part in node.get("anyOf", ()) if part.get("type") != "null"]
    return parts[0] if len(parts) == 1 else node


def _type(node: dict[str, Any]) -> str:
    if node.get("title") == "Moment":
        return "moment"
    if node.get("type") == "array":
        inner = node.get("items", {})
        return f"list of {_type(inner)}s" if inner else "list"
    if "enum" in node:
        return " or ".join(f"`{word}`" for word in node["enum"])
    words = PATTERNS.get(node.get("pattern", ""), TYPES.get(node.get("type", ""), "value"))
    low, high = node.get("minimum"), node.get("maximum")
    bounds = [f"from {low}" if low is not None else "", f"to {high}" if high is not None else ""]
    return " ".join(word for word in (words, *bounds) if word)


def _default(node: dict[str, Any], plain: dict[str, Any]) -> str:
    value = node.get("default")
    if value is None:
        return ""
    if plain.get("pattern") == DURATION and isinstance(value, int | float):
        return format_duration(value).replace(" ", "")
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)


# How it is shown


def _overview(kinds: list[Kind]) -> str:
    width = max(len(kind.name) for kind in kinds)
    lines: list[str] = []
    for registry in FAMILIES:
        lines += ["", f"{registry.family}s"]
        lines += [f"  {kind.name.ljust(width)}  {kind.headline}" for kind in kinds if kind.family == registry.family]
    return "\n".join([*lines[1:], "", "`lab kinds KIND` explains one at length."])


def _at_length(kind: Kind) -> str:
    lines = [f"{kind.name} ({kind.family})", "", kind.about]
    lines += ["", kind.note] if kind.note else []
    for field in kind.fields:
        default = field.default if field.default in ("", REQUIRED) else f"default {field.default}"
        head = "; ".join(word for word in (field.type.replace("`", ""), default) if word)
        lines += ["", f"  {field.name}: {head}", *([f"      {field.about}"] if field.about else [])]
    lines += ["", "Example:", textwrap.indent(kind.example, "  ")] if kind.example else []
    return "\n".join(lines)


def page() -> str:
    """The whole page `docs/kinds.md`."""
    kinds = list(every_kind())
    parts = [INTRODUCTION]
    for registry in FAMILIES:
        parts.append(f"## {registry.family.capitalize()}s\n\n{ABOUT[registry.family]}\n")
        parts += [_section(kind) for kind in kinds if kind.family == registry.family]
        parts += [_options()] if registry is FAULTS else []
    return "\n".join(parts)


def _section(kind: Kind) -> str:
    parts = [f"### {kind.name}", kind.about, kind.note, _fields_table(kind.fields)]
    parts.append(f"```yaml\n{kind.example}\n```" if kind.example else "")
    return "\n\n".join(part for part in parts if part) + "\n"


def _options() -> str:
    about = inspect.getdoc(FaultOptions) or ""
    return f"### Beside any fault\n\n{about}\n\n{_fields_table(fields_of(FaultOptions))}\n"


def _fields_table(fields: tuple[Field, ...]) -> str:
    if not fields:
        return ""
    rows = [f"| `{field.name}` | {field.type} | {_cell(field)} | {_escaped(field.about)} |" for field in fields]
    return "\n".join(["| field | type | default | meaning |", "|---|---|---|---|", *rows])


def _cell(field: Field) -> str:
    return field.default if field.default in ("", REQUIRED) else f"`{field.default}`"


def _escaped(text: str) -> str:
    """Text of a table's cell: a star or a bar means itself."""
    return text.replace("|", "\\|").replace("*", "\\*")
