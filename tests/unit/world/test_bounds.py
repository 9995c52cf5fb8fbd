"""What programs use of the machine, as the kernel tells it: of living processes, and of a folder."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.world.real.nursery import bounds, kin

PATIENCE = 20.0
BURNS = "import time\nend = time.thread_time() + 20\nwhile time.thread_time() < end: pass"
SLEEPS = "import time; time.sleep(60)"
FORKS = "import os, time\nfor _ in range({many}):\n    if os.fork() == 0: time.sleep(60); os._exit(0)\ntime.sleep(60)"


@contextlib.contextmanager
def running(code: str, number: int = 0) -> Iterator[int]:
    """A process with its descendants, in a session of its own, and ended at last."""
    limit = bounds.file_limit(number)
    prelude = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
    with subprocess.Popen([sys.executable, "-c", prelude + code], start_new_session=True) as it:
        try:
            yield it.pid
        finally:
            os.killpg(it.pid, signal.SIGKILL)


def eventually(pid: int) -> tuple[str, int, int]:
    """The bound that the process and its descendants come to be over."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        over = bounds.excess([pid, *kin.descendants_of(pid)], None)
        if over is not None:
            return over
        time.sleep(0.01)
    raise AssertionError("nothing was too much")


def test_one_that_computes_for_too_long_is_over_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "PROCESSOR", 0)
    with running(BURNS) as pid:
        assert eventually(pid)[0] == "seconds of processor time"


def test_one_with_too_many_descendants_is_over_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "PROCESSES", 5)
    with running(FORKS.format(many=6)) as pid:
        assert eventually(pid) == ("processes", 6, 5) or eventually(pid) == ("processes", 7, 5)


def test_one_that_sleeps_is_over_none() -> None:
    with running(SLEEPS) as pid:
        assert bounds.excess([pid], None) is None


@pytest.mark.parametrize("number", [0, 1, 7])
def test_descendants_bear_the_mark_of_their_program(number: int) -> None:
    with running(FORKS.format(many=2), number) as pid:
        end = time.monotonic() + PATIENCE
        while len(kin.descendants_of(pid)) < 2 and time.monotonic() < end:
            time.sleep(0.01)
        family = [pid, *kin.descendants_of(pid)]
        assert {bounds.mark_of(one) for one in family} == {bounds.file_limit(number)}
        assert len(family) == 3


def test_a_process_that_is_gone_has_no_mark() -> None:
    with running(SLEEPS) as pid:
        pass
    assert bounds.mark_of(pid) == -1


def test_the_files_of_all_folders_below_count_and_links_out_of_it_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "FILES", 300_000)
    folder, outside = tmp_path / "mine", tmp_path / "outside"
    (folder / "deep" / "deeper").mkdir(parents=True)
    outside.write_bytes(b"x" * 1_000_000)
    (folder / "link").symlink_to(outside)
    (folder / "deep" / "one").write_bytes(b"x" * 200_000)
    os.sync()
    assert bounds.excess([], str(folder)) is None
    (folder / "deep" / "deeper" / "two").write_bytes(b"x" * 200_000)
    os.sync()
    assert bounds.excess([], None) is None
    over = bounds.excess([], str(folder))
    assert over is not None
    assert over[0] == "bytes in files"
    assert over[1] >= 400_000


def test_many_that_fork_are_ended_to_the_last() -> None:
    with running(FORKS.format(many=40)) as pid:
        end = time.monotonic() + PATIENCE
        while len(kin.descendants_of(pid)) < 40 and time.monotonic() < end:
            time.sleep(0.01)
        family = kin.descendants_of(pid)
        assert len(family) == 40
        kin.end_those(lambda: [one for one in family if kin.command_of(one)])
        assert [one for one in family if kin.command_of(one)] == []
