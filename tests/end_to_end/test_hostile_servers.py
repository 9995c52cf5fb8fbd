"""Servers that mean harm: the lab survives each, says what happened, and those that run beside it are unharmed."""

import socket
from pathlib import Path
from typing import Any

import pytest

from lab.world.real.isolation import refusal
from lab.world.real.nursery.confining import SINCE, version
from tests.leftovers import assert_gone
from tests.running import FIXTURES, ROOT, Told, scenario, start_lab, told

HOSTILE = FIXTURES / "hostile" / "hostile_ls.py"
SERVERS = ROOT / "servers"
PROFILE = f"""\
lab: profile/1
servers:
  ts1: {{run: "{{python}} {SERVERS}/ts.py {{port}} {{table}}"}}
  ts2: {{like: ts1}}
  ls:
    start_within: 30s
    run: "{{python}} {HOSTILE} {SERVERS}/ls.py %s {{port}} {{ts1.host}} {{ts1.port}} {{ts2.host}} {{ts2.port}}"
"""
ASKED = "[{ask: known.example, expect: {answer: 1.1.1.1}}]"
UNTIL_ITS_END = "{ann: [{ask: nobody.example}, {ask: nobody.example}, {wait: {exited: ls}}]}"
needs_landlock = pytest.mark.skipif(version() < SINCE, reason="this kernel confines no signals")


def ran(folder: Path, harm: str, *words: str, clock: str = "real", clients: str = "", **environment: str) -> Told:
    """A scenario with a hostile LS; nothing of it is left."""
    (folder / "system.yaml").write_text(PROFILE % harm, encoding="utf-8")
    text = scenario(clients=clients) if clients else scenario("", ASKED)
    (folder / "hostile.yaml").write_text(text, encoding="utf-8")
    what = [str(folder / "hostile.yaml"), "--system", str(folder / "system.yaml"), "--clock", clock]
    ended = told(start_lab(folder, *what, *words, environment=environment), 60)
    assert_gone(folder)
    return ended


def failures(result: dict[str, Any], check: str) -> list[dict[str, Any]]:
    return [one for one in result["findings"] if one["check"] == check and one["verdict"] == "failed"]


def printed(folder: Path, result: dict[str, Any]) -> str:
    return (folder / "out" / result["folder"] / "ls.log").read_text(encoding="utf-8")


@pytest.mark.parametrize("clock", ["real", "jump"])
@pytest.mark.parametrize(
    ("harm", "words"),
    [
        ("forks", "processes at"),
        ("files", "MB in files at"),
        ("memory", "MB of memory at"),
        ("orphans", "processes at"),
        ("output", "MB of output at"),
    ],
)
def test_who_takes_too_much_is_ended_and_that_is_what_is_said(
    tmp_path: Path, harm: str, words: str, clock: str
) -> None:
    ended = ran(tmp_path, harm, clock=clock, clients=UNTIL_ITS_END)
    result = ended.only
    (finding,) = failures(result, "bounds")
    assert words in finding["sentence"], finding
    assert "the lab allows" in finding["sentence"]
    assert finding["blames"] == "ls"
    assert (result["verdict"], ended.code) == ("failed", 1)
    assert {one["blames"] for one in result["findings"] if one["verdict"] == "failed"} == {"ls"}


def test_a_file_without_an_end_is_cut_short_by_the_kernel_and_the_server_goes_on(tmp_path: Path) -> None:
    result = ran(tmp_path, "one_file").only
    assert "File too large" in printed(tmp_path, result)


def test_of_a_flood_of_output_little_is_kept(tmp_path: Path) -> None:
    ended = ran(tmp_path, "output", clients=UNTIL_ITS_END)
    assert len(printed(tmp_path, ended.only)) < 1 << 20


def test_those_that_run_beside_one_that_forks_without_end_are_unharmed(tmp_path: Path) -> None:
    hostile, sound = tmp_path / "hostile", tmp_path / "sound"
    hostile.mkdir()
    sound.mkdir()
    (hostile / "system.yaml").write_text(PROFILE % "forks", encoding="utf-8")
    (hostile / "it.yaml").write_text(scenario(clients=UNTIL_ITS_END), encoding="utf-8")
    (sound / "it.yaml").write_text(scenario("", ASKED), encoding="utf-8")
    words = ("--clock", "real")
    first = start_lab(hostile, str(hostile / "it.yaml"), "--system", str(hostile / "system.yaml"), *words)
    second = start_lab(sound, str(sound / "it.yaml"), *words, "--repeat", "20")
    assert (told(second, 60).code, told(first, 60).code) == (0, 1)
    assert_gone(hostile)


def test_of_a_hostile_ts_nobody_else_is_blamed(tmp_path: Path) -> None:
    wild = f"{{python}} {HOSTILE} {SERVERS}/ts.py forks {{port}} {{table}}"
    profile = (PROFILE % "-").replace("ts2: {like: ts1}", f'ts2: {{run: "{wild}"}}')
    (tmp_path / "system.yaml").write_text(profile, encoding="utf-8")
    text = scenario("", "[{ask: known.example}, {wait: {exited: ts2}}, {ask: known.example}]")
    (tmp_path / "it.yaml").write_text(text, encoding="utf-8")
    ended = told(start_lab(tmp_path, str(tmp_path / "it.yaml"), "--system", str(tmp_path / "system.yaml")), 60)
    failed = {(one["blames"], one["check"]) for one in ended.only["findings"] if one["verdict"] == "failed"}
    assert failed == {("ts2", "bounds")}


def test_a_daemon_in_a_session_of_its_own_is_found_and_ended(tmp_path: Path) -> None:
    (finding,) = failures(ran(tmp_path, "daemon").only, "nothing_left")
    assert "left a process behind" in finding["sentence"]


@needs_landlock
@pytest.mark.parametrize("clock", ["real", "jump"])
@pytest.mark.parametrize("harm", ["kills", "stops"])
def test_who_signals_siblings_or_the_lab_hits_nobody(tmp_path: Path, harm: str, clock: str) -> None:
    result = ran(tmp_path, harm, clock=clock).only
    assert result["verdict"] == "passed", result["findings"]
    assert "Operation not permitted\n" in printed(tmp_path, result)
    assert "hit" not in printed(tmp_path, result)


@needs_landlock
@pytest.mark.parametrize("clock", ["real", "jump"])
def test_who_is_isolated_deletes_nothing_of_others(tmp_path: Path, clock: str) -> None:
    result = ran(tmp_path, "deletes", "--isolate", clock=clock).only
    assert result["verdict"] == "passed", result["findings"]
    assert "left: ls, ts1, ts2" in printed(tmp_path, result)


@needs_landlock
@pytest.mark.skipif(bool(refusal()), reason=f"programs cannot have networks of their own: {refusal()}")
@pytest.mark.parametrize("clock", ["real", "jump"])
def test_who_is_isolated_reaches_nobody_outside(tmp_path: Path, clock: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as outside:
        where = f"UTC:{outside.getsockname()[1]}"
        alone = ran(tmp_path, "calls_out", "--isolate", clock=clock, TZ=where).only
        assert alone["verdict"] == "passed", alone["findings"]
        assert "Connection refused" in printed(tmp_path, alone)
        assert "called out" in printed(tmp_path, ran(tmp_path, "calls_out", clock=clock, TZ=where).only)


def test_who_deletes_where_nobody_is_isolated_hinders_no_end(tmp_path: Path) -> None:
    ended = ran(tmp_path, "deletes")
    assert "left: \n" in printed(tmp_path, ended.only), "it did what it was to do"
    assert ended.code in (0, 1, 3, 7), "and the lab came to its own end, with a result"


def test_isolation_that_cannot_be_had_is_refused_and_its_lack_is_in_the_report(tmp_path: Path) -> None:
    (tmp_path / "plain.yaml").write_text(scenario("", ASKED), encoding="utf-8")
    none = {"lab.world.real.nursery.confining.SINCE": 1000}
    refused = told(start_lab(tmp_path, str(tmp_path / "plain.yaml"), "--isolate", patches=none), 60)
    assert refused.code == 3
    assert "--isolate cannot be had here" in refused.err
    plain = told(start_lab(tmp_path, str(tmp_path / "plain.yaml"), patches=none), 60)
    assert "programs may signal the lab" in plain.report["machine"]["isolation"]


def test_who_hears_no_polite_word_is_killed(tmp_path: Path) -> None:
    assert ran(tmp_path, "deaf").only["verdict"] == "passed"


def test_nobody_finds_the_environment_of_the_lab(tmp_path: Path) -> None:
    result = ran(tmp_path, "environment", A_SECRET="do not tell").only
    assert "PATH=" in printed(tmp_path, result)
    assert "do not tell" not in printed(tmp_path, result)
