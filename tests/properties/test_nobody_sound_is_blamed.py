"""Whatever happens to links and processes, nobody who keeps the contract is blamed: random scenarios, rehearsed."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.runner.rehearsal import rehearse
from lab.scenario.load import load
from lab.scenario.profile import load_profile
from lab.verdict import Verdict
from tests.running import REFERENCE

PROFILE = load_profile(REFERENCE)
TABLES = """\
tables:
  ts1: {a.example: 1.1.1.1, c.example: 1.1.1.3, both.example: 9.9.9.1}
  ts2: {b.example: 2.2.2.2, both.example: 9.9.9.2}
"""
NAMES = st.sampled_from(["a.example", "b.example", "c.example", "nobody.example", "both.example"])
FLOWS = st.sampled_from(["ts1->ls", "ts2->ls", "ls->ts1", "ls->ts2", "ann->ls", "ls->ann", '"*->ls"'])
TIMES = st.sampled_from(["0s", "20ms", "300ms", "1s", "3s", "4.2s", "4.9s", "5.1s", "6s"])
MOMENTS = TIMES | st.sampled_from(["{asked: ann.1}", "{answered: ann.1}", "{asked: ann.1, plus: 1s}"])
SERVERS = st.sampled_from(["ts1", "ts2", "ls"])
UPSTREAMS = st.sampled_from(["ts1", "ts2"])
SELECTORS = st.sampled_from(["", ", message: 1", ", message: 2..", ", message: 1..3+2", ", name: a.example"])
POINTS = st.sampled_from(["point: before", "point: within, bytes: 4", "point: after"])
SPREADS = st.sampled_from(["uniform", "normal", "exponential", "pareto"])
OTHERS = st.sampled_from(
    ["other_name", "other_address", "garbage", "empty", "oversized", "endless", "no_newline", "nul", "not_utf8", "text"]
)
ON_FLOWS = st.one_of(
    st.builds("delay: {{flow: {}, by: {}{}}}".format, FLOWS, TIMES, SELECTORS),
    st.builds("hold: {{flow: {}, release: {}{}}}".format, FLOWS, TIMES, SELECTORS),
    st.builds("drop: {{flow: {}{}}}".format, FLOWS, SELECTORS),
    st.builds("close: {{flow: {}, {}{}}}".format, FLOWS, POINTS, SELECTORS),
    st.builds("reset: {{flow: {}, {}{}}}".format, FLOWS, POINTS, SELECTORS),
    st.builds("truncate: {{flow: {}, bytes: 5, then: silence{}}}".format, FLOWS, SELECTORS),
    st.builds("split: {{flow: {}, at: 7, gap: {}{}}}".format, FLOWS, TIMES, SELECTORS),
    st.builds("duplicate: {{flow: {}, times: 3, gap: {}{}}}".format, FLOWS, TIMES, SELECTORS),
    st.builds("delay: {{flow: {}, by: 1s, jitter: 800ms, distribution: {}{}}}".format, FLOWS, SPREADS, SELECTORS),
    st.builds("trickle: {{flow: {}, bytes: 5, gap: {}{}}}".format, FLOWS, TIMES, SELECTORS),
    st.builds("throttle: {{flow: {}, rate: {}{}}}".format, FLOWS, st.sampled_from(["5B/s", "1KiB/s"]), SELECTORS),
    st.builds("cut: {{flow: {}{}}}".format, FLOWS, SELECTORS),
    st.builds("half_close: {{flow: {}, point: {}{}}}".format, FLOWS, st.sampled_from(["before", "after"]), SELECTORS),
    st.builds("slow_close: {{flow: {}, by: {}}}".format, FLOWS, TIMES),
    st.builds("coalesce: {{flow: {}, count: 2, within: {}{}}}".format, FLOWS, TIMES, SELECTORS),
    st.builds("swap: {{flow: {}, within: {}{}}}".format, FLOWS, TIMES, SELECTORS),
    st.builds("replace: {{flow: {}, by: {}{}}}".format, FLOWS, OTHERS, SELECTORS),
    st.builds("invent: {{flow: {}, after: {}{}}}".format, st.sampled_from(["ts1->ls", "ts2->ls"]), TIMES, SELECTORS),
)
LINKS = st.sampled_from(["ls->ts1", "ls->ts2", "ann->ls"])
ON_OTHERS = st.one_of(
    st.builds("refuse: {{link: {}}}".format, LINKS),
    st.builds("unreachable: {{link: {}}}".format, LINKS),
    st.builds("accept_close: {{link: {}, how: {}}}".format, LINKS, st.sampled_from(["fin", "rst"])),
    st.builds("ignore: {{flow: {}}}".format, FLOWS),
    st.builds("starve: {}".format, SERVERS),
    st.builds("absent: {}".format, UPSTREAMS),
    st.builds("kill: {{server: {}}}".format, SERVERS),
    st.builds(
        "kill: {{server: {}, point: {}}}".format,
        UPSTREAMS,
        st.sampled_from(["before_read", "after_read", "mid_reply", "after_reply"]),
    ),
    st.builds("pause: {}".format, SERVERS),
    st.builds("clock_jump: {{server: {}, by: {}}}".format, SERVERS, st.sampled_from(["+1h", "-90s"])),
    st.builds("restart: {{server: {}, down: {}}}".format, SERVERS, TIMES),
)
EDGES = st.one_of(
    st.just(""),
    st.builds("\n    when: {}".format, MOMENTS),
    st.builds("\n    until: {}".format, MOMENTS),
)
FAULTS = st.builds("  - {}\n    optional: true{}\n".format, ON_FLOWS | ON_OTHERS, EDGES)
STEPS = st.one_of(
    st.builds("    - ask: {}\n".format, NAMES),
    st.builds("    - {{ask: {}, then: go_on}}\n".format, NAMES),
    st.builds("    - wait: {}\n".format, TIMES),
)


@st.composite
def scenarios(draw: st.DrawFn) -> str:
    faults = "".join(draw(st.lists(FAULTS, max_size=3)))
    text = "lab: scenario/1\nstory: A random one.\nlevel: beyond\n" + TABLES
    text += f"faults:\n{faults}" if faults else ""
    text += "clients:\n  ann:\n    - ask: a.example\n" + "".join(draw(st.lists(STEPS, min_size=1, max_size=4)))
    bob = draw(st.lists(STEPS, max_size=2))
    return text + ("  bob:\n    - ask: b.example\n" + "".join(bob) if bob else "")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("random")


@settings(max_examples=150)
@given(text=scenarios(), lag=st.sampled_from([0.0, 0.02]))
def test_ideal_servers_are_never_blamed(text: str, lag: float, folder: Path) -> None:
    path = folder / "random.yaml"
    path.write_text(text, encoding="utf-8")
    for scenario in load(path):
        told = rehearse(scenario, PROFILE, lag)
        failed = [finding.sentence for finding in told.result.findings if finding.verdict is Verdict.FAILED]
        assert (told.trouble, failed) == ("", [])
