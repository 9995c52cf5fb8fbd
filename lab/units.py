"""Durations, shifts of clocks, percentages and byte counts as people write them. Every duration has a unit.

Inside the lab a duration is a float of seconds.
"""

import re
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

LONGEST = 3600.0
UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}
DURATION = r"^([0-9]+(?:\.[0-9]+)?)\s*(us|ms|s|min|h)$"
SHIFT = r"^([+-])\s*([0-9]+(?:\.[0-9]+)?\s*(?:us|ms|s|min|h))$"
RATES = {"B/s": 1, "KiB/s": 1024, "MiB/s": 1024**2}
RATE = r"^([0-9]+(?:\.[0-9]+)?)\s*(B/s|KiB/s|MiB/s)$"
SIZES = {"B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
SIZE = r"^([0-9]+(?:\.[0-9]+)?)\s*(B|KiB|MiB|GiB)$"
PERCENT = r"^([0-9]+(?:\.[0-9]+)?)\s*%$"


def parse_duration(text: object) -> float:
    """Seconds from text such as `3s`, `250ms` or `1.5 min`.

    Raises:
        ValueError: No unit, negative, not finite, or above one hour; the message says the cure.
    """
    if isinstance(text, int | float) and not isinstance(text, bool):
        return float(text)
    match = re.match(DURATION, str(text).strip())
    if match is None:
        raise ValueError(_why_no_duration(str(text).strip()))
    seconds = float(match[1]) * UNITS[match[2]]
    if seconds > LONGEST:
        raise ValueError(f"{text} is above one hour; no scenario may wait so long")
    return seconds


def _why_no_duration(text: str) -> str:
    if re.match(r"^[0-9]+(\.[0-9]+)?$", text):
        return f"{text} has no unit; write {text}s or {text}ms"
    if text.startswith("-"):
        return f"{text} is negative; a duration is zero or more, such as 3s or 250ms"
    return f"{text or 'nothing'} is no duration; write a number with its unit, such as 3s, 250ms or 2min"


def format_duration(seconds: float) -> str:
    """The shortest spelling people read at a glance: `3 s`, `250 ms`, `5.004 s`, `40 us`."""
    size = abs(seconds)
    if size >= 1 or size == 0:
        return f"{_trim(seconds, 3)} s"
    if size >= 1e-3:
        return f"{_trim(seconds * 1e3, 1 if size < 0.1 else 0)} ms"
    return f"{_trim(seconds * 1e6, 0)} us"


def _trim(number: float, digits: int) -> str:
    text = f"{number:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def parse_shift(text: object) -> float:
    """Seconds, forwards or backwards, from text such as `+1h` or `-90s`.

    Raises:
        ValueError: No sign or no unit, zero, or above one hour either way; the message says the cure.
    """
    if isinstance(text, int | float) and not isinstance(text, bool):
        return float(text)
    match = re.match(SHIFT, str(text).strip())
    if match is None:
        raise ValueError(f"{text} is no shift of a clock; write a sign and a duration, such as +1h or -90s")
    seconds = parse_duration(match[2])
    if not seconds:
        raise ValueError(f"{text} moves no clock; write how far it is to jump, such as +1h or -90s")
    return -seconds if match[1] == "-" else seconds


def format_shift(seconds: float) -> str:
    """As a scenario writes it, in the greatest unit that comes out even: `+1h`, `-90s`, `+1.5s`."""
    size = abs(seconds)
    unit = next((unit for unit in ("h", "min") if size % UNITS[unit] == 0), "")
    text = f"{size / UNITS[unit]:g}{unit}" if unit else format_duration(size).replace(" ", "")
    return f"{'-' if seconds < 0 else '+'}{text}"


def parse_percent(text: object) -> float:
    """A share from 0 to 1 from text such as `30%`.

    Raises:
        ValueError: No percent sign, or above 100 %.
    """
    if isinstance(text, int | float) and not isinstance(text, bool):
        return float(text)
    match = re.match(PERCENT, str(text).strip())
    if match is None:
        raise ValueError(f"{text} is no percentage; write it with its sign, such as 30%")
    share = float(match[1]) / 100
    if share > 1:
        raise ValueError(f"{text} is above 100%; a chance is between 0% and 100%")
    return share


def parse_rate(text: object) -> float:
    """Bytes a second from text such as `20B/s` or `1.5 KiB/s`.

    Raises:
        ValueError: No unit, or no more than zero; the message says the cure.
    """
    if isinstance(text, int | float) and not isinstance(text, bool):
        return float(text)
    match = re.match(RATE, str(text).strip())
    if match is None:
        raise ValueError(f"{text} is no rate; write a number with its unit, such as 20B/s, 2KiB/s or 1MiB/s")
    if not float(match[1]):
        raise ValueError(f"{text} lets nothing pass; to stop a flow, use cut")
    return float(match[1]) * RATES[match[2]]


def format_rate(rate: float) -> str:
    """The shortest spelling: `20 B/s`, `1.5 KiB/s`."""
    return f"{format_size(rate)}/s"


def parse_size(text: object) -> int:
    """Bytes from text such as `4096B`, `64KiB` or `10 MiB`.

    Raises:
        ValueError: No unit; the message says the cure.
    """
    if isinstance(text, int) and not isinstance(text, bool):
        return text
    match = re.match(SIZE, str(text).strip())
    if match is None:
        raise ValueError(f"{text} is no number of bytes; write it with its unit, such as 4096B, 64KiB or 10MiB")
    return round(float(match[1]) * SIZES[match[2]])


def format_size(size: float) -> str:
    """The shortest spelling: `512 B`, `64 KiB`, `1.5 MiB`."""
    unit, worth = next(((unit, worth) for unit, worth in reversed(SIZES.items()) if size >= worth), ("B", 1))
    return f"{_trim(size / worth, 1)} {unit}"


Duration = Annotated[
    float,
    BeforeValidator(parse_duration),
    WithJsonSchema({"type": "string", "pattern": DURATION, "examples": ["3s", "250ms"]}),
]
Percent = Annotated[
    float,
    BeforeValidator(parse_percent),
    WithJsonSchema({"type": "string", "pattern": PERCENT, "examples": ["30%"]}),
]
Shift = Annotated[
    float,
    BeforeValidator(parse_shift),
    WithJsonSchema({"type": "string", "pattern": SHIFT, "examples": ["+1h", "-90s"]}),
]
Rate = Annotated[
    float,
    BeforeValidator(parse_rate),
    WithJsonSchema({"type": "string", "pattern": RATE, "examples": ["20B/s", "2KiB/s"]}),
]
Size = Annotated[
    int,
    BeforeValidator(parse_size),
    WithJsonSchema({"type": "string", "pattern": SIZE, "examples": ["64KiB", "10MiB"]}),
]
