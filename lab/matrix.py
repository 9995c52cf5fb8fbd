"""The kill matrix: which scenario catches which server, and what follows from it. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from lab.result import ScenarioResult
from lab.verdict import Verdict


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Cell(_Value):
    """What one scenario says of one server.

    Attributes:
        verdict: The scenario's.
        clauses: Those of what failed.
        blames: Whom that blames.
    """

    verdict: Verdict
    clauses: tuple[str, ...] = ()
    blames: tuple[str, ...] = ()


class Row(_Value):
    """One server against all scenarios.

    Attributes:
        name: What it is called.
        about: What is wrong with it; empty for a sound one.
        breaks: The clause that it breaks; empty for a sound one.
        caught_by: The scenario that must catch it; empty for a sound one.
        role: Which part of the system is broken: `ls`, `ts` or `client`; empty for a sound one.
    """

    name: str
    role: str = ""
    about: str = ""
    breaks: str = ""
    caught_by: str = ""
    cells: dict[str, Cell]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is to be wrong with it."""
        return not self.breaks

    @property
    def caught(self) -> tuple[str, ...]:
        """The scenarios that fail it."""
        return self._with(Verdict.FAILED)

    def _with(self, verdict: Verdict) -> tuple[str, ...]:
        return tuple(name for name, cell in self.cells.items() if cell.verdict is verdict)

    @property
    def trouble(self) -> str:
        """Why it is not as it should be; empty if it is."""
        return self._standing[1]

    @property
    def verdict(self) -> Verdict:
        """Passed if it is as it should be; else how grave it is that it is not."""
        return self._standing[0]

    @property
    def _standing(self) -> tuple[Verdict, str]:
        for name in self._with(Verdict.ERROR):
            return Verdict.ERROR, f"{name} was not judged, through the lab's own trouble"
        return self._sound_standing if self.is_sound else self._broken_standing

    @property
    def _sound_standing(self) -> tuple[Verdict, str]:
        for verdict, said in ((Verdict.FAILED, "failed by"), (Verdict.INCONCLUSIVE, "not passed by")):
            names = self._with(verdict)
            if names:
                return verdict, f"sound, and yet {said} {', '.join(names[:5])}"
        return Verdict.PASSED, ""

    @property
    def _broken_standing(self) -> tuple[Verdict, str]:
        cell = self.cells.get(self.caught_by)
        if cell is None:
            return Verdict.FAILED, f"{self.caught_by}, which must catch it, was not run"
        if cell.verdict is not Verdict.FAILED:
            grave = Verdict.INCONCLUSIVE if cell.verdict is Verdict.INCONCLUSIVE else Verdict.FAILED
            return grave, f"{self.caught_by}, which must catch it, says {cell.verdict.value}"
        if self.breaks not in cell.clauses:
            return Verdict.FAILED, f"{self.caught_by} catches it by {', '.join(cell.clauses)}, not by {self.breaks}"
        for name in self.caught:
            others = [party for party in self.cells[name].blames if not self._may_be_blamed(party)]
            if others:
                return Verdict.FAILED, f"{name} blames {', '.join(others)} for it"
        return Verdict.PASSED, ""

    def _may_be_blamed(self, party: str) -> bool:
        """Whether it is in this role; a client is blamed by a name that the scenario gave it."""
        role = party.rstrip("0123456789")
        return role == self.role or (self.role == "client" and role not in ("ls", "ts"))


def row_cells(results: Sequence[ScenarioResult]) -> dict[str, Cell]:
    """The cells of one server's results."""
    return {result.name: _cell(result) for result in results}


def _cell(result: ScenarioResult) -> Cell:
    failed = [finding for finding in result.findings if finding.verdict is Verdict.FAILED and finding.counts]
    clauses, blames = _told(finding.clause for finding in failed), _told(finding.blames for finding in failed)
    return Cell(verdict=result.verdict, clauses=clauses, blames=blames)


def _told(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(words) - {""}))


class Matrix(_Value):
    """Servers and scenarios."""

    rows: tuple[Row, ...]

    @property
    def scenarios(self) -> tuple[str, ...]:
        """All scenarios, by name."""
        return tuple(sorted({name for row in self.rows for name in row.cells}))

    @property
    def broken(self) -> tuple[Row, ...]:
        """The servers that are wrong."""
        return tuple(row for row in self.rows if not row.is_sound)

    @property
    def sound(self) -> tuple[Row, ...]:
        """The servers that are not."""
        return tuple(row for row in self.rows if row.is_sound)

    @property
    def troubles(self) -> Mapping[str, str]:
        """What is not as it should be, by server."""
        return {row.name: row.trouble for row in self.rows if row.trouble}

    @property
    def caught_by(self) -> Mapping[str, tuple[str, ...]]:
        """For each scenario the wrong servers that it catches."""
        return {name: tuple(row.name for row in self.broken if name in row.caught) for name in self.scenarios}

    @property
    def only(self) -> Mapping[str, str]:
        """The servers that a single scenario catches, with that scenario."""
        return {row.name: row.caught[0] for row in self.broken if len(row.caught) == 1}

    @property
    def idle(self) -> tuple[str, ...]:
        """The scenarios that catch none of the wrong servers."""
        return tuple(name for name, caught in self.caught_by.items() if not caught)

    @property
    def twins(self) -> tuple[tuple[str, ...], ...]:
        """Wrong servers that cannot be told apart: the same scenarios fail them, by the same clauses."""
        groups: dict[tuple[tuple[str, tuple[str, ...]], ...], list[str]] = {}
        for row in self.broken:
            key = tuple((name, row.cells[name].clauses) for name in sorted(row.caught))
            groups.setdefault(key, []).append(row.name)
        return tuple(tuple(names) for names in groups.values() if len(names) > 1)

    @property
    def clauses(self) -> Mapping[str, int]:
        """How many wrong servers break each clause."""
        return Counter(row.breaks for row in self.broken)
