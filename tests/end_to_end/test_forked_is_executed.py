"""A Python program cannot tell whether it was forked from the warm warden or executed anew."""

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Literal

import pytest

from lab.world.base import Program
from lab.world.real.world import RealWorld
from tests.running import FIXTURES

Ran = tuple[int, str, str]


def run(folder: Path, launch: Literal["fork", "exec"], *argv: str) -> Ran:
    """Status, standard output and standard error of a program."""

    async def act(world: RealWorld) -> Ran:
        troupe = await world.troupe(folder)
        printed = {"stdout": b"", "stderr": b""}
        over: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def hear(stream: str, data: bytes) -> None:
            printed[stream] += data

        await troupe.start(Program("one", argv, folder, launch=launch), hear, over.set_result)
        status = await over
        for _ in range(20):
            await asyncio.sleep(0.005)
        await troupe.end()
        return status, printed["stdout"].decode(), printed["stderr"].decode()

    world = RealWorld(seed=7)
    try:
        return world.run(act(world))
    finally:
        world.close()


@pytest.fixture(scope="module")
def folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="portrait-"))


@pytest.fixture(scope="module")
def portraits(folder: Path) -> tuple[Ran, Ran]:
    argv = (sys.executable, str(FIXTURES / "self_portrait.py"), "one", "two words")
    return run(folder, "fork", *argv), run(folder, "exec", *argv)


def test_what_it_finds_of_itself_is_the_same(portraits: tuple[Ran, Ran]) -> None:
    forked, executed = (json.loads(out.splitlines()[0]) for _, out, _ in portraits)
    for trait in executed:
        assert forked[trait] == executed[trait], trait


def test_its_end_is_the_same_thread_and_exit_functions_included(portraits: tuple[Ran, Ran]) -> None:
    forked, executed = ((status, out.splitlines()[1:], err) for status, out, err in portraits)
    assert forked == executed == (3, ["thread", "at exit"], "to stderr\n")


@pytest.mark.parametrize(
    "code",
    [
        "raise ValueError('a bug')",
        "def f():\n    1/0\nf()\n",
        "import sys; sys.exit('a word')",
        "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
        "raise KeyboardInterrupt",
        "import os; os._exit(9)",
        "this is no Python",
        "print(input())",
    ],
)
def test_a_bad_end_looks_the_same(folder: Path, code: str) -> None:
    script = folder / "bad.py"
    script.write_text(code, encoding="utf-8")
    argv = (sys.executable, str(script))
    assert run(folder, "fork", *argv) == run(folder, "exec", *argv)


def test_what_is_written_to_a_file_that_nobody_closes_is_in_it_at_the_end(tmp_path: Path) -> None:
    script = tmp_path / "one.py"
    script.write_text(f"file = open({str(tmp_path / 'told.txt')!r}, 'w')\nfile.write('a line')\n", encoding="utf-8")
    for launch in ("exec", "fork"):
        assert run(tmp_path, launch, sys.executable, str(script)) == (0, "", "")
        assert (tmp_path / "told.txt").read_text(encoding="utf-8") == "a line", launch
        (tmp_path / "told.txt").unlink()


def test_a_missing_file_looks_the_same(folder: Path) -> None:
    argv = (sys.executable, str(folder / "missing.py"))
    assert run(folder, "fork", *argv) == run(folder, "exec", *argv)


def test_a_module_beside_it_comes_before_one_of_the_standard_library(tmp_path: Path) -> None:
    (tmp_path / "queue.py").write_text("word = 'its own'\n", encoding="utf-8")
    script = tmp_path / "one.py"
    script.write_text("import queue\nprint(queue.word)\n", encoding="utf-8")
    argv = (sys.executable, str(script))
    assert run(tmp_path, "fork", *argv) == run(tmp_path, "exec", *argv) == (0, "its own\n", "")
