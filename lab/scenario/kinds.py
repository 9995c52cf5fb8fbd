"""Entries of `faults:` and `checks:` as the user writes them: one kind with its fields, beside options of any kind."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, create_model
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from lab.scenario.choice import Choice
from lab.scenario.scalars import one_or_many


@dataclass(frozen=True)
class Short:
    """Metadata of a kind's body: a bare text or list fills its `short` field, a bare text a list of one.

    Attributes:
        field: The field that a bare text fills; empty if none.
        lists: The kind's fields that are lists.
    """

    field: str
    lists: frozenset[str]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Pydantic's hook: write it out in full, then validate."""
        return core_schema.no_info_before_validator_function(self.widened, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Pydantic's hook: the kind's fields, or what fills the short one."""
        full = handler(schema)
        fields = handler.resolve_ref_schema(full)
        for name in self.lists:
            fields["properties"][name] = one_or_many(fields["properties"][name])
        short = [fields["properties"][self.field]] if self.field in fields.get("properties", {}) else []
        nothing = [] if fields.get("required") else [{"type": "null"}]
        return {"anyOf": [full, *short, *nothing]} if short or nothing else full

    def widened(self, value: object) -> object:
        """The body with its field names and lists written out."""
        if value == "":
            return {}
        if self.field and isinstance(value, str | list):
            value = {self.field: value}
        if not isinstance(value, dict):
            return value
        return {key: self._listed(key, item) for key, item in value.items()}

    def _listed(self, key: str, item: object) -> object:
        return [item] if key in self.lists and isinstance(item, str) and item else item


def entries(registry: Any, options: type[BaseModel], example: str) -> Any:
    """The type of an entry: `options` with one kind of the registry, whose fields are then in `body`."""
    forms = {name: _entry(name, kind, options) for name, kind in registry}
    choice = Choice(
        noun=f"kind of {registry.family}",
        forms=forms,
        others=frozenset(options.model_fields),
        words=frozenset(name for name, kind in registry if _all_optional(kind)),
        example=example,
    )
    return Annotated[Any, choice]


def _entry(name: str, kind: type[BaseModel], options: type[BaseModel]) -> type[BaseModel]:
    properties = kind.model_json_schema().get("properties", {})
    lists = frozenset(key for key, item in properties.items() if _is_list(item))
    short = Short(getattr(kind, "short", ""), lists)
    body: Any = Annotated[kind, short]
    made = create_model(
        f"{name.title().replace('_', '')}Entry",
        __base__=options,
        __doc__=kind.__doc__,
        body=(body, Field(alias=name, description=_first_line(kind))),
    )
    made.kind = name  # type: ignore[attr-defined]
    return made


def _is_list(schema: JsonSchemaValue) -> bool:
    return schema.get("type") == "array" or any(_is_list(part) for part in schema.get("anyOf", []))


def _all_optional(kind: type[BaseModel]) -> bool:
    return not any(item.is_required() for item in kind.model_fields.values())


def _first_line(kind: type[BaseModel]) -> str:
    return (kind.__doc__ or "").strip().partition("\n")[0]
