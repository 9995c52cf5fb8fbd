"""JSON with an indent, quickly: `json` says it slowly, as only without one it leaves Python."""

from collections.abc import Callable, Mapping
from json.encoder import encode_basestring_ascii
from typing import Any

_LEAVES: Mapping[type, Callable[[Any], str]] = {
    str: encode_basestring_ascii,
    float: float.__repr__,
    int: int.__repr__,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "null",
}


def indented(value: Any, margin: str = "\n") -> str:
    """What `json.dumps` says with an indent of 1.

    Args:
        value: Of dicts with texts for keys, lists, tuples and plain values.
        margin: A newline and what stands before the value on its line.
    """
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
