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

from tests.catalogue_runs import CASES, REFERENCE, SLEEPLESS, Runs, shared_runs
from tests.running import catalogue

JUMPING, WAITING = 1, 8
PUNCTUAL = "B16"
TIES = ("both_know_at_once_ts1_ts2", "slow_ts1_slow_ts2.both_know")
BETWEEN = ("edge_of_the_deadline_ts1.early_between", "edge_of_the_deadline_ts1.late_between")
NAMES = [scenario.name for scenario in catalogue()]
WRONG_PAIRS = list(dict.fromkeys((server, scenario) for server, scenario, _ in CASES if server not in SLEEPLESS))
Result = dict[str, Any]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Runs]:
    shared = shared_runs(tmp_path_factory)
    selected = {item.callspec.params.get("server") for item in request.session.items if hasattr(item, "callspec")}
    with ThreadPoolExecutor(1) as pool:
        making = pool.submit(make, shared, selected)
        yield shared
        making.result()


def make(shared: Runs, selected: set[str]) -> None:
    """The reference on the real clock comes first, and alone: what noise disturbs there is repeated, one by one."""
    if REFERENCE in selected:
        shared.make([(REFERENCE, "real")], 1)
        shared.of(REFERENCE, "real")
        shared.make([(REFERENCE, "jump")], 1)
    wrong = [server for server, _ in WRONG_PAIRS if server in selected]
    with ThreadPoolExecutor(2) as pool:
        for clock, at_once in (("real", WAITING), ("jump", JUMPING)):
            pool.submit(shared.make, [(server, clock) for server in wrong], at_once)


def queries(result: Result) -> list[tuple[str, ...]]:
    """What came of each query; of two answers that come at once, and near 5 s of an answer or none, either is right."""
    told = [(query["id"], query["outcome"], query["reply"]) for query in result["queries"]]
    if result["name"] in BETWEEN:
        return [one[:1] for one in told]
    return [one[:2] if result["name"] in TIES else one for one in told]


def findings(result: Result, verdict: str) -> set[str]:
    """The clauses of these findings, punctuality apart."""
    return {one["clause"] for one in result["findings"] if one["verdict"] == verdict} - {PUNCTUAL}


def is_disturbed(real: Result, jump: Result) -> bool:
    """Whether noise kept the real clock from a judgement."""
    clear, dim = (
        {one["clause"] for one in run["findings"] if one["verdict"] == "inconclusive"} for run in (jump, real)
    )
    return bool(dim - clear)


def both(runs: Runs, server: str, scenario: str) -> tuple[Result, Result]:
    jump, real = (runs.of(server, clock)[scenario] for clock in ("jump", "real"))
    assert (jump["clock"], real["clock"]) == ("jump", "real"), jump["warnings"]
    return jump, real


@pytest.mark.parametrize(("server", "scenario"), [(REFERENCE, name) for name in NAMES])
def test_the_clocks_agree_on_the_reference(server: str, scenario: str, runs: Runs) -> None:
    skipped = runs.of(server, "jump")[scenario]
    if skipped["verdict"] == "skipped":
        assert skipped["reason"].startswith("not on the jump clock: "), skipped["reason"]
        assert runs.of(server, "real")[scenario]["verdict"] in {"passed", "inconclusive"}
        return
    jump, real = both(runs, server, scenario)
    assert jump["verdict"] == "passed", jump["findings"]
    assert queries(jump) == queries(real)
    assert findings(real, "failed") == set()
    if not (is_disturbed(real, jump) or any(one["clause"] == PUNCTUAL for one in real["findings"])):
        assert real["verdict"] == "passed"


@pytest.mark.parametrize(("server", "scenario"), WRONG_PAIRS)
def test_the_clocks_agree_on_a_wrong_server(server: str, scenario: str, runs: Runs) -> None:
    """What else breaks beside the promise that the scenario is about may be chance."""
    jump, real = both(runs, server, scenario)
    on_jump, on_real = findings(jump, "failed"), findings(real, "failed")
    assert on_jump & on_real or on_jump == on_real
    if not is_disturbed(real, jump):
        assert jump["verdict"] == real["verdict"] == "failed"
