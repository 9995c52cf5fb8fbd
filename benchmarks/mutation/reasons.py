"""Reasons: why mutants live, as `survivors.yaml` has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from mutation.making import Mutant


@dataclass(frozen=True)
class Reason:
    """Why some mutants of one line live.

    Attributes:
        where: The function.
        line: The line's text.
        changes: Which of its mutants; none: all.
        kind: `equivalent` (nobody can tell the mutant from the program; `why` is the proof), `sound` (it can be told,
            but keeps the contract, so that to fail it would be to blame a sound server; `why` is the proof), `unasked`
            (no scenario can bring about what it changes) or `open` (a scenario could tell, and is not there).
        why: A sentence or several.
    """

    where: str
    line: str
    changes: tuple[str, ...]
    kind: str
    why: str

    def fits(self, mutant: Mutant) -> bool:
        """Whether it speaks of this mutant."""
        is_there = (self.where, self.line) == (mutant.where, mutant.text)
        return is_there and (not self.changes or mutant.change in self.changes)


KINDS = ("equivalent", "sound", "unasked", "open")


def read_reasons(path: Path) -> list[Reason]:
    """All reasons of a file; each entry names one of the kinds, and says there why."""
    found = []
    for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
        (kind,) = set(entry) & set(KINDS)
        changes = tuple(entry.get("changes", ()))
        found += [Reason(entry["in"], line, changes, kind, entry[kind]) for line in _listed(entry["line"])]
    return found


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def reason_of(mutant: Mutant, reasons: Sequence[Reason]) -> Reason | None:
    """The first reason that speaks of a mutant."""
    return next((reason for reason in reasons if reason.fits(mutant)), None)
