"""Runs of the catalogue that several tests read: each is made once, whichever worker of xdist comes first to it.

A run has a folder that all workers see. Who makes the folder runs it; the others wait for its result.
"""

import contextlib
import json
import os
import subprocess  # noqa: TID251 - the lab runs as a user starts it
import sys
import time  # noqa: TID251 - another worker's run is waited for
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lab.scenario.load import find
from tests.running import FIXTURES, ROOT

WRONG = FIXTURES / "wrong"
REFERENCE = "reference"
LONGEST_RUN, PATIENCE = 140.0, 170.0
GIVE_WAY = {"real": [], "jump": ["nice", "-n", "10"]}
"""A clock that jumps can be kept waiting; what it says does not change."""
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
"""A wrong server, the scenario made for it, and the clause that it breaks."""
PATHS = {Path(path).stem: path for path in find([ROOT / "scenarios"])}
Scenarios = dict[str, dict[str, Any]]


def scenarios_for(server: str) -> list[str]:
    """The names of the scenarios that a server is to run; all, where it is the reference."""
    return list(dict.fromkeys(scenario for one, scenario, _ in CASES if one == server))


def command_of(server: str) -> list[str]:
    """What chooses its scenarios and puts it in its place."""
    if server == REFERENCE:
        return [str(ROOT / "scenarios")]
    role, names = server.partition("_")[0], scenarios_for(server)
    paths = dict.fromkeys(str(PATHS[name.partition(".")[0]]) for name in names)
    return [*paths, "-k", " or ".join(names), f"--{role}", f"{{python}} {WRONG / server}.py {ARGUMENTS[role]}"]


@dataclass(frozen=True)
class Runs:
    """The runs of one pytest session.

    Args:
        folder: Where they are; all workers of xdist see it.
    """

    folder: Path

    def make(self, wanted: Iterable[tuple[str, str]], at_once: int) -> None:
        """Make those of these runs (server and clock) that nobody has begun."""
        with ThreadPoolExecutor(at_once) as pool:
            for _ in pool.map(self._make, *zip(*dict.fromkeys(wanted), strict=True)):
                pass

    def _make(self, server: str, clock: str) -> None:
        folder = self.folder / f"{server}-{clock}"
        try:
            folder.mkdir()
        except FileExistsError:
            return
        command = [*GIVE_WAY[clock], sys.executable, "-m", "lab", "run", *command_of(server), "--clock", clock]
        command += ["--json", "--out", str(folder / "out")]
        said = json.dumps({"trouble": f"not at its end within {LONGEST_RUN:g} s"})
        with contextlib.suppress(subprocess.TimeoutExpired):
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LONGEST_RUN, check=False)
            said = done.stdout or json.dumps({"trouble": done.stderr})
        (folder / "draft").write_text(said, encoding="utf-8")
        (folder / "draft").replace(folder / "result.json")

    def of(self, server: str, clock: str) -> Scenarios:
        """The scenarios of a run, by name, as soon as it has ended."""
        path = self.folder / f"{server}-{clock}" / "result.json"
        deadline = time.monotonic() + PATIENCE
        while not path.exists():
            assert time.monotonic() < deadline, f"{server} on the {clock} clock did not end"
            time.sleep(0.05)
        run = json.loads(path.read_text(encoding="utf-8"))
        assert "scenarios" in run, run
        return {one["name"]: one for one in run["scenarios"]}


def shared_runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """The session's runs: beside the workers' own folders where there are workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "catalogue-runs"
    folder.mkdir(exist_ok=True)
    return Runs(folder)
