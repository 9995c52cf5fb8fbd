"""Servers, clients and machines with bad manners: the lab neither hangs nor crashes, and blames nobody wrongly."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lab.result import Finding
from lab.runner import conduct
from lab.verdict import Verdict
from lab.world.real import ports, processes
from lab.world.real.nursery.confining import confines
from tests.running import FIXTURES, ROOT, Ran, run_texts, scenario

STRANGE = FIXTURES / "strange"
PLAIN = scenario("", "[{ask: known.example, expect: {answer: 1.1.1.1}}]")
ONE_PROGRAM = scenario(clients="{ann: {by: program, ask: [known.example]}}")


def run_odd(folder: Path, oddity: str, text: str = PLAIN) -> Ran:
    return run_texts(folder, {"odd": text}, ts=f"{{python}} {STRANGE}/odd_ts.py {oddity} {{port}} {{table}}")


def left(ran: Ran) -> list[Finding]:
    findings = ran.results["odd"].findings
    return [one for one in findings if one.check == "nothing_left" and one.verdict is Verdict.FAILED]


def test_two_program_clients_that_start_at_once_are_each_heard_of(tmp_path: Path) -> None:
    clients = "{ann: {by: program, ask: [known.example]}, bob: {by: program, ask: [other.example]}}"
    ran = run_texts(tmp_path, {"both": scenario(clients=clients)})
    wrote = {event["client"]: event["text"] for event in ran.histories["both"].all("wrote")}
    assert wrote == {"ann": "known.example 1.1.1.1 A\n", "bob": "other.example 2.2.2.2 A\n"}


def test_what_a_server_prints_that_is_no_text_spoils_no_report(tmp_path: Path) -> None:
    ran = run_odd(tmp_path, "no_text")
    assert ran.results["odd"].verdict is Verdict.PASSED
    assert "\\udcff" in ran.results["odd"].outputs["ts1"]
    assert (tmp_path / "run" / "report.json").stat().st_size


def test_a_server_that_listens_on_ipv6_alone_is_reached(tmp_path: Path) -> None:
    assert run_odd(tmp_path, "ipv6_alone").results["odd"].verdict is Verdict.PASSED


def test_a_daemon_that_has_its_own_port_is_no_stranger_who_took_it(tmp_path: Path) -> None:
    ran = run_odd(tmp_path, "daemon")
    result = ran.results["odd"]
    assert (result.verdict, result.reason) == (Verdict.FAILED, "")
    assert "ts1" in {finding.blames for finding in left(ran)}


def test_a_process_left_behind_is_told_whose_it_is_however_long_its_command(tmp_path: Path) -> None:
    ran = run_odd(tmp_path, "long_child")
    assert {finding.blames for finding in left(ran)} == {"ts1", "ts2"}


def test_a_worker_that_ends_a_little_after_its_server_was_not_left_behind(tmp_path: Path) -> None:
    ran = run_texts(tmp_path, {"odd": PLAIN}, ts=f"{{python}} {STRANGE}/tidy_worker_ts.py {{port}} {{table}}")
    assert ran.results["odd"].verdict is Verdict.PASSED


def test_a_keeper_that_a_server_stopped_is_the_labs_trouble_and_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test stops it, as servers can only where nothing confines their signals."""
    play = conduct.Conductor._play

    async def stop_and_play(conductor: conduct.Conductor) -> None:
        os.kill(conductor.troupe.keeper.result(), signal.SIGSTOP)  # type: ignore[attr-defined]
        await play(conductor)

    monkeypatch.setattr(processes, "SILENT", 2.0)
    monkeypatch.setattr(conduct.Conductor, "_play", stop_and_play)
    result = run_texts(tmp_path, {"odd": PLAIN}).results["odd"]
    assert result.verdict is Verdict.ERROR
    assert "may have stopped it" in result.reason


def test_a_server_that_would_stop_its_keeper_may_not(tmp_path: Path) -> None:
    result = run_odd(tmp_path, "stops_its_parent", scenario("", "[{ask: known.example}, {wait: 500ms}]")).results["odd"]
    assert result.verdict is (Verdict.PASSED if confines() else Verdict.ERROR)


def test_answers_that_are_a_pipe_are_missing_and_not_waited_for(tmp_path: Path) -> None:
    ran = run_texts(tmp_path, {"odd": ONE_PROGRAM}, client=f"{{python}} {STRANGE}/odd_client.py pipe {{answers}}")
    assert [event["missing"] for event in ran.histories["odd"].all("wrote")] == [True]


def test_a_program_client_that_never_ends_is_ended_by_the_lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conduct, "LONGEST_PROGRAM", 0.5)
    ran = run_texts(tmp_path, {"odd": ONE_PROGRAM}, client=f"{{python}} {STRANGE}/odd_client.py endless {{answers}}")
    (ended,) = ran.histories["odd"].all("exited", server="ann")
    assert (ended["status"], ended["by"]) == (-9, "lab")


@pytest.mark.parametrize("other", ["absent: ts1", "kill: ts1"])
def test_a_kill_that_reaches_no_process_has_not_fired(tmp_path: Path, other: str) -> None:
    faults = f"[{{{other}}}, {{id: late, kill: ts1, when: 300ms}}]"
    text = scenario(faults, "[{wait: 500ms}, {ask: other.example, expect: {answer: 2.2.2.2}}]")
    result = run_texts(tmp_path, {"odd": text}).results["odd"]
    assert result.verdict is Verdict.INCONCLUSIVE
    assert [fault.fired for fault in result.faults] == [1, 0]


def test_a_server_that_two_faults_pause_goes_on_when_both_are_over(tmp_path: Path) -> None:
    faults = "[{id: a, pause: ts1, until: 300ms}, {id: b, pause: ts1, until: 700ms}]"
    text = scenario(faults, "[{ask: known.example, expect: {answer: 1.1.1.1, between: [650ms, 3s]}}]")
    assert run_texts(tmp_path, {"odd": text}).results["odd"].verdict is Verdict.PASSED


def test_a_server_that_is_still_down_when_its_restart_is_healed_comes_back(tmp_path: Path) -> None:
    faults = "[{restart: {server: ts1, down: 60s}, recovery: true}]"
    text = scenario(faults, "[{wait: 100ms}, {ask: other.example, expect: {answer: 2.2.2.2}}]")
    assert run_texts(tmp_path, {"odd": text}).results["odd"].verdict is Verdict.PASSED


def lab_under(limits: str, folder: Path, ending: str = "", *options: str) -> "subprocess.CompletedProcess[str]":
    path = folder / "plain.yaml"
    path.write_text(PLAIN, encoding="utf-8")
    words = [sys.executable, "-m", "lab", "run", str(path), "--out", str(folder / "out"), *options]
    line = f"{limits} exec {' '.join(words)} {ending}"
    return subprocess.run(["/bin/sh", "-c", line], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_too_few_open_files_are_the_labs_trouble_and_no_servers(tmp_path: Path) -> None:
    ended = lab_under("ulimit -n 64;", tmp_path)
    assert ended.returncode == 3
    assert "ulimit -n 4096" in ended.stderr


def test_scenarios_wait_for_one_another_where_open_files_are_few(tmp_path: Path) -> None:
    ended = lab_under("ulimit -n 200;", tmp_path, "", "--repeat", "30")
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize("launch", ["fork", "exec"])
def test_a_lab_without_standard_streams_starts_servers_that_have_theirs(tmp_path: Path, launch: str) -> None:
    ended = lab_under("", tmp_path, "<&- >&- 2>&-", "--launch", launch)
    assert ended.returncode == 0
    assert "listening on" in (tmp_path / "out" / "plain" / "ls.log").read_text(encoding="utf-8") + (
        tmp_path / "out" / "plain" / "ts1.log"
    ).read_text(encoding="utf-8")


def test_ports_go_on_in_another_block_when_few_of_one_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "BLOCK", 40)
    monkeypatch.setattr(ports, "FEW_LEFT", 10)
    given = ports.Ports()
    held = [given.bind() for _ in range(60)]
    numbers = {sock.getsockname()[1] for sock in held}
    for sock in held:
        sock.close()
    given.close()
    assert len(numbers) == 60
