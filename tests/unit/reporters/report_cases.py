"""Scenarios that a run could have had, with their results: what every report is drawn from in these tests."""

from report_dead_cases import killed_ts, refused_door
from report_late_cases import late_answer, slow_ts
from report_tape import Tape
from report_values import NOT_FOUND, Case, finding, receipt, scenario

from lab.reporters.base import Bundle
from lab.result import Place, RunResult
from lab.verdict import Verdict, worst

NASTY = "<script>alert('x')</script> \x00\x1b[31m \udcff\ud800 \u202egnp.exe ]]> &amp; {{ 7*7 }} \uffff"
LONG = 10_000
CLIENTS = tuple(f"c{number:02}" for number in range(1, 11))


def ten_clients() -> Case:
    """Ten clients at once, one of whose answers is dropped: it is told not found after five seconds."""
    tape = _crowded_tape()
    done = ("message 7 of ts1->ls, host06.example: dropped",)
    planned = "messages of ts1->ls about host06.example are read and never passed on"
    drop = receipt("drop1", "drop", "ts1->ls", planned, injected=0.0, healed=5.006, fired=1, touched=done)
    soon = {f"{client}_1": ("answer within 250 ms", (0.0, 0.25), "ts1") for client in CLIENTS}
    result = scenario(
        "ten_clients",
        [finding("expected", "B11", "Nine clients were answered within 250 ms while one waited five seconds.")],
        story="Ten clients at once; the answer for one is lost, and its wait delays none of the others.",
        clauses=("B11",),
        virtual_s=5.0054,
        wall_s=5.1,
        queries=tape.queries(**(soon | {"c07_1": NOT_FOUND})),
        faults=(drop,),
        clients=CLIENTS,
    )
    return result, tape.history


def _crowded_tape() -> Tape:
    tape = Tape(clients=CLIENTS)
    tape.note(0.0, "injected", fault="drop1")
    for index, client in enumerate(CLIENTS):
        tape.ask(f"{client}.1", f"host{index:02}.example", 0.001 + index * 0.0004)
    for index, client in enumerate(CLIENTS):
        name, at = f"host{index:02}.example", 0.0072 + index * 0.0005
        line = f"{name} 10.0.0.{index} A"
        if client == "c07":
            tape.note(at, "fired", fault="drop1", did="dropped", flow="ts1->ls", n=7, name=name)
            tape.message("ts1->ls", line, at, passed=None)
        else:
            tape.message(f"ts{index % 2 + 1}->ls", line, at)
            tape.reply(f"{client}.1", line, at + 0.001, at + 0.0003 - index * 0.0004)
            tape.close(client, at + 0.002)
    tape.reply("c07.1", "host06.example - Error:HOST NOT FOUND", 5.0051, 5.0017, "not_found")
    tape.note(5.006, "healed", fault="drop1")
    tape.close("c07", 5.0062)
    tape.stop(5.02)
    return tape


def hostile() -> Case:
    """Everything that could break a report: control characters, half characters, markup, and endless lines."""
    tape = _hostile_tape()
    broken = finding(
        "line_of_a_table",
        "B5",
        f"LS relayed what is no line: {NASTY}",
        Verdict.FAILED,
        expected=NASTY,
        seen="y" * LONG,
        tolerance="</td></table>",
        query="client.1",
        place=Place(file="scenarios/<b>.yaml", line=3, column=1, text=NASTY),
        events=tuple(event.seq for event in tape.history.all("outcome")),
    )
    many = f"{NASTY}\r\n{'z' * LONG}\n" + "one more line\n" * 500
    result = scenario(
        "hostile",
        [broken],
        story=f"Hostile text is shown, not obeyed: {NASTY}",
        clauses=("B5",),
        virtual_s=0.5,
        wall_s=0.6,
        queries=tape.queries(),
        faults=(receipt("replace1", "replace", "ts1->ls", NASTY, injected=0.0, fired=1, touched=(NASTY,)),),
        outputs={"ls": many, "ts1": "\x00" * 5000, "ts2": "\ud800"},
        command=f"lab run 'scenarios/hostile.yaml' --name '{NASTY}'",
    )
    return result, tape.history


def _hostile_tape() -> Tape:
    tape = Tape()
    tape.note(0.0, "injected", fault="replace1")
    tape.ask("client.1", NASTY, 0.001)
    tape.message("ts1->ls", "x" * LONG, 0.002, became="\x00" * 300 + "\udcfe" * 300)
    tape.message("ts2->ls", "", 0.004, what="bytes")
    tape.note(0.01, "output", server="ls", stream="stdout", text=NASTY)
    tape.note(0.02, "trouble", text=NASTY)
    tape.reply("client.1", NASTY * 3, 0.5, 0.499, "wrong")
    return tape


def skipped() -> Case:
    """A scenario that this clock cannot perform."""
    result = scenario(
        "silent_door",
        verdict=Verdict.SKIPPED,
        reason="the jump clock cannot perform unreachable: the kernel's SYN timer does not jump",
        story="TS1 cannot be connected to; the SYN goes unanswered.",
        clauses=("B2",),
        clock="jump",
    )
    return result, None


def trouble() -> Case:
    """The lab's own trouble: a port was taken by a stranger; nothing was asked and there is no history."""
    result = scenario(
        "port_taken",
        verdict=Verdict.ERROR,
        reason="port 5002 was taken by another program (pid 812, nginx) while ls was about to be started",
        story="Both TSes answer at once.",
        level="contract",
        clauses=("C1",),
        wall_s=0.2,
    )
    return result, None


ALL = {
    "slow_ts": slow_ts,
    "late_answer": late_answer,
    "killed_ts": killed_ts,
    "refused_door": refused_door,
    "ten_clients": ten_clients,
    "hostile": hostile,
    "silent_door": skipped,
    "port_taken": trouble,
}


def bundle(*names: str) -> Bundle:
    """A run of these scenarios, of all if none is named."""
    cases = [ALL[name]() for name in names or ALL]
    results = tuple(result for result, _ in cases)
    run = RunResult(
        verdict=worst(result.verdict for result in results),
        started="2026-11-03T14:05:09+00:00",
        wall_s=8.31,
        system="servers/reference.yaml",
        command="lab run scenarios --clock real",
        machine={"system": "Linux 6.18", "python": "CPython 3.11.7", "processors": 2, "load": [0.41, 0.3]},
        scenarios=results,
    )
    histories = {result.name: history for result, history in cases if history is not None}
    return Bundle(run, histories)
