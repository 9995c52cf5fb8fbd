"""For each kind of check its fields, a stage on which it passes, and one on which it finds something broken."""

from collections.abc import Callable
from typing import NamedTuple

from lab.evidence import PlannedClient
from tests.unit.checks.check_stage import A, B, Stage, answer, fault, line, missing, not_found, sound


class Case(NamedTuple):
    """One kind of check: how it is listed, and two stages."""

    fields: dict[str, object]
    good: Callable[[], Stage]
    bad: Callable[[], Stage]


def held() -> Stage:
    """LS holds an answer that was expected at once."""
    stage = Stage()
    stage.query("a.example", 1.0, A, 0.6, expect=answer("1.1.1.1", 0.0), says=[("ts1", A, 0.002)])
    stage.done(2.0)
    stage.stop()
    return stage


def stale() -> Stage:
    """The next query gets the late answer of the one before it, under the conditions of the clause."""
    stage = Stage(faults=[fault(flows=("ts1->ls",))])
    stage.query("a.example", 1.0, missing("a.example"), 5.001, expect=not_found())
    stage.says("ts1", A, 1.002, handed_on=7.0)
    stage.query("b.example", 7.1, A, 0.002, expect=answer("2.2.2.2", 0.0))
    stage.stop()
    return stage


def made_up() -> Stage:
    """LS sends a line that nobody had sent it."""
    stage = Stage()
    stage.query("a.example", 1.0, line("a.example", "7.7.7.7"), 0.003, says=[("ts1", A, 0.002)])
    return stage


def silent_ls() -> Stage:
    """LS never replies, never asks, and does not close."""
    stage = Stage()
    stage.query("none.example", 1.0, None, 0, fan=["ts1"])
    stage.stop(9.0)
    return stage


def left_open() -> Stage:
    """LS does not close a session whose client is done."""
    stage = Stage()
    stage.query("a.example", 1.0, A, 0.003, says=[("ts1", A, 0.002)])
    stage.done(1.1, closed=False)
    stage.stop(9.0)
    return stage


def hung_up() -> Stage:
    """LS ends a session that its client has not ended."""
    stage = Stage()
    stage.query("none.example", 1.0, missing("none.example"), 5.001)
    stage.ended("ls->ann", 6.002)
    stage.stop(9.0)
    return stage


def talkative() -> Stage:
    """ts2 says that it has not the name, where it must say nothing."""
    stage = Stage()
    stage.query("none.example", 1.0, missing("none.example"), 5.001, says=[("ts2", missing("none.example"), 0.002)])
    stage.stop()
    return stage


def died() -> Stage:
    """LS and ts1 end by themselves, and leave something behind."""
    stage = Stage()
    stage.query("a.example", 1.0, A, 0.003, says=[("ts1", A, 0.002)])
    stage.note(2.0, "exited", server="ls", status=1, by="")
    stage.note(2.0, "exited", server="ts1", status=1, by="")
    stage.note(3.0, "remained", server="ls", pid=2, command="sleep 99")
    return stage


def greedy() -> Stage:
    """A TS takes too many processes, and is ended."""
    stage = sound()
    stage.note(4.0, "overran", server="ts1", what="processes", has=300, allowed=64)
    stage.note(4.0, "exited", server="ts1", status=-9, by="bounds")
    return stage


def never_listened() -> Stage:
    """LS ends before it listens."""
    stage = Stage()
    stage.facts = [fact for fact in stage.facts if fact[2:] != ("listening", {"server": "ls", "port": 1})]
    stage.note(-0.001, "exited", server="ls", status=2, by="")
    return stage


def refused() -> Stage:
    """LS says why it cannot start, and ends."""
    stage = never_listened()
    stage.note(-0.002, "output", server="ls", stream="stderr", text="ls.py: 'five' is no number\n")
    return stage


def fired() -> Stage:
    """A fault touched something."""
    stage = Stage(faults=[fault(flows=("ts1->ls",))])
    stage.note(0.1, "injected", fault="f1")
    stage.note(1.0, "fired", fault="f1", did="held", flow="ts1->ls", n=1, name="a.example")
    return stage


def stuck() -> Stage:
    """A client waits for what never comes."""
    stage = sound()
    stage.note(9.0, "stuck", client="ann", moment="200 ms after late released")
    return stage


def printed() -> Stage:
    """LS prints a word."""
    stage = Stage()
    stage.note(1.0, "output", server="ls", stream="stderr", text="conflict\n")
    return stage


def program(*lines: str) -> Stage:
    """A program client writes lines."""
    stage = Stage(clients=(PlannedClient(name="ann", by="program"),))
    stage.query("a.example", 1.0, A, 0.003, says=[("ts1", A, 0.002)])
    stage.query("none.example", 2.0, missing("none.example"), 5.001)
    stage.note(9.0, "wrote", client="ann", text="".join(f"{one}\n" for one in lines), missing=False)
    return stage


def kept(descriptors: int) -> Stage:
    """LS is measured after ten sessions, and after sixty."""
    stage = sound()
    for at, sessions, held_ in ((1.0, 10, 4), (2.0, 60, descriptors)):
        told = {"sessions": sessions, "descriptors": held_, "threads": 1, "memory": 1 << 20}
        stage.note(at, "measured", server="ls", **told)
    return stage


def watched(*burned: float) -> Stage:
    """The lab has looked who uses the processor; LS has, in these windows."""
    stage = sound()
    for at in burned:
        stage.note(at, "burned", server="ls", spent=0.4, over=0.5)
    stage.note(5.3, "watched", windows=10)
    return stage


def jumped() -> Stage:
    """LS's wall clock jumps, and LS gives up at once."""
    stage = Stage()
    stage.query("none.example", 1.0, missing("none.example"), 2.001, expect=not_found())
    stage.note(3.0, "clock_set", server="ls", seconds=3600.0, by="f1")
    stage.done(4.0)
    stage.stop()
    return stage


CASES = {
    "alive": Case({"servers": ("ls", "ts1")}, sound, died),
    "alive_at_end": Case({}, sound, died),
    "bounds": Case({}, sound, greedy),
    "exited": Case({"server": "ls"}, died, sound),
    "expected": Case({}, sound, held),
    "fan_out": Case({}, sound, silent_ls),
    "faults_fired": Case({}, fired, lambda: Stage(faults=[fault(flows=("ts1->ls",))])),
    "from_a_server": Case({}, sound, made_up),
    "holds": Case({}, lambda: kept(4), lambda: kept(54)),
    "keeps_sessions": Case({}, sound, hung_up),
    "listens": Case({}, sound, never_listened),
    "logged": Case({"server": "ls", "pattern": "conflict"}, printed, sound),
    "no_spinning": Case({}, watched, lambda: watched(1.0, 1.5)),
    "nothing_left": Case({}, sound, died),
    "one_reply": Case({}, sound, silent_ls),
    "own_name": Case({}, sound, stale),
    "refuses": Case({"server": "ls"}, refused, sound),
    "relayed": Case({}, sound, held),
    "sessions_end": Case({}, sound, left_open),
    "steps_taken": Case({}, sound, stuck),
    "table_lines": Case({}, sound, talkative),
    "wrote": Case({"client": "ann"}, lambda: program(A, missing("none.example")), lambda: program(B)),
}
STAGES = (
    *(sound, held, stale, made_up, silent_ls, left_open, hung_up),
    *(talkative, died, greedy, never_listened, refused, fired, printed, stuck, jumped),
)
