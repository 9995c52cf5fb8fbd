"""Each broken server of `servers/broken` fails the scenario that must catch it, with the clause that it breaks.

The runs overlap: a few at a time are started by the first test that needs one, and the tests read the results.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from lab.checks.hints import hint_for
from tests.catalogue_runs import CASES, SLEEPLESS, Runs, shared_runs
from tests.patterns_of_broken import PATTERNS

AT_ONCE = 2
CLOCK = "jump"
CONTRACT = {f"C{number}" for number in range(1, 11)} | {f"B{number}" for number in range(1, 17)}


def clock_for(server: str) -> str:
    return "real" if server in SLEEPLESS else CLOCK


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Runs]:
    """The run of each broken server that a selected test needs; they go on while the tests wait."""
    shared = shared_runs(tmp_path_factory)
    wanted = {item.callspec.params.get("server") for item in request.session.items if hasattr(item, "callspec")}
    with ThreadPoolExecutor(1) as pool:
        making = pool.submit(
            shared.make, [(server, clock_for(server)) for server, _, _ in CASES if server in wanted], AT_ONCE
        )
        yield shared
        making.result()


@pytest.mark.parametrize(("server", "scenario", "clause"), CASES)
def test_a_broken_server_fails_its_scenario(server: str, scenario: str, clause: str, runs: Runs) -> None:
    result = runs.of(server, clock_for(server))[scenario]
    failed = [finding for finding in result["findings"] if finding["verdict"] == "failed"]
    told = "\n".join(f"{finding['clause']} {finding['sentence']}" for finding in failed) or result["reason"]
    assert (result["verdict"], result["clock"]) == ("failed", clock_for(server)), told
    assert clause in {finding["clause"] for finding in failed}, told
    blamed = {finding["blames"].rstrip("12") for finding in failed} - {""}
    assert blamed <= {"ann" if server.startswith("client") else server.partition("_")[0]}, told


@pytest.mark.parametrize(("server", "scenario", "clause"), CASES)
def test_a_broken_server_is_given_the_hint_that_is_right_for_it(
    server: str, scenario: str, clause: str, runs: Runs
) -> None:
    result = runs.of(server, clock_for(server))[scenario]
    hints = {finding["hint"] for finding in result["findings"] if finding["verdict"] == "failed"}
    right = [hint_for(pattern, "line", result["gives_up"]) for pattern in PATTERNS[server]]
    assert hints, clause
    assert hints <= set(right), clause


def test_every_clause_is_broken_by_some_server() -> None:
    assert {clause for _, _, clause in CASES} == CONTRACT


def test_there_are_enough_broken_servers_of_each_role() -> None:
    roles = [server.partition("_")[0] for server, _, _ in CASES]
    assert len(roles) >= 40
    assert {role: roles.count(role) >= 3 for role in roles} == {"ls": True, "ts": True, "client": True}
