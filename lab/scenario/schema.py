"""JSON Schemas of scenarios, profiles, rubrics and grades, made from the shapes; editors complete and check with them.

`python -m lab.scenario.schema FOLDER` writes all files.
"""

import json
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from lab.grade import Gradebook
from lab.scenario.profile_shapes import ProfileShape
from lab.scenario.rubric_shapes import RubricShape
from lab.scenario.shapes import scenario_shape

VARIABLE = {"type": "string", "pattern": r"\$\{[^}]+\}", "description": "A variable of cases:"}
DIALECT = "https://json-schema.org/draft/2020-12/schema"
Node = dict[str, Any]
SHARED = ("Moment",)
NAMED: dict[str, str] = {"oneOf": "anyOf"}  # {text: …} is a table's text, and might be a table of one name
OTHERS = {"number": "1", "boolean": "true"}


@cache
def scenario_schema() -> Node:
    """The JSON Schema of a scenario, with every registered kind."""
    made = _schema(scenario_shape(), "Scenario")
    made = {**_with_variables(made), "$schema": DIALECT}
    made["$defs"]["Variable"] = VARIABLE
    return made


@cache
def profile_schema() -> Node:
    """The JSON Schema of a profile."""
    return _schema(ProfileShape, "Profile")


@cache
def rubric_schema() -> Node:
    """The JSON Schema of a rubric."""
    return _schema(RubricShape, "Rubric")


@cache
def grades_schema() -> Node:
    """The JSON Schema of `grades.json`."""
    return {"$schema": DIALECT, **Gradebook.model_json_schema(mode="serialization")}


def schemas() -> dict[str, Node]:
    """All schemas, by the names of their files."""
    return {
        "scenario.json": scenario_schema(),
        "profile.json": profile_schema(),
        "rubric.json": rubric_schema(),
        "grades.json": grades_schema(),
    }


def write(folder: Path) -> list[Path]:
    """Write all schemas into a folder; the files."""
    files = schemas()
    for name, schema in files.items():
        (folder / name).write_text(text_of(schema), encoding="utf-8")
    return [folder / name for name in files]


def text_of(schema: Node) -> str:
    """A schema as its file has it."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _schema(shape: type[BaseModel], title: str) -> Node:
    made = shape.model_json_schema()
    definitions: Node = {}
    made = _with_shared(made, definitions)
    made["$defs"] = {**made.get("$defs", {}), **definitions}
    return {"$schema": DIALECT, "title": title, **_for_editors(made)}


def _with_shared(node: Any, definitions: Node) -> Any:
    """The schema with each part that has a name of its own kept once, among the definitions."""
    if isinstance(node, list):
        return [_with_shared(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("title") in SHARED:
        words = {key: node[key] for key in ("description", "examples") if key in node}
        definitions[node["title"]] = {key: item for key, item in node.items() if key not in ("description", "default")}
        return {"$ref": f"#/$defs/{node['title']}", **words}
    return {key: _with_shared(item, definitions) for key, item in tuple(node.items())}


def _for_editors(node: Any) -> Any:
    """The schema without noise, and with the types that an editor sees where text has no quotes around it."""
    if isinstance(node, list):
        return [_for_editors(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept: Node = {
        NAMED.get(str(key), str(key)): _for_editors(item) for key, item in node.items() if not _is_noise(key, item)
    }
    if kept.get("type") != "string":
        return kept
    kept["type"] = _types(kept)
    if not isinstance(kept.get("default", ""), str):
        del kept["default"]  # seconds, which a scenario writes with their unit
    return kept


def _with_variables(node: Any) -> Any:
    """The schema in which a variable of `cases:` may stand wherever a text is more than any text."""
    if isinstance(node, list):
        return [_with_variables(item) for item in node]
    if not isinstance(node, dict):
        return node
    if _is_narrow(node):
        about = {key: node[key] for key in ("description",) if key in node}
        return {**about, "anyOf": [node, {"$ref": "#/$defs/Variable"}]}
    return {key: item if key == "propertyNames" else _with_variables(item) for key, item in node.items()}


def _is_narrow(node: Node) -> bool:
    kinds = node.get("type")
    is_text = kinds == "string" or (isinstance(kinds, list) and "string" in kinds and "null" not in kinds)
    return kinds in ("integer", "number", "boolean") or (is_text and ("pattern" in node or "enum" in node))


def _is_noise(key: str, item: object) -> bool:
    return (key == "title" and isinstance(item, str)) or (key == "default" and item in (None, []))


def _types(node: Node) -> str | list[str]:
    if "enum" in node or "const" in node or "format" in node:
        return "string"
    pattern = node.get("pattern")
    others = [name for name, text in OTHERS.items() if pattern is None or re.match(pattern, text)]
    return ["string", *others] if others else "string"


def main() -> None:
    """Write all schemas into the folder that is named."""
    for file in write(Path(sys.argv[1])):
        sys.stdout.write(f"{file}\n")


if __name__ == "__main__":
    main()
