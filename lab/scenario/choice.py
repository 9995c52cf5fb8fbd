"""Values that take one of several forms, told apart by a key: a kind of fault, a step, an expectation.

pydantic builds the forms; the choice between them is made, and complained about, here.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from lab.registry import nearest
from lab.scenario.document import form, shown

TAG = "<{}>"


class Broken:
    """What stands for an entry that has been complained about already, so that the rest can still be read."""


BROKEN = Broken()


def complaint(what: str, cure: str, key: str | None = None) -> PydanticCustomError:
    """An error whose two halves reach the user as they are; about the value, or about one of its keys."""
    words = {"what": what, "cure": cure, **({"key": key} if key is not None else {})}
    return PydanticCustomError("lab", "{what}; {cure}", words)


@dataclass(frozen=True, eq=False)
class Choice:
    """Metadata of a type that takes one of several forms; exactly one of the forms' keys must be there.

    Attributes:
        noun: What it is called in messages, such as `kind of fault`.
        forms: The model of each form, by the key that tells it.
        others: Keys that any form may have beside its own.
        words: Forms that may be written as a bare word.
        example: One value, for messages.
        bare: Turns any other bare text into a mapping; None where there may be none.
    """

    noun: str
    forms: Mapping[str, type[BaseModel]]
    others: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    example: str = ""
    bare: Callable[[str], object] | None = None

    @property
    def known(self) -> list[str]:
        """The keys that tell the forms."""
        return list(self.forms)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Pydantic's hook: try the bare words, then choose the form by its key."""
        del source
        choices = {TAG.format(name): handler.generate_schema(model) for name, model in self.forms.items()}
        union = core_schema.tagged_union_schema(choices=choices, discriminator=self.tag) if choices else None
        chosen = union or core_schema.any_schema()  # without forms `check` refuses everything
        checked = core_schema.no_info_before_validator_function(self.check, chosen)
        return core_schema.no_info_wrap_validator_function(_unless_broken, checked)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Pydantic's hook: any of the forms, or a bare word."""
        made = handler(schema)
        forms = made.get("oneOf", [])
        words: list[JsonSchemaValue] = [{"enum": sorted(self.words)}] if self.words and not self.bare else []
        words += [{"type": "string"}] if self.bare else []
        return {"anyOf": [*forms, *words] or [False], "description": f"one {self.noun}: {', '.join(self.known)}"}

    def check(self, value: object) -> object:
        """The value as a mapping with exactly one of the forms' keys.

        Raises:
            PydanticCustomError: It has none, an unknown one, or two.
        """
        if isinstance(value, str) and value in self.words:
            return {value: ""}
        if isinstance(value, str) and value and self.bare:
            return self.bare(value)
        if not isinstance(value, dict):
            raise self._no_mapping(value)
        found = [key for key in value if key in self.forms]
        if len(found) > 1:
            raise complaint(
                f"{found[0]} and {found[1]} stand in one entry, which takes one {self.noun}",
                "make two entries of it, or remove one",
                found[1],
            )
        if not found:
            raise self._unknown([key for key in value if key not in self.others])
        return value

    def tag(self, value: object) -> str | None:
        """Pydantic's name of the form."""
        keys = value if isinstance(value, dict) else ()
        return next((TAG.format(key) for key in keys if key in self.forms), None)

    def _no_mapping(self, value: object) -> PydanticCustomError:
        text = value if isinstance(value, str) else ""
        if not text:
            return complaint(f"{form(value)} stands where one {self.noun} belongs", self._cure(""))
        if text in self.forms:
            return complaint(f"{text} has nothing behind it", f"write its fields, as in {self._as(text)}")
        return complaint(f"{shown(text)} is no {self.noun}", self._cure(text))

    def _unknown(self, keys: Iterable[str]) -> PydanticCustomError:
        key = next(iter(keys), None)
        if key is None:
            return complaint(f"this entry names no {self.noun}", self._cure(""))
        return complaint(f"{shown(key)} is no {self.noun}", self._cure(key), key)

    def _cure(self, word: str) -> str:
        near = nearest(word, self.known) if word else None
        guess = f"did you mean {near}? Known are" if near else "known are"
        example = f", as in {self.example}" if self.example and not near else ""
        return f"{guess} {', '.join(self.known)}{example}"

    def _as(self, word: str) -> str:
        return self.example if self.example.startswith(f"{{{word}:") else f"{{{word}: …}}"


def _unless_broken(value: object, handler: core_schema.ValidatorFunctionWrapHandler) -> object:
    return value if isinstance(value, Broken) else handler(value)
