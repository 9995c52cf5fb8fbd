"""Each wrong server of `tests/fixtures/wrong` fails the scenario made for it, with the clause that it breaks.

The runs overlap: all are started by the first test that needs one, a few at a time, and the tests read the results.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from lab.scenario.load import find
from tests.running import FIXTURES, ROOT

WRONG = FIXTURES / "wrong"
AT_ONCE = 12
ARGUMENTS = {
    "ls": "{port} {ts1.host} {ts1.port} {ts2.host} {ts2.port}",
    "ts": "{port} {table}",
    "client": "{ls.host} {ls.port} --names {names} --out {answers}",
}
# In the order in which they are started: the longest first, so that the short ones fill what time is left.
CASES = [
    ("ls_case_sensitive", "other_case_tables", "C4"),
    ("ts_case_sensitive", "other_case_tables", "C4"),
    ("ls_restarts_deadline", "late_during_query_ts2", "B5"),
    ("ls_restarts_deadline", "stalls_in_mid_answer_ts1", "B6"),
    ("ls_idle_timeout", "idle_client", "B14"),
    ("ls_one_after_the_other", "known_by_ts2", "C2"),
    ("ls_glued_queries", "pipelined_client", "B4"),
    ("ls_glued_queries", "split_query_client.in_the_name", "B4"),
    ("ts_sends_address_only", "known_by_ts1", "C6"),
    ("ls_two_waits", "other_case_miss", "C5"),
    ("ls_waits_for_second_answer", "known_by_ts1", "C3"),
    ("ls_gives_up_at_8s", "known_by_nobody", "C5"),
    ("ls_no_reconnect", "restarted_ts1", "B3"),
    ("ls_no_reconnect", "reset_after_answer_ts1", "B3"),
    ("ls_no_reconnect", "closed_after_answer_ts1", "B3"),
    ("ls_late_to_next", "late_while_idle_ts1", "B1"),
    ("ls_late_to_next", "late_before_slow_ts1", "B1"),
    ("ls_ends_session_with_ts", "killed_while_idle_ts2", "B2"),
    ("ls_closes_after_miss", "known_by_nobody", "C7"),
    ("ls_not_found_typo", "other_case_miss", "C5"),
    ("ts_answers_not_found", "known_by_nobody", "C6"),
    ("client_leaves_out_misses", "program_client_miss", "C9"),
    ("ls_gives_up_at_4s", "known_by_nobody", "C5"),
    ("ls_gives_up_at_4s", "just_in_time_ts2", "C5"),
    ("ls_no_reuseaddr", "restarted_ls", "B15"),
    ("ls_dies_with_ts", "killed_while_idle_ts2", "B2"),
    ("ls_dies_with_ts", "closed_after_answer_ts1", "B2"),
    ("ls_one_client_at_a_time", "one_waits_clients", "B11"),
    ("ls_ignores_done", "leaves_client", "C8"),
    ("ls_dies_with_client", "reset_in_mid_query_client", "B12"),
    ("ls_exits_when_client_leaves", "leaves_client", "B12"),
    ("ls_relays_both", "both_know_at_once_ts1_ts2", "B13"),
    ("ls_glued_answers", "split_ts1.in_the_name", "B4"),
    ("ls_glued_answers", "split_ts1.in_the_address", "B4"),
    ("ls_gives_up_on_dead", "absent_ts1_ts2", "B2"),
    ("ls_dials_first", "absent_ts1", "B2"),
    ("ls_wants_other_arguments", "known_by_ts1", "C1"),
    ("ls_keeps_cache", "same_name_ls", "C2"),
    ("ls_lower_cases", "other_case_tables", "C4"),
    ("ls_cuts_long_answers", "longest_entry_tables", "C10"),
    ("ts_closes_after_answer", "known_by_ts1", "C6"),
    ("ts_closes_after_miss", "known_by_nobody", "C6"),
    ("ts_answers_twice", "known_by_ts1", "C6"),
    ("client_sorts", "program_client", "C9"),
    ("client_drops_last", "program_client", "C9"),
    ("client_asks_once", "program_client", "C9"),
    ("ls_polls", "known_by_ts1", "B16"),
]
PATHS = {Path(path).stem: path for path in find([ROOT / "scenarios"])}
Run = dict[str, Any]


def scenarios_for(server: str) -> list[str]:
    return list(dict.fromkeys(scenario for one, scenario, _ in CASES if one == server))


def run(server: str, folder: Path) -> Run:
    """One run of the lab with one wrong server, of the scenarios named for it."""
    role = server.partition("_")[0]
    names = scenarios_for(server)
    paths = dict.fromkeys(str(PATHS[name.partition(".")[0]]) for name in names)
    command = [sys.executable, "-m", "lab", "run", *paths, "-k", " or ".join(names)]
    command += ["--json", "--out", str(folder / server)]
    command += [f"--{role}", f"{{python}} {WRONG / server}.py {ARGUMENTS[role]}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert done.stdout, done.stderr
    return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def runs(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[dict[str, "Future[Run]"]]:
    """The run of each wrong server that a selected test needs, by its name; they go on while the tests wait."""
    folder = tmp_path_factory.mktemp("wrong")
    wanted = {item.callspec.params.get("server") for item in request.session.items if hasattr(item, "callspec")}
    servers = dict.fromkeys(server for server, _, _ in CASES if server in wanted)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {server: pool.submit(run, server, folder) for server in servers}


@pytest.mark.parametrize(("server", "scenario", "clause"), CASES)
def test_a_wrong_server_fails_its_scenario(
    server: str, scenario: str, clause: str, runs: dict[str, "Future[Run]"]
) -> None:
    result = next(one for one in runs[server].result()["scenarios"] if one["name"] == scenario)
    failed = [finding for finding in result["findings"] if finding["verdict"] == "failed"]
    told = "\n".join(f"{finding['clause']} {finding['sentence']}" for finding in failed)
    assert result["verdict"] == "failed", told
    assert clause in {finding["clause"] for finding in failed}, told
    # Whoever else is late by some milliseconds on a busy machine is not what this is about.
    grave = [finding for finding in failed if finding["clause"] == clause or finding["clause"] != "B16"]
    blamed = {finding["blames"].rstrip("12") for finding in grave} - {""}
    assert blamed <= {"ann" if server.startswith("client") else server.partition("_")[0]}, told


def test_every_wrong_server_has_a_scenario() -> None:
    assert {path.stem for path in WRONG.glob("*.py")} == {server for server, _, _ in CASES}
