"""What all kinds of check share: a check is a pure judgement of a history (law 1).

A kind's typed fields are its YAML schema, its docstring its documentation. A kind with `always` is judged in
every scenario, with its defaults unless the scenario lists it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from lab.evidence import Plan
from lab.history import History
from lab.needs import Need
from lab.registry import Registry
from lab.result import Finding

CHECKS: "Registry[type[Check]]" = Registry("check", "lab.checks")
UNRANKED = 100


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was planned, and what happened; the history has come to its end.

    Attributes:
        views: What was worked out of the two together, by `once`.
    """

    plan: Plan
    history: History
    views: dict[object, Any] = field(default_factory=dict, init=False, repr=False, compare=False)


class Check(BaseModel):
    """A pure judgement of a history."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    always: ClassVar[bool] = False
    """Whether it is judged in every scenario."""
    needs: ClassVar[tuple[Need, ...]] = ()
    """What it needs of a world that not every world has."""
    hears_words: ClassVar[bool] = False
    """Whether it judges the very words that a server prints."""
    measures: ClassVar[bool] = False
    """Whether it wants to know what servers hold between the sessions."""
    short: ClassVar[str] = ""
    """The field that a bare text or list fills, as in `alive: [ls, ts1]`; empty if it takes only a mapping."""
    rank: ClassVar[int] = UNRANKED
    """Its place among the checks of one reply: of those that find one query broken, only the first speaks."""

    @property
    def refused(self) -> Mapping[str, int]:
        """Servers that are to refuse what they are started with, so that nobody can ask, and their exit status."""
        return {}

    def judge(self, evidence: Evidence) -> Iterable[Finding]:
        """The findings, passed ones too, in the order of the history."""
        raise NotImplementedError  # every kind says it
