"""A system whose ports all stand in its sources: harmed and judged like any other, where each program has a network."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from lab.result import ScenarioResult
from lab.runner.options import Options
from lab.runner.saving import RunFolder
from lab.runner.selecting import read
from lab.runner.session import Session
from lab.scenario.profile import load_profile
from lab.world.real import isolation
from lab.world.real.nursery.users import User, closed
from tests.leftovers import assert_gone, relatives
from tests.running import FIXTURES, ROOT, scenario, start_lab, told

FIXED = FIXTURES / "fixed_ports"
SYSTEM = FIXED / "system.yaml"
NOBODY = 65534
REFUSAL = "network namespaces cannot be made: a test says so"
has_networks = pytest.mark.skipif(bool(isolation.refusal()), reason=isolation.refusal())
LINGERING = """
import socket, sys
sock = socket.socket()
sock.bind(("127.0.0.1", {port}))
print("bound", flush=True)
sys.stdin.read()
"""
"""Nobody listens there, as where a connection was closed a moment ago."""
HEEDING = """\
lab: profile/1
servers:
  ts1: {{run: "{{python}} {servers}/ts.py {port} {{table}}", port: {port}}}
  ls: {{run: "{{python}} {servers}/ls.py {{port}} {{ts1.host}} {{ts1.port}}"}}
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that other users can reach, too."""
    with tempfile.TemporaryDirectory(prefix="fixed-ports-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@has_networks
@pytest.mark.parametrize("clock", ["real", "jump"])
def test_scenarios_of_fixed_ports_overlap_and_their_links_can_be_harmed(folder: Path, clock: str) -> None:
    ended = told(start_lab(folder, str(FIXED / "scenarios"), "--system", str(SYSTEM), "--clock", clock), 60)
    verdicts = {one["name"]: one["verdict"] for one in ended.report["scenarios"]}
    assert verdicts == dict.fromkeys(["killed_ts1", "refused_by_ts2", "slow_ts1"], "passed"), ended.report
    assert {one["clock"] for one in ended.report["scenarios"]} == {clock}
    if clock == "real":
        assert ended.report["wall_s"] < sum(one["wall_s"] for one in ended.report["scenarios"])
    assert_gone(folder)


@has_networks
@pytest.mark.parametrize("clock", ["real", "jump"])
@pytest.mark.parametrize("more", [(), ("--isolate",), ("--launch", "exec")])
def test_an_ordinary_user_needs_no_further_rights(folder: Path, clock: str, more: tuple[str, ...]) -> None:
    if os.geteuid() or shutil.which("setpriv") is None:
        pytest.skip("only root can be another user, by setpriv")
    shut = closed(sys.executable, User(NOBODY, NOBODY))  # setpriv still has root's rights when it executes it
    if shut:
        pytest.skip(f"{shut} is closed to other users")
    home = folder / "home"
    home.mkdir()
    (home / "tmp").mkdir()
    for path in (home, home / "tmp"):
        os.chown(path, NOBODY, NOBODY)
    command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", sys.executable]
    environment = {**os.environ, "HOME": str(home), "TMPDIR": str(home / "tmp"), "PYTHONDONTWRITEBYTECODE": "1"}
    environment["PYTHONPATH"] = sysconfig.get_path("purelib")  # an environment of root's is not always found by others
    probe = [*command, "-c", "from lab.world.real.isolation import refusal; print(refusal())"]
    asked = subprocess.run(probe, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30, check=False)
    if asked.returncode or asked.stdout.strip():
        pytest.skip(f"not here: {asked.stdout.strip() or asked.stderr[-200:]}")
    words = [
        str(FIXED / "scenarios"),
        "--system",
        str(SYSTEM),
        "--clock",
        clock,
        "--json",
        "--out",
        str(home / "out"),
        *more,
    ]
    ran = subprocess.run(
        [*command, "-m", "lab", "run", *words, "--json", "--out", str(home / "out")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert {one["clock"] for one in json.loads(ran.stdout)["scenarios"]} == {clock}


@has_networks
def test_the_networks_end_with_a_lab_that_is_killed(folder: Path) -> None:
    path = folder / "it.yaml"
    path.write_text(scenario("[pause: ts2]", "[{ask: nobody.example}]"), encoding="utf-8")
    lab = start_lab(folder, str(path), "--system", str(SYSTEM), "--clock", "real")
    deadline = time.monotonic() + 20
    places: set[int] = set()
    while len(places) < 4 and time.monotonic() < deadline:
        places = networks_of(relatives(folder / "tmp"))
        time.sleep(0.05)
    assert len(places) >= 4, "three servers, each in its own, and the lab"
    lab.send_signal(signal.SIGKILL)
    lab.communicate(timeout=10)
    assert_gone(folder)
    assert not (places - {network_of(os.getpid())}) & networks_of(int(one.name) for one in processes())


def processes() -> list[Path]:
    return [entry for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def network_of(pid: int) -> int:
    return Path(f"/proc/{pid}/ns/net").stat().st_ino


def networks_of(pids: Iterable[int]) -> set[int]:
    found = set()
    for pid in pids:
        try:
            found.add(network_of(pid))
        except OSError:
            continue
    return found


# Where no network namespaces can be had


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "refusal", lambda: REFUSAL)


def ran(folder: Path, system: Path, *paths: Path, clock: str = "auto") -> tuple[dict[str, ScenarioResult], str]:
    """The results by name, and the run's note."""
    profile = load_profile(system)
    session = Session(profile, Options(clock=clock), RunFolder(folder / "run"), "test")  # type: ignore[arg-type]
    run = session.run(read([str(path) for path in paths], profile))
    return {result.name: result for result in run.scenarios}, run.note


@pytest.mark.usefixtures("refused")
def test_without_networks_a_fixed_port_that_is_dialled_untold_is_skipped_and_says_why(tmp_path: Path) -> None:
    results, note = ran(tmp_path, SYSTEM, FIXED / "scenarios")
    for result in results.values():
        assert result.verdict == "skipped"
        assert result.reason == (
            "ls dials ts1 at its fixed port, where no proxy can stand unless each program has a network namespace: "
            + REFUSAL
        )
    assert note.endswith(f"one scenario at a time where each cannot have a network namespace: {REFUSAL}")


def heeding(folder: Path) -> tuple[Path, int]:
    """A system with one fixed port, of which LS is told; the port, free now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    system = folder / "system.yaml"
    system.write_text(HEEDING.format(servers=ROOT / "servers", port=port), encoding="utf-8")
    return system, port


def pair(folder: Path) -> list[Path]:
    """Two scenarios with a fault of the link to the server with the fixed port."""
    paths = [folder / "one.yaml", folder / "two.yaml"]
    for path in paths:
        text = scenario(
            "[{delay: {flow: ts1->ls, by: 1s}}]", "[{ask: known.example, expect: {answer: 1.1.1.1, at: 1s}}]"
        )
        tables = "{ts1: {known.example: 1.1.1.1}}"
        path.write_text(text.replace("{ts1: {known.example: 1.1.1.1}, ts2: {other.example: 2.2.2.2}}", tables), "utf-8")
    return paths


@pytest.mark.usefixtures("refused")
def test_without_networks_what_is_told_runs_on_the_ports_of_the_machine(tmp_path: Path) -> None:
    system, _ = heeding(tmp_path)
    results, note = ran(tmp_path, system, pair(tmp_path)[0])
    (result,) = results.values()
    assert result.verdict == "passed", result
    assert result.clock == "real"
    assert "on the real clock" in note


@pytest.mark.usefixtures("refused")
def test_without_networks_a_port_that_is_not_free_yet_is_waited_for(tmp_path: Path) -> None:
    system, port = heeding(tmp_path)
    words = [sys.executable, "-c", LINGERING.format(port=port)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as lingering:
        assert lingering.stdin is not None
        assert lingering.stdout is not None
        assert lingering.stdout.readline() == b"bound\n"
        threading.Timer(2, lingering.kill).start()
        results, _ = ran(tmp_path, system, pair(tmp_path)[0])
    assert [result.verdict for result in results.values()] == ["passed"], results


@pytest.mark.usefixtures("refused")
def test_without_networks_a_port_that_another_program_has_is_the_labs_trouble(tmp_path: Path) -> None:
    system, port = heeding(tmp_path)
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", port))
        stranger.listen()
        results, _ = ran(tmp_path, system, pair(tmp_path)[0])
    (result,) = results.values()
    assert result.verdict == "error"
    assert result.reason.startswith(f"port {port}, on which ts1 always listens, is taken by another program")
    assert REFUSAL in result.reason


@has_networks
def test_with_networks_a_fixed_port_that_another_program_has_is_free_all_the_same(tmp_path: Path) -> None:
    system, port = heeding(tmp_path)
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", port))
        stranger.listen()
        results, _ = ran(tmp_path, system, *pair(tmp_path), clock="real")
    assert [result.verdict for result in results.values()] == ["passed", "passed"], results
