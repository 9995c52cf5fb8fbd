"""The check `logged`: what a server prints, or must not print."""

import re
from collections.abc import Iterator
from typing import ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from lab.checks.base import CHECKS, Check, Evidence
from lab.checks.words import count, failed, passed, quoted, who
from lab.result import Finding

NAME = "logged"


@CHECKS.kind(NAME)
class Logged(Check):
    """A server's output has a pattern, at least so often, or never.

    Example:
        - logged: {server: ls, pattern: "conflict", at_least: 1}
    """

    hears_words: ClassVar[bool] = True

    server: str = Field(description="a server's name")
    pattern: str = Field(description="a regular expression, searched in its output")
    stream: Literal["stdout", "stderr"] | None = Field(default=None, description="only this stream; else both")
    at_least: int = Field(default=1, ge=1, description="how often it must be there")
    never: bool = Field(default=False, description="it must not be there at all")

    @field_validator("pattern")
    @classmethod
    def _is_a_pattern(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"no regular expression: {error}; a backslash before a special character helps") from error
        return pattern

    @model_validator(mode="after")
    def _not_both(self) -> Self:
        if self.never and "at_least" in self.model_fields_set:
            raise ValueError("`never` and `at_least` contradict each other; leave one of them out")
        return self

    def judge(self, evidence: Evidence) -> Iterator[Finding]:
        """One finding."""
        hits = sum(len(re.findall(self.pattern, text, re.MULTILINE)) for text in self._texts(evidence))
        name, seen = who(evidence.plan, self.server), count(hits, "time")
        wanted = "never" if self.never else f"at least {count(self.at_least, 'time')}"
        told = {"expected": wanted, "seen": seen}
        if (hits == 0) if self.never else (hits >= self.at_least):
            yield passed(NAME, "", f"{name} printed {quoted(self.pattern)} {seen}.", **told)
        else:
            sentence = f"{name} was to print {quoted(self.pattern)} {wanted}, but printed it {seen}."
            yield failed(NAME, "", sentence, blames=self.server, **told)

    def _texts(self, evidence: Evidence) -> list[str]:
        """What it printed, by stream: a line may have come in several reads."""
        printed: dict[str, str] = {}
        for event in evidence.history.all("output", server=self.server):
            if self.stream in (None, event["stream"]):
                printed[event["stream"]] = printed.get(event["stream"], "") + event["text"]
        return list(printed.values())
