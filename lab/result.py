"""Results: what a run came to, as values that reporters draw and `report.json` keeps.

Durations and times are float seconds; times are from the scenario's zero.
"""

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lab.expectation import GIVES_UP
from lab.verdict import Verdict, worst

FORMAT = "result/1"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Place(_Record):
    """Where in a user's file something stands; line and column from 1."""

    file: str
    line: int
    column: int
    text: str = ""


class Finding(_Record):
    """One check's judgement of one thing.

    Attributes:
        check: The name of the check.
        clause: The promise of the contract at stake, such as `C5`; empty if none is.
        verdict: passed, failed, or inconclusive (noise could explain it, or nothing was proved).
        sentence: One sentence for a reader who knows the contract but not the lab.
        blames: Who is at fault, such as `ls` or `ts1`; empty when nobody is, or when nobody can be named.
        expected: What should have been, in words; empty where the sentence says it all.
        seen: What was, in words.
        tolerance: What was allowed beside `expected`, in words.
        counts: False where the finding is shown but does not count at the chosen level.
        query: The id of the query it is about, such as `ann.2`; empty if none.
        place: The line of the scenario that demanded it, if one did.
        events: Sequence numbers of the events that prove it.
        excess: Seconds by which a late finding was late; zero where lateness is not the matter.
        hint: What to look for in the program that is to blame; empty where nothing failed.
    """

    check: str
    clause: str = ""
    verdict: Verdict
    sentence: str
    blames: str = ""
    expected: str = ""
    seen: str = ""
    tolerance: str = ""
    counts: bool = True
    query: str = ""
    place: Place | None = None
    events: tuple[int, ...] = ()
    excess: float = 0.0
    hint: str = ""


class Receipt(_Record):
    """What one fault was to do, what it did, and to what.

    Attributes:
        id: The fault's id, given or made, such as `delay1`.
        kind: Its kind, such as `delay`.
        where: Its flow, link or server, such as `ts1->ls`.
        planned: What it was to do, in words.
        injected: When its time began; None if never.
        healed: When it was undone; None if never.
        fired: How often it touched something.
        touched: What it touched and did, in words, oldest first; at most 20.
        lost: How many messages were lost for good: the fault let nothing pass, or held them too long.
        why_not: Why it did not fire; empty if it did.
        optional: Whether not firing is allowed.
    """

    id: str
    kind: str
    where: str
    planned: str
    injected: float | None = None
    healed: float | None = None
    fired: int = 0
    touched: tuple[str, ...] = ()
    lost: int = 0
    why_not: str = ""
    optional: bool = False


class QueryResult(_Record):
    """One query and how it ended.

    Attributes:
        client: Who asked.
        id: The query's id, such as `ann.2`, or the one the scenario gave it.
        ask: The text that was asked.
        outcome: answered, not_found, wrong, no_reply, closed, reset or left.
        reply: The line that came, without its end; None if none did.
        asked_at: When the write had returned; None if it was never asked.
        elapsed_s: From there to the outcome.
        expected: What the scenario expects, in words; empty if it says nothing.
        window: Earliest and latest allowed `elapsed_s` (the contract's own tolerance included), if one is expected.
        came_from: The server whose answer the reply was, such as `ts1`; empty if from none.
    """

    client: str
    id: str
    ask: str
    outcome: str
    reply: str | None = None
    asked_at: float | None = None
    elapsed_s: float | None = None
    expected: str = ""
    window: tuple[float, float] | None = None
    came_from: str = ""


class ScenarioResult(_Record):
    """One scenario's end.

    Attributes:
        name: The scenario's id, `slow_ts` or `slow_ts.late-6s`.
        path: Its file, as the user gave it.
        folder: Its folder inside the run's, where `history.jsonl` and the servers' output are.
        reason: Why it was skipped, or what the lab's own trouble was; else empty.
        gives_up: Seconds after which LS says not found.
        virtual_s: The scenario's own time from zero to the last outcome.
        wall_s: From launch to gone, in real time.
        lonely: Whether this is the repeat, alone, of a run whose verdict noise could explain.
        outputs: The last lines of each server's output, by server.
        yaml: The scenario file's text.
        command: The exact command that repeats it.
        turn: Which of its runs it is, where it was to run several times; from 1.
    """

    name: str
    path: str
    folder: str = ""
    story: str = ""
    level: str = "contract"
    clauses: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    points: float | None = None
    hint: str = ""
    verdict: Verdict
    reason: str = ""
    gives_up: float = GIVES_UP
    virtual_s: float = 0.0
    wall_s: float = 0.0
    seed: int = 0
    clock: str = "real"
    launch: str = "fork"
    lonely: bool = False
    alone: bool = False
    turn: int = 1
    findings: tuple[Finding, ...] = ()
    faults: tuple[Receipt, ...] = ()
    queries: tuple[QueryResult, ...] = ()
    warnings: tuple[str, ...] = ()
    servers: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    outputs: dict[str, str] = Field(default_factory=dict)
    yaml: str = ""
    command: str = ""

    @property
    def broken(self) -> tuple[Finding, ...]:
        """The findings that are neither passed nor skipped, gravest first."""
        order = {Verdict.ERROR: 0, Verdict.FAILED: 1, Verdict.INCONCLUSIVE: 2}
        bad = [finding for finding in self.findings if finding.verdict in order]
        return tuple(sorted(bad, key=lambda finding: (not finding.counts, order[finding.verdict])))


class RunResult(_Record):
    """A whole run: what `report.json` holds, and `--json` prints."""

    format: str = FORMAT
    verdict: Verdict
    started: str = ""
    wall_s: float = 0.0
    level: str = "beyond"
    system: str = ""
    command: str = ""
    interrupted: bool = False
    note: str = ""
    machine: dict[str, Any] = Field(default_factory=dict)
    scenarios: tuple[ScenarioResult, ...] = ()


def verdict_of(findings: tuple[Finding, ...]) -> Verdict:
    """A scenario's verdict: the worst of the findings that count; passed if none does."""
    return worst([Verdict.PASSED, *(finding.verdict for finding in findings if finding.counts)])


def read_result(text: str) -> RunResult:
    """A run's result from the text of its `report.json`.

    Raises:
        ValueError: It is no JSON, no result, or a result of another format; the message says which, and the cure.
    """
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ValueError(f"this is no JSON ({error}); was the report cut short? Run again") from None
    told = found.get("format") if isinstance(found, dict) else None
    if told != FORMAT:
        said = repr(told)[:60] if told else "none"
        raise ValueError(f"this is no result of the format {FORMAT} (it says: {said}); run again with this lab")
    try:
        return RunResult.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise ValueError(f"a {FORMAT} that does not keep its format: {place}: {first['msg']}") from None
