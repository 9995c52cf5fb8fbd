"""Short ways to write the results of the cases."""

from collections.abc import Sequence
from typing import Any

from lab.history import History
from lab.result import Finding, Place, Receipt, ScenarioResult, verdict_of
from lab.verdict import Verdict

Case = tuple[ScenarioResult, History | None]

NOT_FOUND = ("not found at 5 s", (4.98, 6.0), "")
AT_THREE = ("answer 8.6.4.2 at 3 s", (2.98, 3.25), "ts1")
SOON = ("answer 8.6.4.2 within 250 ms", (0.0, 0.25), "ts1")


def scenario(name: str, findings: Sequence[Finding] = (), **told: Any) -> ScenarioResult:
    """A scenario's result: what is not told is as it mostly is."""
    told.setdefault("verdict", verdict_of(tuple(findings)))
    told.setdefault("path", f"scenarios/{name}.yaml")
    told.setdefault("command", f"lab run scenarios/{name}.yaml --seed {told.get('seed', 0)} --clock real")
    told.setdefault("servers", ("ls", "ts1", "ts2"))
    told.setdefault("clients", ("client",))
    told.setdefault("level", "beyond")
    told.setdefault("yaml", f"lab: scenario/1\nstory: {told['story']}\n")
    return ScenarioResult(name=name, folder=f"scenarios/{name}", findings=tuple(findings), **told)


def finding(check: str, clause: str, sentence: str, verdict: Verdict = Verdict.PASSED, **told: Any) -> Finding:
    return Finding(check=check, clause=clause, verdict=verdict, sentence=sentence, **told)


def receipt(fault: str, kind: str, where: str, planned: str, **told: Any) -> Receipt:
    return Receipt(id=fault, kind=kind, where=where, planned=planned, **told)


def place(name: str, line: int, text: str, needle: str) -> Place:
    return Place(file=f"scenarios/{name}.yaml", line=line, column=text.index(needle) + 1, text=text)
