"""Patterns that look alike: each history shows one of them, and must not be told for the other."""

from collections.abc import Callable

import pytest

from lab.checks.base import CHECKS
from lab.checks.hints import hint_for
from lab.judging import judge
from lab.verdict import Verdict
from tests.unit.checks.check_cases import never_listened
from tests.unit.checks.check_stage import A, B, Stage, answer, broken, fault, missing, not_found


def unserved() -> Stage:
    """Ann was served and is gone; nobody takes notice of bob, nor of cat behind him."""
    stage = Stage(clients=("ann", "bob", "cat"))
    stage.query("a.example", 1.0, A, 0.003, says=[("ts1", A, 0.002)])
    stage.done(1.1)
    for client, at in (("bob", 2.0), ("cat", 2.5)):
        query = stage.query("b.example", at, None, 0.0, client, fan=False, expect=answer("2.2.2.2", 0.0))
        stage.outcome(query, "no_reply", at + 15.0)
    stage.stop(18.0)
    return stage


def unasked_by_two() -> Stage:
    """ts1 is away, and ts2 is asked for neither of two clients: none of them waits for the other."""
    stage = Stage(clients=("ann", "bob"))
    stage.note(0.5, "door", link="ls->ts1", state="refusing")
    stage.query("b.example", 1.0, missing("b.example"), 5.001, "ann", fan=False, expect=answer("2.2.2.2", 0.0))
    stage.query("b.example", 1.5, missing("b.example"), 5.001, "bob", fan=False, expect=answer("2.2.2.2", 0.0))
    stage.stop(9.0)
    return stage


def alive_was_demanded() -> Stage:
    """LS ends before it listens, and was to be alive."""
    stage = never_listened()
    for server in stage.tables:
        stage.note(-0.03, "listening", server=server, port=1)
    return stage


def ended_behind_done() -> Stage:
    """LS answers, closes as the client is done, and ends long after that was said."""
    stage = Stage()
    stage.query("a.example", 1.0, A, 2.9, says=[("ts1", A, 2.8)])
    stage.sent("ann->ls", "done", 1.01)
    stage.ended("ls->ann", 3.95)
    stage.ended("ann->ls", 3.96)
    stage.note(4.0, "exited", server="ls", status=0, by="")
    return stage


def reset_by_a_fault() -> Stage:
    """The connection to ts1 is reset under LS, which dies of it."""
    stage = Stage(faults=[fault(flows=("ls->ts1",))])
    stage.query("b.example", 1.0, None, 0.0)
    stage.ended("ls->ts1", 1.001, "rst", ("passed",))
    stage.note(1.002, "exited", server="ls", status=1, by="")
    return stage


def deafened_by_a_reset() -> Stage:
    """The connection to ts1 is reset, and the answer of ts2 is not relayed any more."""
    stage = Stage(faults=[fault(flows=("ls->ts1",))])
    due = answer("2.2.2.2", 0.5)
    stage.query("b.example", 1.0, missing("b.example"), 5.001, expect=due, says=[("ts2", B, 0.5)])
    stage.ended("ls->ts1", 1.1, "rst", ("passed",))
    stage.stop(9.0)
    return stage


def greeted() -> Stage:
    """LS greets, so that all that it sends is taken for the reply to the query before."""
    stage = Stage()
    stage.sent("ls->ann", "hello", 0.9)
    first = stage.ask("a.example", 1.0, expect=answer("1.1.1.1", 0.0))
    stage.fan("a.example", 1.001)
    stage.says("ts1", A, 1.002)
    stage.seen(first, "hello", 1.0005)
    second = stage.ask("b.example", 1.0012, expect=answer("2.2.2.2", 0.0))
    stage.sent("ls->ann", A, 1.003)
    stage.seen(second, A, 1.0032)
    stage.fan("b.example", 1.004)
    stage.says("ts2", B, 1.005)
    stage.sent("ls->ann", B, 1.006)
    stage.stop(2.0)
    return stage


def said_twice() -> Stage:
    """Not found is said twice, the second time in place of the next reply."""
    stage = Stage()
    stage.query("none.example", 1.0, missing("none.example"), 5.001, expect=not_found())
    stage.query("no.example", 6.1, missing("none.example"), 0.001, expect=not_found())
    stage.stop(12.0)
    return stage


def given_to_another() -> Stage:
    """Bob gets the answer to ann's query, and before he is answered he leaves; she gets nothing."""
    stage = Stage(clients=("ann", "bob"))
    ann = stage.query("a.example", 1.0, None, 0.0, "ann", expect=answer("1.1.1.1", 1.0), says=[("ts1", A, 1.0)])
    stage.query("b.example", 1.5, A, 0.6, "bob", expect=answer("2.2.2.2", 1.0))
    stage.done(2.2, "bob")
    stage.says("ts2", B, 3.0)
    stage.outcome(ann, "no_reply", 16.0)
    stage.stop(16.1)
    return stage


def held_beyond_the_wait() -> Stage:
    """ts1 cannot be reached; the answer of ts2 comes at once, and is held for six seconds."""
    stage = Stage()
    stage.note(0.5, "door", link="ls->ts1", state="silent")
    stage.query("b.example", 1.0, B, 6.0, expect=answer("2.2.2.2", 0.0), fan=["ts2"], says=[("ts2", B, 0.002)])
    stage.stop(9.0)
    return stage


def named_in_part() -> Stage:
    """LS says not found of the first hundred bytes of a long name."""
    name = f"{'a' * 60}.{'b' * 60}.example"
    stage = Stage()
    stage.query(name, 1.0, missing(name[:100]), 5.001, expect=not_found())
    stage.stop(9.0)
    return stage


SHOWN: dict[str, tuple[Callable[[], Stage], str, str]] = {
    "nobody took notice of a client": (unserved, "no_accept", "one_client_at_a_time"),
    "two clients' queries were not asked": (unasked_by_two, "unasked_with_dead_ts", "one_client_at_a_time"),
    "it ended before it listened": (alive_was_demanded, "start_traceback", "exits"),
    "it ended behind its client's done": (ended_behind_done, "exits_with_client", "exits"),
    "it died of a reset": (reset_by_a_fault, "dies_with_ts", "exits"),
    "a reset stopped its ears": (deafened_by_a_reset, "lost_with_ts", "answer_ignored"),
    "it greeted": (greeted, "extra_line", "scenario_errs"),
    "not found was said twice": (said_twice, "two_replies", "not_found_other_name"),
    "an answer went to another client": (given_to_another, "mixed_sessions", "stopped_by_other_line"),
    "an answer was held for long": (held_beyond_the_wait, "late_with_dead_ts", "relays_too_late"),
    "a long name was cut": (named_in_part, "long_line", "not_found_other_name"),
}


@pytest.mark.parametrize("history", SHOWN)
def test_a_pattern_is_not_told_for_another(history: str) -> None:
    make, pattern, other = SHOWN[history]
    checks = [CHECKS["alive"](servers=("ls",))] if make is alive_was_demanded else []
    told = {finding.hint for finding in broken(judge(make().evidence(), checks)) if finding.verdict is Verdict.FAILED}
    assert hint_for(pattern, "line", 5.0) in told
    assert hint_for(other, "line", 5.0) not in told
