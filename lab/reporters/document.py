"""`report.json`: the run's result as JSON, the source of truth from which every other report can be drawn again."""

import json
from collections.abc import Callable, Mapping
from json.encoder import encode_basestring_ascii
from typing import Any

from lab.history import History
from lab.reporters.base import Bundle, reporter
from lab.result import ScenarioResult

KIND = "document"
NONE = "[]\n}"
"""The end of a document without scenarios, which are the last that `lab.result` declares."""
_LEAVES: Mapping[type, Callable[[Any], str]] = {
    str: encode_basestring_ascii,
    float: float.__repr__,
    int: int.__repr__,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "null",
}


def part(scenario: ScenarioResult, _history: History) -> str:
    """The scenario's JSON, indented as it stands in the document."""
    return indented(scenario.model_dump(mode="json"), "\n  ")


def indented(value: Any, margin: str = "\n") -> str:
    """What `json.dumps` says with an indent of 1, which it says slowly: only without one it leaves Python."""
    leaf = _LEAVES.get(type(value))
    if leaf is not None:
        return leaf(value)
    inner = f"{margin} "
    if isinstance(value, dict):
        parts = [f"{encode_basestring_ascii(key)}: {indented(item, inner)}" for key, item in value.items()]
    else:
        parts = [indented(item, inner) for item in value]
    first, last = "{}" if isinstance(value, dict) else "[]"
    return f"{first}{inner}{f',{inner}'.join(parts)}{margin}{last}" if parts else f"{first}{last}"


@reporter(KIND, "report.json", part)
def draw(bundle: Bundle) -> str:
    """The result as JSON in ASCII; keys stand in the order in which `lab.result` declares them."""
    run = bundle.run.model_copy(update={"scenarios": ()})
    text = json.dumps(run.model_dump(mode="json"), indent=1)
    parts = ",\n  ".join(bundle.parts_for(part, KIND))
    return (f"{text.removesuffix(NONE)}[\n  {parts}\n ]\n}}" if parts else text) + "\n"
