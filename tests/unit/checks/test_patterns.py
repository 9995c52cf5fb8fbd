"""Patterns that no broken server of the catalogue shows alone: each on a history made by hand."""

from collections.abc import Callable
from typing import Any

import pytest

from lab.checks.hints import hint_for
from lab.evidence import PlannedClient
from lab.judging import judge
from lab.verdict import Verdict
from tests.unit.checks.check_cases import CASES as CHECKED
from tests.unit.checks.check_cases import STAGES, never_listened, program, stale
from tests.unit.checks.check_stage import A, B, Stage, answer, broken, line, missing, not_found


def of_one(name: str, text: str, after: float, **told: Any) -> Stage:
    """One query, and what LS replied to it, after so many seconds."""
    stage = Stage()
    stage.query(name, 1.0, text, after, **told)
    stage.done(after + 2.0)
    stage.stop()
    return stage


def ignored() -> Stage:
    """The answer comes in time and alone, and LS says not found."""
    due = answer("1.1.1.1", 0.0)
    return of_one("a.example", missing("a.example"), 5.001, expect=due, says=[("ts1", A, 0.002)])


def ts2_after_a_wait() -> Stage:
    """TS2's answer lay for the 5 s for which LS waited for TS1."""
    return of_one("b.example", B, 5.003, expect=answer("2.2.2.2", 0.0), says=[("ts2", B, 0.002)])


def without_end() -> Stage:
    """LS sends its reply without the end of the line."""
    stage = Stage()
    query = stage.query("a.example", 1.0, None, 0.0, expect=answer("1.1.1.1", 0.0), says=[("ts1", A, 0.002)])
    stage.part("ls->ann", A, 1.003)
    stage.outcome(query, "no_reply", 16.0)
    stage.stop(16.1)
    return stage


def crossed() -> Stage:
    """Ann gets what bob had asked for."""
    stage = Stage(clients=("ann", "bob"))
    stage.ask("b.example", 1.0, "bob", answer("2.2.2.2", 0.0))
    stage.fan("b.example", 1.0005)
    ann = stage.ask("a.example", 1.001, "ann", answer("1.1.1.1", 0.0))
    stage.fan("a.example", 1.0015)
    stage.says("ts2", B, 1.002)
    stage.reply(ann, B, 1.003)
    stage.stop(9.0)
    return stage


def with_ts_first(stage: Stage) -> Stage:
    """The TSes listen before LS is started."""
    for server in stage.tables:
        stage.note(-0.03, "listening", server=server, port=1)
    return stage


def deaf_without_a_word() -> Stage:
    """LS neither listens nor ends."""
    stage = with_ts_first(Stage())
    stage.facts = [fact for fact in stage.facts if fact[2:] != ("listening", {"server": "ls", "port": 1})]
    stage.stop(5.0)
    return stage


def in_use() -> Stage:
    """LS finds its port in use before it ever listened."""
    stage = with_ts_first(never_listened())
    stage.note(-0.002, "output", server="ls", stream="stderr", text="OSError: [Errno 98] Address already in use\n")
    return stage


def without_a_ts() -> Stage:
    """LS does not start, as ts1 is not there."""
    stage = never_listened()
    stage.facts = [fact for fact in stage.facts if fact[3].get("server") != "ts1"]
    return stage


def ended_by_ts() -> Stage:
    """ts1 ends its connection to LS."""
    stage = Stage()
    stage.query("a.example", 1.0, A, 0.003, says=[("ts1", A, 0.002)])
    stage.ended("ts1->ls", 1.5)
    stage.done(2.0)
    stage.stop()
    return stage


def wordless() -> Stage:
    """A program client writes no file."""
    stage = Stage(clients=(PlannedClient(name="ann", by="program"),))
    stage.query("a.example", 1.0, A, 0.003, says=[("ts1", A, 0.002)])
    stage.note(9.0, "wrote", client="ann", text="", missing=True)
    return stage


SEEN: dict[str, Callable[[], Stage]] = {
    "two_waits": lambda: of_one("none.example", missing("none.example"), 10.001, expect=not_found()),
    "reads_in_turn": ts2_after_a_wait,
    "stale_unread": stale,
    "no_newline": without_end,
    "mixed_sessions": crossed,
    "not_found_other_name": lambda: of_one("none.example", missing("old.example"), 5.001, expect=not_found()),
    "not_listening": deaf_without_a_word,
    "start_traceback": lambda: with_ts_first(never_listened()),
    "port_taken": in_use,
    "needs_ts_at_start": without_a_ts,
    "answer_ignored": ignored,
    "ts_closes": ended_by_ts,
    "client_no_file": wordless,
    "client_too_many": lambda: program(A, missing("none.example"), B),
    "client_writes_other": lambda: program(line("a.example", "9.9.9.9"), missing("none.example")),
}
WROTE = CHECKED["wrote"].fields


def hints(stage: Stage) -> set[str]:
    from lab.checks.base import CHECKS  # noqa: PLC0415 - a registry

    checks = [CHECKS["wrote"](**WROTE)] if any(client.by == "program" for client in stage.clients) else []
    return {finding.hint for finding in broken(judge(stage.evidence(), checks)) if finding.verdict is Verdict.FAILED}


@pytest.mark.parametrize("pattern", SEEN)
def test_a_pattern_is_seen_in_what_happened(pattern: str) -> None:
    assert hint_for(pattern, "line", 5.0) in hints(SEEN[pattern]())


@pytest.mark.parametrize("make", STAGES, ids=lambda make: make.__name__)
def test_whatever_failed_has_a_hint(make: Callable[[], Stage]) -> None:
    assert "" not in hints(make())
