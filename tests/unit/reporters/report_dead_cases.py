"""Cases of dead and absent servers: a TS killed in mid-reply, and a door at which nobody listens."""

from report_tape import Tape
from report_values import NOT_FOUND, SOON, Case, finding, place, receipt, scenario

from lab.result import Finding, Receipt
from lab.verdict import Verdict

TRACE = """\
serving on 127.0.0.1:5002
Traceback (most recent call last):
  File "ls.py", line 81, in <module>
    main()
  File "ls.py", line 64, in serve
    name, address, kind = line.split()
ValueError: not enough values to unpack (expected 3, got 1)
"""


def killed_ts() -> Case:
    """TS1 is killed in mid-reply and LS dies of it: failed on B2, its traceback among its last lines."""
    tape = _killed_tape()
    done = ("message 1 of ts1->ls, www.google.com: 7 bytes passed, then SIGKILL",)
    planned = "ts1 is killed (SIGKILL) in mid-reply, after 7 bytes of its first message"
    kill = receipt("kill1", "kill", "ts1", planned, injected=0.0021, healed=0.008, fired=1, touched=done)
    result = scenario(
        "killed_ts",
        _killed_findings(tape),
        story="TS1 dies in the middle of its answer; LS says not found at five seconds, and lives on.",
        clauses=("B2",),
        virtual_s=0.0075,
        wall_s=0.061,
        queries=tape.queries(client_1=NOT_FOUND),
        faults=(kill,),
        outputs={"ls": TRACE, "ts1": "1 name\n", "ts2": "1 name\n"},
        clock="jump",
        seed=7,
    )
    return result, tape.history


def _killed_tape() -> Tape:
    tape = Tape()
    name, line = "www.google.com", "www.google.com 8.6.4.2 A"
    tape.ask("client.1", name, 0.001)
    tape.note(0.0021, "injected", fault="kill1")
    tape.message("ts1->ls", line, 0.002, became="www.goo", passed=0.0022)
    did = "7 bytes passed, then SIGKILL"
    tape.note(0.0022, "fired", fault="kill1", did=did, flow="ts1->ls", n=1, name=name)
    tape.note(0.0023, "signalled", server="ts1", signal="KILL", by="kill1")
    tape.note(0.0034, "exited", server="ts1", status=-9, by="kill1")
    tape.end("ts1->ls", 0.0035)
    tape.note(0.0035, "door", link="ls->ts1", state="refusing")
    tape.note(0.0071, "exited", server="ls", status=1, by="")
    tape.end("ls->client", 0.0072, what="rst")
    tape.end("ls->ts2", 0.0072)
    ended = {"client": "client", "query": "client.1", "ask": name, "outcome": "closed", "reply": None}
    tape.note(0.0075, "outcome", elapsed=0.0065, **ended)
    tape.note(0.0076, "left", client="client", how="closed")
    tape.note(0.008, "healed", fault="kill1")
    tape.stop(0.02, servers=("ts2",))
    return tape


def _killed_findings(tape: Tape) -> list[Finding]:
    return [
        finding(
            "alive",
            "B2",
            "LS exited with status 1 when TS1 died in the middle of its answer.",
            Verdict.FAILED,
            blames="ls",
            expected="LS alive until the lab stops it",
            seen="exit status 1 at 0.007 s, 3.7 ms after ts1 was killed",
            events=tuple(event.seq for event in tape.history.all("exited", server="ls")),
        ),
        finding(
            "expected",
            "B2",
            "client.1 was closed on after 6.5 ms; LS should have said not found.",
            Verdict.FAILED,
            blames="ls",
            expected="not found at 5 s",
            seen="the connection reset after 6.5 ms",
            tolerance="20 ms early, 1 s late",
            query="client.1",
            place=place("killed_ts", 12, "    expect: {not_found: 5s}", "{"),
            events=tuple(event.seq for event in tape.history.all("outcome")),
        ),
    ]


def refused_door() -> Case:
    """TS2's door refuses for two seconds; the second fault never took effect: inconclusive."""
    tape = _refused_tape()
    findings = [
        finding("expected", "B2", "client.1 was answered at once by ts1, with nobody at ts2's door."),
        finding("used_again", "B3", "ts2 was asked again once its door was open."),
        finding(
            "fired",
            "",
            "The fault drop1 never took effect, so nothing was proved of it.",
            Verdict.INCONCLUSIVE,
            expected="at least one message of ts2->ls dropped",
            seen="no message of ts2->ls",
            place=place("doors/refused_door", 9, "  - drop: {flow: ts2->ls}", "drop"),
        ),
    ]
    result = scenario(
        "refused_door.back-at-2s",
        findings,
        path="scenarios/doors/refused_door.yaml",
        command="lab run scenarios/doors/refused_door.yaml -k back-at-2s --seed 0 --clock real",
        story="Nobody listens for TS2 at first; TS1's answers are unharmed, and TS2 is used again once it is back.",
        clauses=("B2", "B3"),
        virtual_s=4.1027,
        wall_s=4.19,
        queries=tape.queries(client_1=SOON, client_2=SOON),
        faults=_refused_receipts(),
        outputs={"ls": "ts2: connection refused\n"},
        warnings=("ts2 was never asked before 4 s; is the first query of use?",),
    )
    return result, tape.history


def _refused_receipts() -> tuple[Receipt, ...]:
    refusing = "nobody listens at the door of ls->ts2 until 2 s"
    done = ("the door of ls->ts2: nobody listens",)
    dropping = "every message of ts2->ls is read and never passed on"
    nothing = "no message of ts2->ls reached it"
    return (
        receipt("refuse1", "refuse", "ls->ts2", refusing, injected=0.0, healed=2.0, fired=1, touched=done),
        receipt("drop1", "drop", "ts2->ls", dropping, injected=0.0, healed=4.104, why_not=nothing),
    )


def _refused_tape() -> Tape:
    tape = Tape(servers=("ts1", "ls"))
    line = "www.google.com 8.6.4.2 A"
    tape.note(0.0, "injected", fault="refuse1")
    tape.note(0.0, "injected", fault="drop1")
    tape.note(0.0001, "door", link="ls->ts2", state="refusing")
    tape.note(0.0002, "fired", fault="refuse1", did="nobody listens at ls->ts2")
    tape.ask("client.1", "www.google.com", 0.001, upstreams=("ts1",))
    tape.message("ts1->ls", line, 0.0019)
    tape.reply("client.1", line, 0.0027, 0.002)
    tape.note(2.0, "door", link="ls->ts2", state="open")
    tape.note(2.0, "healed", fault="refuse1")
    tape.ask("client.2", "www.google.com", 4.1)
    tape.message("ts1->ls", line, 4.1019)
    tape.reply("client.2", line, 4.1027, 0.002)
    tape.note(4.104, "healed", fault="drop1")
    tape.close("client", 4.1045)
    tape.stop(4.12)
    return tape
