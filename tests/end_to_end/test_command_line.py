"""`lab run` and its neighbours as their users call them: exit codes, JSON, selection, messages."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.running import FIXTURES, ROOT, scenario

RIGHT = scenario("", "[{ask: known.example, expect: {answer: 1.1.1.1}}]")
WRONG = scenario("", "[{ask: known.example, expect: {answer: 9.9.9.9}}]")
PROVES_NOTHING = scenario("[drop: {flow: ts1->ls, name: never.asked}]", "[{ask: known.example}]")
BAD = "lab: scenario/1\nstory: A typo.\nfaults:\n  - dely: {flow: ts1->ls, by: 3}\n"
BEYOND = scenario("", "[{ask: known.example, expect: {answer: 1.1.1.1, at: 0s}}]", level="beyond", clauses="[B16]")
DIALS_FIRST = """\
import socket, sys, time
for host, port in zip(sys.argv[2::2], sys.argv[3::2]):
    socket.create_connection((host, int(port)))
socket.create_server(("127.0.0.1", int(sys.argv[1])))
time.sleep(60)
"""
KEYS = {"name", "path", "level", "verdict", "virtual_s", "wall_s", "seed", "clock", "findings", "faults", "queries"}


def lab(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "lab", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "servers").symlink_to(ROOT / "servers")
    texts = {"right": RIGHT, "wrong": WRONG, "nothing": PROVES_NOTHING, "bad": BAD}
    for name, text in texts.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def run(folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    done = lab(folder, "run", *arguments, "--json", "--out", str(folder / "out"))
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.mark.parametrize(
    ("files", "code", "verdict"),
    [
        (["right"], 0, "passed"),
        (["right", "wrong"], 1, "failed"),
        (["nothing"], 7, "inconclusive"),
        (["nothing", "wrong"], 1, "failed"),
    ],
)
def test_the_exit_code_is_that_of_the_first_that_applies(
    folder: Path, files: list[str], code: int, verdict: str
) -> None:
    returned, report = run(folder, *(f"{name}.yaml" for name in files))
    assert (returned, report["verdict"]) == (code, verdict)


def test_the_object_of_json_has_the_promised_keys(folder: Path) -> None:
    _, report = run(folder, "nothing.yaml")
    assert {"verdict", "wall_s", "scenarios"} <= report.keys()
    (ran,) = report["scenarios"]
    assert ran.keys() >= KEYS
    assert ran["faults"][0]["kind"] == "drop"
    assert ran["faults"][0]["fired"] is False
    assert {"check", "clause", "verdict", "sentence"} <= ran["findings"][0].keys()
    (query,) = ran["queries"]
    assert {key: query[key] for key in ("client", "ask", "outcome", "reply")} == {
        "client": "client",
        "ask": "known.example",
        "outcome": "answered",
        "reply": "known.example 1.1.1.1 A",
    }
    assert 0 <= query["elapsed_s"] <= ran["virtual_s"] + 0.001


def test_a_run_leaves_all_its_files_and_can_be_judged_again(folder: Path) -> None:
    run(folder, "right.yaml", "wrong.yaml")
    out = folder / "out"
    files = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    wanted = {"report.html", "report.json", "junit.xml", "command.txt"}
    wanted |= {f"wrong/{name}" for name in ("history.jsonl", "ls.log", "ts1.log", "scenario.yaml", "result.json")}
    assert wanted <= files
    before = json.loads((out / "report.json").read_text())
    (out / "report.json").unlink()
    (out / "report.html").unlink()
    again = lab(folder, "report", str(out))
    assert again.returncode == 1, again.stderr
    after = json.loads((out / "report.json").read_text())
    assert [one["findings"] for one in after["scenarios"]] == [one["findings"] for one in before["scenarios"]]
    assert (out / "report.html").exists()


def test_without_out_the_run_lands_in_reports_and_latest_leads_there(folder: Path) -> None:
    done = lab(folder, "run", "right.yaml")
    assert done.returncode == 0, done.stderr
    assert (folder / "reports" / "latest" / "report.html").exists()
    assert "passed" in done.stdout


def test_bad_input_is_said_with_its_place_and_cure_and_nothing_runs(folder: Path) -> None:
    done = lab(folder, "run", "right.yaml", "bad.yaml")
    assert done.returncode == 4
    assert "bad.yaml:4:5:" in done.stderr
    assert "did you mean delay" in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["run"],
        ["run", "right.yaml", "--no-such-option"],
        ["run", "missing.yaml"],
        ["run", "right.yaml", "-j", "many"],
        ["run", "right.yaml", "-k", "(right"],
        ["run", "right.yaml", "--system", "missing.yaml"],
        ["run", "right.yaml", "--ls", "/no/such/program {port} {ts1.host} {ts1.port}"],
        ["run", "right.yaml", "--ls", "{python} ls.py {prot}"],
        ["run", "right.yaml", "--ls", ""],
        ["report", "."],
        ["validate", "bad.yaml"],
        ["rum", "right.yaml"],
        ["kinds", "dely"],
    ],
)
def test_wrong_arguments_exit_4_with_words_and_no_traceback(folder: Path, arguments: list[str]) -> None:
    done = lab(folder, *arguments)
    assert done.returncode == 4, done.stderr
    said = done.stdout + done.stderr
    assert len(said.strip()) > 20
    assert "Traceback" not in said


def test_a_selection_that_matches_nothing_exits_5(folder: Path) -> None:
    done = lab(folder, "run", "right.yaml", "-k", "nowhere")
    assert done.returncode == 5
    assert "nowhere" in done.stderr


def test_words_select_scenarios_by_name_and_tag(folder: Path) -> None:
    _, report = run(folder, "right.yaml", "wrong.yaml", "nothing.yaml", "-k", "right or (nothing and not wrong)")
    assert [one["name"] for one in report["scenarios"]] == ["nothing", "right"]


def test_stop_at_first_ends_the_others_at_once(folder: Path) -> None:
    slow = scenario("", "[{ask: nobody.example}]")
    (folder / "slow.yaml").write_text(slow, encoding="utf-8")
    code, report = run(folder, "slow.yaml", "wrong.yaml", "-x", "--clock", "real")
    verdicts = {one["name"]: one["verdict"] for one in report["scenarios"]}
    assert verdicts == {"slow": "skipped", "wrong": "failed"}
    assert report["wall_s"] < 4
    assert code == 1


def test_stop_at_first_begins_no_others_where_scenarios_are_over_at_once(folder: Path) -> None:
    code, report = run(folder, "right.yaml", "wrong.yaml", "-x", "--clock", "jump", "--repeat", "40")
    verdicts = [one["verdict"] for one in report["scenarios"]]
    assert "failed" in verdicts
    assert set(verdicts) <= {"passed", "failed", "skipped"}
    assert len(verdicts) < 80
    assert code == 1


def test_repeats_have_names_and_histories_of_their_own(folder: Path) -> None:
    _, report = run(folder, "right.yaml", "--repeat", "3")
    assert [one["name"] for one in report["scenarios"]] == ["right", "right.run2", "right.run3"]
    assert (folder / "out" / "report.html").read_text().count("<svg") == 1
    alone = lab(folder, "report", "out/right.run3")
    assert alone.returncode == 0, alone.stderr
    assert (folder / "out" / "right.run3" / "report.html").read_text().count("<svg") == 1
    assert json.loads((folder / "out" / "right.run3" / "result.json").read_text())["turn"] == 3


def test_at_contract_level_findings_beyond_it_are_shown_but_do_not_count(folder: Path) -> None:
    (folder / "beyond.yaml").write_text(BEYOND, encoding="utf-8")
    slow = f"{{python}} {FIXTURES}/slow_ls.py {{port}} {{ts1.host}} {{ts1.port}} {{ts2.host}} {{ts2.port}}"
    strict, _ = run(folder, "beyond.yaml", "--ls", slow)
    lenient, report = run(folder, "beyond.yaml", "--ls", slow, "--level", "contract")
    broken = [one for one in report["scenarios"][0]["findings"] if one["verdict"] == "failed"]
    assert (strict, lenient) == (1, 0)
    assert broken
    assert not any(one["counts"] for one in broken)


def test_a_scenario_for_a_client_program_is_skipped_with_the_reason_where_the_system_has_none(folder: Path) -> None:
    text = (ROOT / "servers" / "reference.yaml").read_text(encoding="utf-8").partition("client:")[0]
    (folder / "system.yaml").write_text(text.replace("{here}", str(ROOT / "servers")), encoding="utf-8")
    client = "clients: {ann: {by: program, ask: [known.example]}}"
    asked = scenario().rstrip() + f"\n{client}\n"
    (folder / "program.yaml").write_text(asked, encoding="utf-8")
    code, report = run(folder, "program.yaml", "right.yaml", "--system", "system.yaml")
    verdicts = {one["name"]: (one["verdict"], one["reason"]) for one in report["scenarios"]}
    assert code == 0
    assert verdicts["right"][0] == "passed"
    assert verdicts["program"] == ("skipped", "its client ann is a program, and system.yaml has no client")


def test_a_scenario_with_an_option_is_skipped_with_the_reason_where_another_command_takes_the_place_of_the_profiles(
    folder: Path,
) -> None:
    told = scenario("", "[{ask: nowhere.example}]", options='{ls: {timeout: "2"}}', gives_up="2s")
    (folder / "sooner.yaml").write_text(told, encoding="utf-8")
    code, report = run(folder, "sooner.yaml")
    assert (code, report["scenarios"][0]["verdict"]) == (0, "passed")
    code, report = run(folder, "sooner.yaml", "right.yaml", "--ls", f"{sys.executable} {ROOT}/servers/ls.py")
    verdicts = {one["name"]: (one["verdict"], one["reason"]) for one in report["scenarios"]}
    assert (code, verdicts["right"][0]) == (0, "passed")
    reason = "it gives ls the option timeout, which the command of ls does not have"
    assert verdicts["sooner"] == ("skipped", reason)


def test_a_server_that_starts_with_what_it_cannot_use_fails(folder: Path) -> None:
    told = scenario(options='{ls: {timeout: "2"}}', checks="[refuses: ls]")
    (folder / "fine.yaml").write_text(told, encoding="utf-8")
    code, report = run(folder, "fine.yaml")
    (found,) = [one for one in report["scenarios"][0]["findings"] if one["verdict"] == "failed"]
    assert (code, found["check"], found["seen"]) == (1, "refuses", "it listened all the same")


def test_at_contract_level_an_ls_that_will_not_start_without_a_ts_is_skipped_not_the_labs_trouble(folder: Path) -> None:
    absent = scenario("[absent: ts1]", "[{ask: known.example}]", level="beyond")
    (folder / "absent.yaml").write_text(absent, encoding="utf-8")
    (folder / "dials_first.py").write_text(DIALS_FIRST, encoding="utf-8")
    first = f"{{python}} {folder}/dials_first.py {{port}} {{ts1.host}} {{ts1.port}} {{ts2.host}} {{ts2.port}}"
    code, report = run(folder, "absent.yaml", "--ls", first, "--level", "contract")
    (ran,) = report["scenarios"]
    assert (code, ran["verdict"]) == (0, "skipped")
    assert "never began" in ran["reason"]
    assert "ConnectionRefusedError" in (folder / "out" / "absent" / "ls.log").read_text(encoding="utf-8")


def test_executed_servers_give_the_same_outcomes_as_forked_ones(folder: Path) -> None:
    _, forked = run(folder, "right.yaml")
    _, executed = run(folder, "right.yaml", "--launch", "exec")
    outcomes = [[(q["outcome"], q["reply"]) for q in one["scenarios"][0]["queries"]] for one in (forked, executed)]
    assert outcomes[0] == outcomes[1]


def test_help_is_there_for_every_verb(folder: Path) -> None:
    for verb in ("run", "list", "validate", "kinds", "report", "doctor", "init"):
        done = lab(folder, verb, "--help")
        assert done.returncode == 0
        assert "Usage" in done.stdout


def test_init_writes_a_first_scenario_and_profile_that_run(tmp_path: Path) -> None:
    made = lab(tmp_path, "init", "first")
    assert made.returncode == 0, made.stderr
    done = lab(tmp_path / "first", "run", "scenarios")
    assert done.returncode == 0, done.stdout + done.stderr
    again = lab(tmp_path, "init", "first")
    assert again.returncode == 4
