"""Sound servers of many designs pass every scenario: no good one is blamed."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lab.runner.crossing import ARGUMENTS
from tests.running import FIXTURES, ROOT

SOUND = FIXTURES / "sound"
PYTHON = sorted(path.name for path in SOUND.glob("*.py"))
C = {"ls_poll.c": [], "ls_epoll.c": [], "ls_threads.c": ["-pthread"]}
LONGEST_RUN = 240


def passes_all(command: str, folder: Path) -> None:
    words = [sys.executable, "-m", "lab", "run", "scenarios", "--ls", f"{command} {ARGUMENTS['ls']}"]
    words += ["--clock", "jump", "--json", "--out", str(folder / "run")]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=LONGEST_RUN, check=False)
    run = json.loads(done.stdout) if done.stdout else {"scenarios": [], "trouble": done.stderr}
    odd = {
        one["name"]: [found["sentence"] for found in one["findings"] if found["verdict"] != "passed"] or one["reason"]
        for one in run["scenarios"]
        if one["verdict"] not in {"passed", "skipped"}
    }
    assert odd == {}
    assert run["scenarios"], run
    assert done.returncode == 0


@pytest.mark.parametrize("program", PYTHON)
def test_a_sound_server_in_python_passes_every_scenario(program: str, tmp_path: Path) -> None:
    passes_all(f"{{python}} {SOUND / program}", tmp_path)


@pytest.mark.parametrize("program", C)
def test_a_sound_server_in_c_passes_every_scenario(program: str, tmp_path: Path) -> None:
    made = tmp_path / "ls"
    subprocess.run(["cc", "-O1", *C[program], "-o", str(made), str(SOUND / program)], check=True)
    passes_all(str(made), tmp_path)


def test_a_sound_server_in_node_passes_every_scenario(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no Node.js")
    passes_all(f"{node} {SOUND / 'ls_node.js'}", tmp_path)
