"""The two clocks agree: what the catalogue says of the reference, and of each wrong server, is the same on both.

The runs on the real clock mostly wait, so many overlap. What a busy machine makes late there is no disagreement: of
findings on punctuality (B16), and of verdicts for which noise was the cause, the real clock is not asked.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lab.scenario.load import find, load
from tests.catalogue_runs import CASES, REFERENCE, Runs, shared_runs
from tests.running import ROOT

JUMPING, WAITING = 2, 12
PUNCTUAL = "B16"
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


def queries(result: Result) -> list[tuple[str, str, str | None]]:
    """What came of each query."""
    return [(query["id"], query["outcome"], query["reply"]) for query in result["queries"]]


def findings(result: Result) -> set[tuple[str, str]]:
    """What is not as it should be, punctuality apart."""
    told = {(one["clause"], one["verdict"]) for one in result["findings"] if one["verdict"] not in ("passed", "skipped")}
    return {(clause, verdict) for clause, verdict in told if clause != PUNCTUAL}


@pytest.mark.parametrize(("server", "scenario"), PAIRS)
def test_the_clocks_agree_on_a_scenario(server: str, scenario: str, runs: Runs) -> None:
    jump, real = (runs.of(server, clock)[scenario] for clock in ("jump", "real"))
    assert (jump["clock"], real["clock"]) == ("jump", "real")
    assert (jump["verdict"], findings(jump), queries(jump)) == (real["verdict"], findings(real), queries(real))
