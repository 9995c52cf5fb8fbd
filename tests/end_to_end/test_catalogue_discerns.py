"""Each wrong server of `tests/fixtures/wrong` fails the scenario made for it, with the clause that it breaks.

The runs overlap: a few at a time are started by the first test that needs one, and the tests read the results.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.catalogue_runs import CASES, WRONG, Runs, shared_runs

AT_ONCE = 2
CLOCK = "jump"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Runs]:
    """The run of each wrong server that a selected test needs; they go on while the tests wait."""
    shared = shared_runs(tmp_path_factory)
    wanted = {item.callspec.params.get("server") for item in request.session.items if hasattr(item, "callspec")}
    with ThreadPoolExecutor(1) as pool:
        making = pool.submit(shared.make, [(server, CLOCK) for server, _, _ in CASES if server in wanted], AT_ONCE)
        yield shared
        making.result()


@pytest.mark.parametrize(("server", "scenario", "clause"), CASES)
def test_a_wrong_server_fails_its_scenario(server: str, scenario: str, clause: str, runs: Runs) -> None:
    result = runs.of(server, CLOCK)[scenario]
    failed = [finding for finding in result["findings"] if finding["verdict"] == "failed"]
    told = "\n".join(f"{finding['clause']} {finding['sentence']}" for finding in failed) or result["reason"]
    assert (result["verdict"], result["clock"]) == ("failed", CLOCK), told
    assert clause in {finding["clause"] for finding in failed}, told
    blamed = {finding["blames"].rstrip("12") for finding in failed} - {""}
    assert blamed <= {"ann" if server.startswith("client") else server.partition("_")[0]}, told


def test_every_wrong_server_has_a_scenario() -> None:
    assert {path.stem for path in WRONG.glob("*.py")} == {server for server, _, _ in CASES}
