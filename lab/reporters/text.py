r"""Text from strangers, made safe to show: what cannot be seen is written out, and nothing is endless.

A byte that is not UTF-8 (a lone surrogate, as histories keep it) becomes `\xff`; a control character `\x00`;
whatever could reorder or hide text, such as U+202E, `\u202e`. Newline and tab stay where lines are allowed.
"""

import re
import textwrap
from collections.abc import Iterable

from lab.units import format_duration

LONGEST_LINE = 400
MOST_LINES = 200
LONGEST_PARAGRAPH = 600
LONGEST_CODE_UNIT = 0xFF

_FORMATTING = "\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
_UNSEEN = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{_FORMATTING}\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_FIRST_BYTE, _LAST_BYTE = 0xDC80, 0xDCFF
_WORDS = re.compile(r"""(?:[^\s'"]|'[^']*'|"[^"]*"|['"])+""")


def visible(text: str) -> str:
    """The text with everything unseen written out; newline and tab stay. It always encodes as UTF-8."""
    return _UNSEEN.sub(_written_out, text)


def _written_out(match: re.Match[str]) -> str:
    code = ord(match[0])
    if _FIRST_BYTE <= code <= _LAST_BYTE:
        code -= 0xDC00
    return f"\\x{code:02x}" if code <= LONGEST_CODE_UNIT else f"\\u{code:04x}"


def one_line(text: str, limit: int = LONGEST_LINE) -> str:
    """The text on one line of at most `limit` characters and a mark that says how many were cut."""
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text
    head = text[: limit + 1]
    shown = visible(head).replace("\n", "\\n").replace("\t", "\\t")
    if len(text) <= limit and len(shown) <= limit:
        return shown
    left_off = max(len(text) - limit, 0)
    mark = f"… (+{left_off:,} characters)" if left_off else "…"
    return shown[: max(limit - len(mark), 1)] + mark


def block(text: str, lines: int = MOST_LINES, width: int = LONGEST_LINE) -> str:
    """The last `lines` lines of a text, each capped at `width`, with a first line that says how many were cut."""
    rows = text.rstrip("\n").split("\n")
    cut = len(rows) - lines
    shown = [one_line(row, width).replace("\\t", "    ") for row in rows[-lines:]]
    return "\n".join([f"… ({cut:,} lines before)", *shown] if cut > 0 else shown)


def without_end(text: str) -> str:
    """A message without the end of its line."""
    return text.removesuffix("\n").removesuffix("\r")


def seconds(at: float) -> str:
    """A time from zero, in seconds to the millisecond: `3.004`; never `-0.000`."""
    return f"{at:.3f}" if abs(at) >= 0.0005 else "0.000"


def lasted(seconds_: float) -> str:
    """A measured duration to the millisecond: `3.004 s`, `12.3 ms`."""
    return format_duration(round(seconds_, 4))


def bracket(window: tuple[float, float]) -> str:
    """A window of seconds in words: `2.98 s to 3.25 s`."""
    return f"{format_duration(window[0])} to {format_duration(window[1])}"


def clipped(text: str, limit: int) -> str:
    """The text on one line of at most `limit` characters, with an ellipsis if it was longer."""
    shown = one_line(text, limit + 1)
    return (
        shown
        if len(text) <= limit and len(shown) <= limit
        else visible(text[:limit]).replace("\n", " ")[: limit - 1] + "…"
    )


def wrapped(text: str, width: int, indent: str = "", rest: str | None = None) -> list[str]:
    """The text in lines of at most `width` columns, indented (`rest`: from the second on); a longer word is cut."""
    told = one_line(text, LONGEST_PARAGRAPH)
    later = indent if rest is None else rest
    return textwrap.wrap(told, width, initial_indent=indent, subsequent_indent=later, break_on_hyphens=False)


def shell_lines(command: str, width: int, indent: str = "") -> list[str]:
    r"""A command on lines of about `width` columns, continued with ` \` between words, so that it can be pasted."""
    lines: list[str] = []
    for word in _WORDS.findall(visible(command)):
        if lines and len(lines[-1]) + len(word) + 3 <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(f"{indent}  {word}" if lines else f"{indent}{word}")
    return [*(f"{line} \\" for line in lines[:-1]), *lines[-1:]]


def listed(words: Iterable[str]) -> str:
    """The words with commas between them."""
    return ", ".join(words)
