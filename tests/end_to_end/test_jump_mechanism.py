"""Faults of the jump clock's own mechanism: the true verdict or the lab's clear trouble, no hang, and nothing left."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from lab.world.real.nursery.confining import SINCE, version
from tests.leftovers import assert_gone, relatives
from tests.running import FIXTURES, Told, compiled, scenario, start_lab, told

PATIENCE = 40.0
FIRST = 10
ODD = FIXTURES / "jump" / "odd_ls.py"
ARGUMENTS = "{port} {ts1.host} {ts1.port} {ts2.host} {ts2.port}"
KNOWN = "{ask: known.example, expect: {answer: 1.1.1.1, at: 0s}}"
MISSED = "{ask: nobody.example, expect: {not_found: 5s}}"
MISS = scenario("", f"[{KNOWN}, {MISSED}, {KNOWN}]")
LATE = scenario("[delay: {flow: ts1->ls, by: 300ms}]", "[{ask: known.example, expect: {answer: 1.1.1.1, at: 300ms}}]")
IMPATIENT = {"lab.world.jump.selector.STALLED": 1.0, "lab.world.jump.selector.HELD_TOO_LONG": 1.0}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Nothing of the lab may be left when a test ends."""
    yield tmp_path
    assert_gone(tmp_path)


def start(folder: Path, text: str, *words: str, **how: Any) -> "subprocess.Popen[str]":
    path = folder / "it.yaml"
    path.write_text(text, encoding="utf-8")
    return start_lab(folder, str(path), *words, **how)


def run(folder: Path, text: str, *words: str, **how: Any) -> Told:
    return told(start(folder, text, *words, **how), PATIENCE)


def odd(way: str) -> tuple[str, str]:
    return "--ls", f"{{python}} {ODD} {way} {ARGUMENTS}"


def failed(result: dict[str, Any]) -> list[str]:
    return [f"{one['clause']} {one['sentence']}" for one in result["findings"] if one["verdict"] != "passed"]


# What the clock serves, odd as it is


@pytest.mark.parametrize(
    "way",
    [
        "plain",
        "child_for_each_client",
        "thousand_threads",
        "thousand_timeouts",
        "closes_all_files",
        "child_with_shim",
        "kicks_itself",
    ],
)
def test_an_odd_but_sound_server_passes(folder: Path, way: str) -> None:
    result = run(folder, MISS, "--clock", "jump", *odd(way)).only
    assert (result["verdict"], result["clock"], result["reason"]) == ("passed", "jump", ""), failed(result)
    assert result["queries"][1]["elapsed_s"] == pytest.approx(5.0, abs=0.02)


@pytest.mark.parametrize("launch", ["fork", "exec"])
def test_a_server_that_becomes_another_program_in_mid_wait_goes_on_in_the_same_time(folder: Path, launch: str) -> None:
    steps = "[{ask: nobody.example, expect: closed}, {wait: 2s}, {ask: known.example}, {ask: nobody.example}]"
    words = ("--clock", "jump", "--launch", launch)
    result = run(folder, scenario("", steps), *words, *odd("becomes_itself_again")).only
    first, known, miss = result["queries"]
    assert (first["outcome"], known["outcome"], miss["outcome"]) == ("closed", "answered", "not_found"), result
    assert first["elapsed_s"] == pytest.approx(1.0, abs=0.02)
    assert miss["elapsed_s"] == pytest.approx(5.0, abs=0.02)


def test_a_process_that_a_server_leaves_behind_holds_up_no_time_and_is_told(folder: Path) -> None:
    result = run(folder, MISS, "--clock", "jump", *odd("daemon_that_sleeps")).only
    assert [one["check"] for one in result["findings"] if one["verdict"] == "failed"] == ["nothing_left"]


def test_a_server_killed_in_mid_wait_ends_its_session_then(folder: Path) -> None:
    text = scenario("[{kill: ls, when: 2s}]", "[{ask: nobody.example}]")
    result = run(folder, text, "--clock", "jump").only
    (query,) = result["queries"]
    assert query["outcome"] in ("closed", "reset")
    assert query["asked_at"] + query["elapsed_s"] == pytest.approx(2.0, abs=0.02)


def test_a_server_stopped_in_mid_wait_sees_that_its_time_is_past_when_it_goes_on(folder: Path) -> None:
    text = scenario("[{pause: ls, when: 1s, until: 7s}]", "[{ask: nobody.example}]")
    result = run(folder, text, "--clock", "jump").only
    (query,) = result["queries"]
    assert query["outcome"] == "not_found"
    assert query["elapsed_s"] == pytest.approx(7.0, abs=0.02)


def test_a_server_stopped_and_started_within_its_wait_is_in_time(folder: Path) -> None:
    text = scenario("[{pause: ls, when: 1s, until: 3s}]", "[{ask: nobody.example}]")
    (query,) = run(folder, text, "--clock", "jump").only["queries"]
    assert (query["outcome"], query["elapsed_s"]) == ("not_found", pytest.approx(5.0, abs=0.02))


# What the clock cannot serve: an error that names it; left to the lab, the real clock


@pytest.fixture(scope="module")
def static_ls(tmp_path_factory: pytest.TempPathFactory) -> str:
    program = compiled(FIXTURES / "sound" / "ls_poll.c", tmp_path_factory.mktemp("static"), "-static")
    return f"{program} {ARGUMENTS}"


def assert_refused(told: Told, *words: str) -> None:
    result = told.only
    assert (told.code, result["verdict"], result["clock"]) == (3, "error", "jump"), failed(result)
    for word in ("ls", *words):
        assert word in result["reason"]


def assert_left_to_the_real_clock(told: Told, *words: str) -> None:
    result = told.only
    assert (told.code, result["verdict"], result["clock"]) == (0, "passed", "real"), (failed(result), result["reason"])
    (warning,) = [one for one in result["warnings"] if "jump clock" in one]
    for word in ("ls", *words):
        assert word in warning


Assert = Callable[..., None]
BOTH = pytest.mark.parametrize(
    ("clock", "assert_told"), [("jump", assert_refused), ("auto", assert_left_to_the_real_clock)], ids=["jump", "auto"]
)


@BOTH
@pytest.mark.parametrize(
    ("way", "what"),
    [
        ("raw_sleep", "nanosleep"),
        ("timer_create", "timer_create"),
        ("timerfd", "timerfd_create"),
        ("child_without_shim", "shim"),
        ("spins_blindly", "never slept"),
        ("blocks_the_kick", "signal 60"),
    ],
)
def test_what_the_clock_cannot_serve_is_named(
    folder: Path, way: str, what: str, clock: str, assert_told: Assert
) -> None:
    assert_told(run(folder, LATE, "--clock", clock, *odd(way), patches=IMPATIENT), what)


@BOTH
def test_a_static_program_is_named(folder: Path, static_ls: str, clock: str, assert_told: Assert) -> None:
    assert_told(run(folder, LATE, "--clock", clock, "--ls", static_ls), "shim")


def test_a_server_that_spins_by_the_clock_is_judged_truly_or_not_at_all(folder: Path) -> None:
    result = run(folder, LATE, "--clock", "jump", *odd("spins_by_the_clock")).only
    assert result["verdict"] in ("passed", "error"), failed(result)
    assert result["verdict"] == "passed" or "ls never slept" in result["reason"]


def test_a_server_that_destroys_the_page_is_said_to_have_crashed(folder: Path) -> None:
    text = scenario("", "[{ask: known.example}, {wait: 1s}]")
    result = run(folder, text, "--clock", "jump", *odd("unmaps_the_page")).only
    assert result["verdict"] == "failed"
    assert any("LS exited by itself by signal 11" in one for one in failed(result))


@pytest.mark.parametrize("clock", ["jump", "auto"])
def test_a_keeper_that_a_server_stops_is_the_labs_trouble_and_where_it_may_not_its_own(
    folder: Path, clock: str
) -> None:
    patches = {**IMPATIENT, "lab.world.real.processes.SILENT": 1.0}
    result = run(folder, LATE, "--clock", clock, *odd("stops_its_keeper"), patches=patches).only
    if version() >= SINCE:
        assert result["verdict"] == "failed", "LS closes the session when it is not let"
        assert {one["blames"] for one in result["findings"] if one["verdict"] == "failed"} == {"ls"}
    else:
        assert result["verdict"] == "error", failed(result)
        assert "keeper" in result["reason"] or "starts and ends the servers" in result["reason"]


# Ends of the lab and of its workers in mid-run


def in_mid_run(folder: Path, *words: str) -> "subprocess.Popen[str]":
    """A lab with a catalogue that takes long, of which the first scenarios have ended."""
    lab = start(folder, MISS, "--clock", "jump", "--repeat", "2000", *words)
    await_first(lab, folder)
    assert lab.poll() is None, lab.communicate()
    return lab


def await_first(lab: "subprocess.Popen[str]", folder: Path) -> None:
    """A worker saves what the lab has not heard of yet: when there are several, it has heard of some."""
    awaited(lambda: len(list((folder / "out").glob("*/result.json"))) >= FIRST or lab.poll() is not None)


def awaited(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def workers_of(lab: "subprocess.Popen[str]") -> list[psutil.Process]:
    """The forks of the lab, which bear its command; the wardens do not."""
    mine = psutil.Process(lab.pid)
    return [child for child in mine.children() if child.cmdline() == mine.cmdline()]


@pytest.mark.parametrize("launch", ["fork", "exec"])
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_when_the_lab_is_ended_in_mid_run(folder: Path, ending: signal.Signals, launch: str) -> None:
    lab = in_mid_run(folder, "--launch", launch)
    assert len(relatives(folder)) > 3
    lab.send_signal(ending)
    ended = told(lab, PATIENCE)
    assert_gone(folder)
    if ending == signal.SIGKILL:
        return
    assert ended.code == 2, ended.err
    assert ended.report["interrupted"]
    verdicts = {one["verdict"] for one in ended.report["scenarios"]}
    assert verdicts <= {"passed", "skipped"}, [one for one in ended.report["scenarios"] if one["verdict"] == "error"]


def test_a_worker_that_is_killed_costs_its_scenario_and_no_other(folder: Path) -> None:
    lab = start(folder, MISS, "--clock", "jump", "--repeat", "60", "-j", "2")
    await_first(lab, folder)
    workers = workers_of(lab)
    workers[0].kill()
    ended = told(lab, PATIENCE)
    results = ended.report["scenarios"]
    broken = [one for one in results if one["verdict"] != "passed"]
    assert len(results) == 60
    assert 1 <= len(broken) <= (1 if len(workers) > 1 else 60)
    assert {one["verdict"] for one in broken} == {"error"}
    assert all("worker" in one["reason"] for one in broken)
    assert ended.code == 3


def test_when_all_workers_are_killed_the_rest_is_told_to_be_so(folder: Path) -> None:
    lab = in_mid_run(folder)
    for worker in workers_of(lab):
        worker.kill()
    ended = told(lab, PATIENCE)
    assert ended.code == 3
    assert len(ended.report["scenarios"]) == 2000
    assert {one["verdict"] for one in ended.report["scenarios"]} == {"passed", "error"}


def test_left_to_the_lab_what_a_killed_worker_had_runs_on_the_real_clock(folder: Path) -> None:
    lab = start(folder, LATE, "--clock", "auto", "--repeat", "60")
    await_first(lab, folder)
    for worker in workers_of(lab):
        worker.kill()
    ended = told(lab, PATIENCE)
    assert ended.code == 0, ended.err
    assert {one["verdict"] for one in ended.report["scenarios"]} == {"passed"}
    assert {one["clock"] for one in ended.report["scenarios"]} == {"jump", "real"}


# The shim's building


@pytest.fixture
def nothing_built(folder: Path) -> dict[str, str]:
    """An environment without a compiler, and with no shim built before."""
    (folder / "empty").mkdir()
    return {"PATH": str(folder / "empty"), "XDG_CACHE_HOME": str(folder / "cache"), "CC": ""}


def test_without_a_compiler_there_is_no_jump_clock(folder: Path, nothing_built: dict[str, str]) -> None:
    ended = run(folder, LATE, "--clock", "jump", environment=nothing_built)
    assert ended.code == 3
    assert "C compiler" in ended.err
    assert "--clock real" in ended.err
    assert "Traceback" not in ended.err


def test_without_a_compiler_the_lab_takes_the_real_clock_and_says_so(
    folder: Path, nothing_built: dict[str, str]
) -> None:
    ended = run(folder, LATE, "--clock", "auto", environment=nothing_built)
    assert (ended.code, ended.only["clock"]) == (0, "real"), ended.err
    assert "C compiler" in ended.report["note"]
    assert "C compiler" in ended.err


def test_a_compiler_that_fails_is_quoted(folder: Path, nothing_built: dict[str, str]) -> None:
    cc = folder / "bad_cc"
    cc.write_text(f"#!{sys.executable}\nimport sys; sys.exit('it.c:1: error: no such header')\n")
    cc.chmod(0o755)
    ended = run(folder, LATE, "--clock", "jump", environment={**nothing_built, "CC": str(cc)})
    assert ended.code == 3
    assert "no such header" in ended.err


@pytest.mark.parametrize("cache", ["/proc/no-such-place", "open_to_all"])
def test_a_cache_that_cannot_be_used_is_replaced_by_another(folder: Path, cache: str) -> None:
    place = folder / cache  # an absolute one stays what it is
    if place.parent == folder:
        (place / "fault-lab").mkdir(parents=True)
        (place / "fault-lab").chmod(0o777)
    ended = run(folder, LATE, "--clock", "jump", environment={"XDG_CACHE_HOME": str(place)})
    assert (ended.code, ended.only["clock"]) == (0, "jump"), ended.err
    assert list((folder / "tmp").glob(f"fault-lab-{os.getuid()}/shim-*.so"))


def test_two_labs_that_build_the_shim_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    shared = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
    labs = [start(folder, LATE, "--clock", "jump", environment=shared) for folder in folders]
    assert [told(lab, PATIENCE).code for lab in labs] == [0, 0]
    built = sorted(path.name.partition("-")[0] for path in (tmp_path / "cache" / "fault-lab").iterdir())
    assert built == ["census", "shim"]
    for folder in folders:
        assert_gone(folder)
