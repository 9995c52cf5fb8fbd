"""Programs that find their files by names of their own, in a copy of the folder that they came in."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.running import FIXTURES, ROOT, Told, scenario, start_lab, told

SUBMISSION = FIXTURES / "submission"
SERVERS = ROOT / "servers"
SCENARIO = scenario("", "", clients="{ann: {by: program, ask: [known.example]}}", checks="[{wrote: ann}]")
PROFILE = """\
lab: profile/1
servers:
  ts1:
    run: "{{python}} ts1.py {servers}/ts.py {{port}}"
    copy_of: {submission}
    table_file: PROJ2-DNSTS1.txt
    {ts1}
  ts2: {{run: "{{python}} {servers}/ts.py {{port}} {{table}}"}}
  ls: {{run: "{{python}} {servers}/ls.py {{port}} {{ts1.host}} {{ts1.port}} {{ts2.host}} {{ts2.port}}"}}
client:
  run: "{{python}} client.py {servers}/client.py {{ls.host}} {{ls.port}}"
  copy_of: {submission}
  names_file: names.txt
  environment: {{LAZY: {lazy}}}
{more}
"""


def ran(folder: Path, *, clock: str = "jump", ts1: str = "", lazy: str = "no", more: str = "") -> Told:
    """The scenario on the submission."""
    profile, path = folder / "profile.yaml", folder / "it.yaml"
    said = PROFILE.format(submission=SUBMISSION, servers=SERVERS, ts1=ts1, lazy=lazy, more=more)
    profile.write_text(said, encoding="utf-8")
    path.write_text(SCENARIO, encoding="utf-8")
    return told(start_lab(folder, str(path), "--system", str(profile), "--clock", clock), 30)


def history(folder: Path, ended: Told) -> list[dict[str, Any]]:

    lines = (folder / "out" / ended.only["folder"] / "history.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("clock", ["real", "jump"])
def test_each_program_finds_its_files_in_a_copy_and_the_folder_itself_stays_as_it_was(
    tmp_path: Path, clock: str
) -> None:
    before = {path.name: path.read_bytes() for path in SUBMISSION.iterdir() if path.is_file()}
    ended = ran(tmp_path, clock=clock)
    assert ended.only["verdict"] == "passed", (ended.only["findings"], ended.err)
    (wrote,) = [event for event in history(tmp_path, ended) if event["kind"] == "wrote"]
    assert wrote["text"] == "known.example 1.1.1.1 A\n", "from the scenario's table, not from the one there"
    assert {path.name: path.read_bytes() for path in SUBMISSION.iterdir() if path.is_file()} == before


def test_what_a_run_before_left_does_not_pass_for_the_answers_of_this_one(tmp_path: Path) -> None:
    ended = ran(tmp_path, lazy="yes")
    assert ended.only["verdict"] == "failed", ended.only["findings"]
    assert {one["clause"] for one in ended.only["findings"] if one["verdict"] == "failed"} == {"C9"}


@pytest.mark.parametrize("path", ["lib", "nowhere"])
def test_a_variable_that_an_interpreter_reads_at_its_start_is_heeded(tmp_path: Path, path: str) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "only_there.py").write_text("", encoding="utf-8")
    ls = (SERVERS / "ls.py").read_text(encoding="utf-8").replace("\nimport ", "\nimport only_there\nimport ", 1)
    assert "import only_there" in ls
    (tmp_path / "ls.py").write_text(ls, encoding="utf-8")
    profile, scene = tmp_path / "profile.yaml", tmp_path / "it.yaml"
    said = (SERVERS / "reference.yaml").read_text(encoding="utf-8").replace("{here}/ls.py", str(tmp_path / "ls.py"))
    said = said.replace("  ls:\n", f"  ls:\n    environment: {{PYTHONPATH: {tmp_path / path}}}\n")
    profile.write_text(said.replace("{here}", str(SERVERS)), encoding="utf-8")
    scene.write_text(scenario("", "[{ask: known.example}]"), encoding="utf-8")
    ended = told(start_lab(tmp_path, str(scene), "--system", str(profile), "--clock", "jump"), 30)
    assert ended.only["verdict"] == ("passed" if path == "lib" else "failed"), ended.only["findings"]


def test_a_server_starts_when_the_profile_says_and_the_next_one_after_its_pause(tmp_path: Path) -> None:
    ended = ran(tmp_path, ts1="pause: 1.5s", more="order: [ts2, ts1, ls]")
    assert ended.only["verdict"] == "passed", (ended.only["findings"], ended.err)
    events = history(tmp_path, ended)
    begun = {event["server"]: event["at"] for event in events if event["kind"] == "started"}
    listening = {event["server"]: event["at"] for event in events if event["kind"] == "listening"}
    assert list(begun)[:3] == ["ts2", "ts1", "ls"]
    assert begun["ls"] - listening["ts1"] >= 1.5
    assert begun["ts1"] - listening["ts2"] < 1.5
