"""Results that can be written: bytes that are no text, kept as lone surrogates in the history, are spelled out."""

from typing import Any

from pydantic_core import PydanticSerializationError

from lab.result import ScenarioResult


def printable(result: ScenarioResult) -> ScenarioResult:
    r"""The result, with `\udcff` written where a text has a lone surrogate; mostly there is none."""
    try:
        result.model_dump_json()
    except PydanticSerializationError:
        return ScenarioResult.model_validate(_spelled(result.model_dump()))
    return result


def _spelled(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_spelled(key): _spelled(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_spelled(one) for one in value)
    return value
