"""Cases of late answers: one that LS waits for, and one that it gives to the wrong query."""

from report_tape import Tape
from report_values import AT_THREE, NOT_FOUND, Case, finding, place, receipt, scenario

from lab.result import Finding
from lab.verdict import Verdict

SLOW_YAML = """\
# yaml-language-server: $schema=../lab/schema/scenario.json
lab: scenario/1
story: TS1 knows the name but is three seconds late; LS waits for it, and says not found at five seconds to the next.
clauses: [C3, C5]

tables:
  ts1: {www.google.com: 8.6.4.2}
  ts2: {www.princeton.edu: 128.112.0.1}

faults:
  - delay: {flow: ts1->ls, by: 3s}

queries:
  - ask: WWW.google.com
    expect: {answer: 8.6.4.2, at: 3s}
  - ask: nowhere.example
    expect: {not_found: 5s}
"""

LATE_YAML = """\
lab: scenario/1
story: TS1's answer comes after LS gave up, while nobody asks; the next name, which nobody knows, must not get it.
level: beyond
clauses: [B1]
tables:
  ts1: {late.example: 1.1.1.1}
faults:
  - id: late
    hold: {flow: ts1->ls, name: late.example, release: 6s}
clients:
  ann:
    - ask: late.example
      expect: {not_found: 5s}
    - wait: {released: late, plus: 200ms}
    - ask: nobody.example
      expect: {not_found: 5s}
"""


def story_of(yaml: str) -> str:
    return yaml.partition("story: ")[2].partition("\n")[0]


def slow_ts() -> Case:
    """TS1 is three seconds late; LS waits, and then says not found at five seconds: passed."""
    tape = _slow_tape()
    findings = [
        finding("expected", "C3", "client.1 was answered after 3.004 s by ts1.", query="client.1"),
        finding("expected", "C5", "LS said not found after 5.002 s.", query="client.2"),
        finding("one_reply", "C3", "Each of 2 queries got exactly one reply."),
        finding("fan_out", "C2", "Every query reached both TSes within 0.1 ms of each other."),
        finding("alive", "C7", "ls, ts1 and ts2 were alive at the end."),
    ]
    done = ("message 1 of ts1->ls, www.google.com: held for 3 s",)
    planned = "every message of ts1->ls arrives 3 s late"
    delay = receipt("delay1", "delay", "ts1->ls", planned, injected=0.0, healed=8.0072, fired=1, touched=done)
    result = scenario(
        "slow_ts",
        findings,
        story=story_of(SLOW_YAML),
        level="contract",
        clauses=("C3", "C5"),
        yaml=SLOW_YAML,
        virtual_s=8.0071,
        wall_s=8.094,
        queries=tape.queries(client_1=AT_THREE, client_2=NOT_FOUND),
        faults=(delay,),
        outputs={"ls": "serving on 127.0.0.1:5002\n", "ts1": "1 name\n", "ts2": "1 name\n"},
    )
    return result, tape.history


def _slow_tape() -> Tape:
    tape = Tape()
    line, missing = "www.google.com 8.6.4.2 A", "nowhere.example - Error:HOST NOT FOUND"
    tape.note(0.0, "injected", fault="delay1")
    tape.ask("client.1", "WWW.google.com", 0.001)
    tape.note(0.0023, "fired", fault="delay1", did="held for 3 s", flow="ts1->ls", n=1, name="www.google.com")
    tape.message("ts1->ls", line, 0.0022, passed=3.0026)
    tape.note(3.0024, "released", fault="delay1", flow="ts1->ls", n=1, name="www.google.com")
    tape.reply("client.1", line, 3.0041, 3.0035)
    tape.sound(3.1)
    tape.ask("client.2", "nowhere.example", 3.0051)
    tape.reply("client.2", missing, 8.0068, 5.0021, "not_found")
    tape.note(8.0072, "healed", fault="delay1")
    tape.close("client", 8.0075)
    tape.stop(8.02)
    return tape


def late_answer() -> Case:
    """TS1's answer comes after LS gave up, and LS gives it to the next query: failed on B1."""
    tape = _late_tape()
    asked = tape.history.all("asked", query="ann.2") + tape.history.all("outcome", query="ann.2")
    done = ("message 1 of ts1->ls, late.example: held back",)
    planned = "messages of ts1->ls about late.example are held until 6 s"
    hold = receipt("late", "hold", "ts1->ls", planned, injected=0.0, healed=6.2024, fired=1, touched=done)
    result = scenario(
        "late_answer",
        _late_findings(tuple(event.seq for event in asked)),
        story=story_of(LATE_YAML),
        clauses=("B1",),
        yaml=LATE_YAML,
        hint="Compare the name in a TS's answer with the name that was asked before you relay it.",
        virtual_s=6.2019,
        wall_s=6.3,
        queries=tape.queries(ann_1=NOT_FOUND, ann_2=(*NOT_FOUND[:2], "ts1")),
        faults=(hold,),
        clients=("ann",),
        outputs={"ls": "ann asks late.example\nann asks nobody.example\n", "ts1": "", "ts2": ""},
    )
    return result, tape.history


def _late_tape() -> Tape:
    tape = Tape(clients=("ann",))
    line, missing = "late.example 1.1.1.1 A", "late.example - Error:HOST NOT FOUND"
    tape.note(0.0, "injected", fault="late")
    tape.ask("ann.1", "late.example", 0.0011)
    tape.note(0.0024, "fired", fault="late", did="held back", flow="ts1->ls", n=1, name="late.example")
    tape.message("ts1->ls", line, 0.0023, passed=6.0003)
    tape.reply("ann.1", missing, 5.0031, 5.0022, "not_found")
    tape.note(6.0001, "released", fault="late", flow="ts1->ls", n=1, name="late.example")
    tape.ask("ann.2", "nobody.example", 6.2004)
    tape.reply("ann.2", line, 6.2017, 0.0013, "wrong")
    tape.note(6.2024, "healed", fault="late")
    tape.close("ann", 6.2026)
    tape.stop(6.22)
    return tape


def _late_findings(events: tuple[int, ...]) -> list[Finding]:
    return [
        finding("expected", "C5", "LS said not found after 5.002 s.", query="ann.1"),
        finding(
            "about_the_name",
            "B1",
            "LS answered nobody.example with TS1's late answer for late.example.",
            Verdict.FAILED,
            blames="ls",
            expected="not found for nobody.example at 5 s",
            seen="late.example 1.1.1.1 A after 1.3 ms, sent by ts1 at 0.002 s, handed to LS at 6 s",
            tolerance="none: an answer for another name is never right",
            query="ann.2",
            place=place("late_answer", 16, "      expect: {not_found: 5s}", "{"),
            events=events,
        ),
        finding(
            "punctual",
            "B16",
            "Whether LS was punctual cannot be said: no query was answered rightly.",
            Verdict.INCONCLUSIVE,
            counts=False,
        ),
    ]
