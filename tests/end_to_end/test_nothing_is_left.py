"""Whatever ends the lab, two seconds later no process of the run is alive, no port is held, no file is left (law 9)."""

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.leftovers import GONE_WITHIN, assert_gone, listening
from tests.running import FIXTURES, scenario, start_lab, told

STUBBORN = f"{{python}} {FIXTURES}/stubborn_ts.py {{port}} {{table}}"
PAUSED = scenario("[pause: ts2]", "[{ask: nobody.example}]")


def in_real_time(folder: Path, text: str, *options: str) -> "subprocess.Popen[str]":
    """A lab whose scenario takes as long as it says, so that it can be met in mid-run."""
    path = folder / "waiting.yaml"
    path.write_text(text, encoding="utf-8")
    return start_lab(folder, str(path), "--clock", "real", *options)


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="nothing-left-") as made:
        yield Path(made)


def forked(lab: "subprocess.Popen[str]") -> list[int]:
    """All descendants of the lab."""
    found, queue = [], [lab.pid]
    while queue:
        pid = queue.pop()
        for task in Path(f"/proc/{pid}/task").iterdir():
            children = [int(child) for child in (task / "children").read_text().split()]
            found += children
            queue += children
    return found


def alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if Path(f"/proc/{pid}").exists() and not is_zombie(pid)]


def is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].startswith("Z")
    except OSError:
        return True


def await_family(lab: "subprocess.Popen[str]", least: int) -> list[int]:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            family = forked(lab)
        except OSError:
            family = []
        if len(family) >= least:
            time.sleep(0.6)
            return forked(lab)
        time.sleep(0.05)
    raise AssertionError(f"only {len(family)} descendants: {lab.communicate(timeout=5) if lab.poll() else ''}")


def listening_ports(pids: list[int]) -> list[int]:
    ports = []
    for pid in pids:
        try:
            ports += [c.laddr.port for c in psutil.Process(pid).net_connections("tcp") if c.status == "LISTEN"]
        except psutil.Error:
            continue
    return ports


def assert_none_alive(family: list[int], sockets: set[tuple[int, str]], folder: Path) -> None:
    deadline = time.monotonic() + GONE_WITHIN
    while (alive(family) or list((folder / "tmp").iterdir())) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert alive(family) == []
    assert list((folder / "tmp").iterdir()) == []
    assert not sockets & listening(port for port, _ in sockets)


CLERK_WARDEN_KEEPER_AND_THREE_SERVERS = 6
STUBBORN_FAMILY = CLERK_WARDEN_KEEPER_AND_THREE_SERVERS + 2


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("launch", ["fork", "exec"])
def test_nothing_is_left_when_the_lab_is_ended_in_mid_run(folder: Path, ending: signal.Signals, launch: str) -> None:
    lab = in_real_time(folder, PAUSED, "--ts", STUBBORN, "--launch", launch)
    family = await_family(lab, STUBBORN_FAMILY)
    sockets = listening(listening_ports([lab.pid, *family]))
    assert len(sockets) >= 3
    lab.send_signal(ending)
    out, err = lab.communicate(timeout=10)
    assert_none_alive(family, sockets, folder)
    if ending == signal.SIGKILL:
        return
    assert lab.returncode == 2, err
    report = json.loads(out)
    assert report["interrupted"]
    assert report["scenarios"][0]["verdict"] == "skipped"


def test_nothing_is_left_when_the_warden_is_killed(folder: Path) -> None:
    lab = in_real_time(folder, PAUSED)
    family = await_family(lab, CLERK_WARDEN_KEEPER_AND_THREE_SERVERS)
    os.kill(next(pid for pid in family if "boot.py" in "".join(psutil.Process(pid).cmdline())), signal.SIGKILL)
    out, err = lab.communicate(timeout=10)
    assert lab.returncode == 3, err
    assert json.loads(out)["scenarios"][0]["verdict"] == "error"
    assert alive(family) == []


@pytest.mark.parametrize("clock", ["real", "jump"])
def test_a_daemon_left_by_a_server_is_ended_and_told(folder: Path, clock: str) -> None:
    (folder / "it.yaml").write_text(scenario("", "[{ask: known.example}]"), encoding="utf-8")
    lab = start_lab(folder, str(folder / "it.yaml"), "--clock", clock, "--ts", STUBBORN)
    ended = told(lab, 20)
    failed = [one["check"] for one in ended.only["findings"] if one["verdict"] == "failed"]
    assert "nothing_left" in failed, ended.err
    assert_gone(folder)
