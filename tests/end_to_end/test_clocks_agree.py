"""The two clocks agree: what the catalogue says of the reference, and of each wrong server, is the same on both.

Of the reference all is compared: verdicts, outcomes, replies, findings. A wrong server may break its promise a little
differently each time, as when it hands on half a line; of it are compared the verdict, and the clause that catches it.

The runs on the real clock mostly wait, so some overlap. What a busy machine makes late there is no disagreement: the
real clock is not asked of punctuality (B16), and where noise made it inconclusive, it is asked for failures only.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lab.scenario.load import find, load
from tests.catalogue_runs import CASES, REFERENCE, Runs, shared_runs
from tests.running import ROOT

JUMPING, WAITING = 2, 6
PUNCTUAL = "B16"
ENDS = {"closed": "ended", "reset": "ended"}
TIES = ("both_know_at_once_ts1_ts2",)
NAMES = [scenario.name for path in find([ROOT / "scenarios"]) for scenario in load(path)]
PAIRS = [(REFERENCE, name) for name in NAMES] + list(dict.fromkeys((server, scenario) for server, scenario, _ in CASES))
Result = dict[str, Any]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Runs]:
    shared = shared_runs(tmp_path_factory)
    selected = {item.callspec.params.get("server") for item in request.session.items if hasattr(item, "callspec")}
    servers = [server for server, _ in PAIRS if server in selected]
    with ThreadPoolExecutor(2) as pool:
        making = [
            pool.submit(shared.make, [(server, clock) for server in servers], at_once)
            for clock, at_once in (("real", WAITING), ("jump", JUMPING))
        ]
        yield shared
        for each in making:
            each.result()


def queries(result: Result) -> list[tuple[str, ...]]:
    """What came of each query; of two answers that come at once either is right, and so is either end of a session."""
    told = [(query["id"], ENDS.get(query["outcome"], query["outcome"]), query["reply"]) for query in result["queries"]]
    return [one[:2] if result["name"] in TIES else one for one in told]


def findings(result: Result, verdict: str) -> set[str]:
    """The clauses of these findings, punctuality apart."""
    return {one["clause"] for one in result["findings"] if one["verdict"] == verdict} - {PUNCTUAL}


def is_disturbed(real: Result, jump: Result) -> bool:
    """Whether noise kept the real clock from a judgement."""
    return bool(findings(real, "inconclusive") - findings(jump, "inconclusive"))


def both(runs: Runs, server: str, scenario: str) -> tuple[Result, Result]:
    """The scenario's result on the jump clock and on the real one."""
    jump, real = (runs.of(server, clock)[scenario] for clock in ("jump", "real"))
    assert (jump["clock"], real["clock"]) == ("jump", "real")
    return jump, real


@pytest.mark.parametrize(("server", "scenario"), [(REFERENCE, name) for name in NAMES])
def test_the_clocks_agree_on_the_reference(server: str, scenario: str, runs: Runs) -> None:
    jump, real = both(runs, server, scenario)
    assert queries(jump) == queries(real)
    if is_disturbed(real, jump):
        assert findings(real, "failed") <= findings(jump, "failed")
        return
    assert findings(jump, "failed") == findings(real, "failed")
    assert findings(jump, "inconclusive") == findings(real, "inconclusive")
    if PUNCTUAL not in {one["clause"] for one in real["findings"] if one["verdict"] != "passed"}:
        assert jump["verdict"] == real["verdict"]


@pytest.mark.parametrize(("server", "scenario", "clause"), CASES)
def test_the_clocks_agree_on_a_wrong_server(server: str, scenario: str, clause: str, runs: Runs) -> None:
    jump, real = both(runs, server, scenario)
    assert clause in findings(jump, "failed") | {PUNCTUAL}
    assert clause in findings(real, "failed") | {PUNCTUAL}
    assert jump["verdict"] == real["verdict"] == "failed"
