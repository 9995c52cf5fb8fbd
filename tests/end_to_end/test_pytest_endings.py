"""However pytest ends, nothing of a run is left: no process, no port, no temporary file."""

from pathlib import Path

import psutil
import pytest

from tests.leftovers import listening
from tests.pytest_project import FAILS, PASSES, WAITS, Project, eventually

REAL = "--lab-clock=real"  # the only clock on which a scenario that waits can be met in mid-run
WORKERS = pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "xdist"])


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@WORKERS
def test_stopping_at_the_first_failure_stops_the_others_at_once(project: Project, workers: list[str]) -> None:
    project.write(a_fails=FAILS, b_waits=WAITS, c_waits=WAITS)
    code, output = project.run("-x", REAL, *workers)
    assert code == (2 if workers else 1)
    assert "1 failed" in output
    assert {project.result(name)["reason"] for name in ("b_waits", "c_waits")} == {"interrupted"}
    assert eventually(lambda: not project.leftovers()), project.leftovers()


@WORKERS
def test_killing_pytest_leaves_no_process_and_no_port(project: Project, workers: list[str]) -> None:
    project.write(a_waits=WAITS, b_waits=WAITS)
    with project.started(REAL, *workers):
        assert eventually(lambda: len(project.ports()) >= 6), "two systems of three servers"
        sockets = listening(project.ports())
    assert eventually(lambda: not project.leftovers()), project.leftovers()
    assert not sockets & listening(port for port, _ in sockets)
    assert {project.result(name)["reason"] for name in project.ran} == {"interrupted"}


def test_a_time_out_of_pytest_is_an_error_in_set_up_and_leaves_nothing(project: Project) -> None:
    project.write(passes=PASSES, waits=WAITS)
    (project.folder / "conftest.py").write_text(IMPATIENT)
    code, output = project.run(REAL, "--timeout=60", "-o", "timeout_func_only=true", "-ra")
    assert code == 1
    assert "1 passed, 1 error" in output
    assert "ERROR scenarios/waits.yaml::waits - " in output
    assert "Timeout" in output
    assert eventually(lambda: not project.leftovers()), project.leftovers()


IMPATIENT = """
import pytest


def pytest_collection_modifyitems(items):
    next(item for item in items if item.name == "waits").add_marker(pytest.mark.timeout(1))
"""


def _is_lab(process: psutil.Process) -> bool:
    """Whether it is the lab that pytest started, and no fork of it."""
    parent = process.parent()
    return "--stream" in process.cmdline() and parent is not None and "--stream" not in parent.cmdline()


def test_a_lab_that_is_killed_is_an_error_in_set_up(project: Project) -> None:
    project.write(waits=WAITS)
    with project.started(REAL, "-ra") as process:
        assert eventually(lambda: len(project.ports()) >= 3)
        lab = next(each for each in project.processes() if _is_lab(each))
        lab.kill()
        output, _ = process.communicate()
        assert process.returncode == 1
    assert "ERROR scenarios/waits.yaml::waits - the lab ended before this scenario did" in output
    assert eventually(lambda: not project.leftovers()), project.leftovers()
