"""The fault `replace`: other bytes than were sent."""

from collections.abc import Iterable
from typing import Literal, Self

from pydantic import Field, model_validator

from lab.actions import Action, Fire, Message, Pass
from lab.faults.base import FAULTS, FlowFault
from lab.needs import Need

OTHER_NAME, OTHER_ADDRESS = b"impostor.invalid", b"203.0.113.99"
"""A name and an address that are nobody's: RFC 6761 and RFC 5737 keep them for documents."""
GARBAGE = b"%$ ]]> ?? ~~ \x07 <!"
OVERSIZED = 5000
WORDS = {
    "other_name": "is about another name",
    "other_address": "has another address",
    "garbage": "is garbage",
    "empty": "is an empty line",
    "oversized": f"is {OVERSIZED} bytes long",
    "endless": f"is {OVERSIZED} bytes without an end of line",
    "no_newline": "lacks its end of line",
    "nul": "has a NUL byte in it",
    "not_utf8": "has bytes in it that are no UTF-8",
    "text": "is another text",
}
UNENDED = ("no_newline", "endless", "oversized", "empty")
How = Literal[
    "other_name", "other_address", "garbage", "empty", "oversized", "endless", "no_newline", "nul", "not_utf8", "text"
]


@FAULTS.kind("replace")
class Replace(FlowFault):
    """A message arrives as other bytes: another name or address, garbage, an empty or a much too long line.

    `by: text` takes the bytes of `text`, which needs no end of line.

    Example:
        - replace: {flow: ts1->ls, by: other_name, message: 1}
    """

    by: How
    text: str = Field(default="", max_length=65536, description="for `by: text`: the line that arrives instead")

    @model_validator(mode="after")
    def _text_has_its_kind(self) -> Self:
        if self.text and self.by != "text":
            raise ValueError("text is used by `by: text` only; write by: text, or leave it out")
        return self

    @property
    def wants(self) -> tuple[Need, ...]:
        """Some of these differ from others by how they end, or have no bytes of their own."""
        return ("message ends",) if self.by in UNENDED else ()

    @property
    def says(self) -> tuple[str, ...]:
        """Its text, if it has one; the other lines are no longer than those of the tables, or end otherwise."""
        return (self.text,) if self.by == "text" else ()

    @property
    def planned(self) -> str:
        """The receipt's sentence."""
        return f"{self.which} of {self.flow} {WORDS[self.by]}"

    def on_message(self, message: Message) -> Iterable[Action]:
        """Pass other bytes, and say so unless they are the same."""
        line = message.data.rstrip(b"\r\n")
        data = self._instead(line, message.data[len(line) :])
        return [Pass(data), *([Fire(WORDS[self.by])] if data != message.data else [])]

    def _instead(self, line: bytes, end: bytes) -> bytes:
        name, *rest = line.split(maxsplit=1)[:2] if line.split() else (b"",)
        fields = line.split()
        match self.by:
            case "other_name":
                return b" ".join([OTHER_NAME, *rest]) + end
            case "other_address":
                return b" ".join([name, *([OTHER_ADDRESS, *fields[2:]] if fields[1:] else [])]) + end
            case "no_newline":
                return line
            case "nul" | "not_utf8":
                odd = b"\0" if self.by == "nul" else b"\xff\xfe"
                return line[: len(line) // 2] + odd + line[len(line) // 2 :] + end
            case _:
                return self._whole(end)

    def _whole(self, end: bytes) -> bytes:
        """What does not depend on the line that is replaced."""
        bodies = {
            "garbage": GARBAGE,
            "empty": b"",
            "oversized": b"x" * OVERSIZED,
            "endless": b"x" * OVERSIZED,
            "text": self.text.encode("utf-8", "surrogateescape"),
        }
        return bodies[self.by] + (b"" if self.by == "endless" else end)
