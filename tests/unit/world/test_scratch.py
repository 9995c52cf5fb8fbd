"""Temporary files are kept in memory where there is room, and where people say, if they say so."""

import asyncio
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from lab.errors import LabTrouble
from lab.world.real import scratch as module
from lab.world.real.scratch import ROOM, scratch
from lab.world.real.world import RealWorld


@pytest.fixture(autouse=True)
def memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder that passes for memory, where nobody has chosen another place."""
    for name in module.CHOSEN:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(module.tempfile, "gettempdir", lambda: str(tmp_path / "disk"))
    monkeypatch.setattr(module, "MEMORY", tmp_path)
    return tmp_path


def with_place(monkeypatch: pytest.MonkeyPatch, free: int, flags: int = 0) -> None:
    place = SimpleNamespace(f_bavail=free // 4096, f_frsize=4096, f_flag=flags)
    monkeypatch.setattr(module.os, "statvfs", lambda _: place)


def test_it_is_in_memory_where_there_is_room(monkeypatch: pytest.MonkeyPatch, memory: Path) -> None:
    with_place(monkeypatch, ROOM)
    assert scratch().parent == memory


def test_each_run_has_its_own() -> None:
    assert scratch() != scratch()


@pytest.mark.parametrize(("free", "flags"), [(ROOM - 4096, 0), (ROOM, os.ST_NOEXEC)])
def test_it_is_on_disk_where_memory_is_short_or_nothing_can_be_executed_there(
    monkeypatch: pytest.MonkeyPatch, memory: Path, free: int, flags: int
) -> None:
    with_place(monkeypatch, free, flags)
    assert scratch().parent == memory / "disk"


def test_it_is_on_disk_where_there_is_no_such_memory(monkeypatch: pytest.MonkeyPatch, memory: Path) -> None:
    monkeypatch.setattr(module, "MEMORY", memory / "none")
    assert scratch().parent == memory / "disk"


@pytest.mark.parametrize("name", module.CHOSEN)
def test_it_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, memory: Path, name: str) -> None:
    with_place(monkeypatch, ROOM)
    monkeypatch.setenv(name, "somewhere")
    assert scratch().parent == memory / "disk"


def test_a_folder_that_cannot_be_made_is_said_with_its_name_and_the_cure(
    monkeypatch: pytest.MonkeyPatch, memory: Path
) -> None:
    monkeypatch.setattr(module, "MEMORY", memory / "none")

    async def act(world: RealWorld) -> None:
        await asyncio.sleep(0)
        await world.troupe(world.scratch / "one")

    world = RealWorld()
    try:
        with pytest.raises(LabTrouble, match=rf"No such file or directory: {memory}/disk/fault-lab-\w+: set TMPDIR"):
            world.run(act(world))
    finally:
        world.close()


def test_the_folder_is_there_while_the_world_is_and_not_after_it() -> None:
    async def act(world: RealWorld) -> bool:
        troupe = await world.troupe(world.scratch / "one")
        await troupe.end()
        return (world.scratch / "one").is_dir()

    world = RealWorld()
    try:
        assert world.run(act(world))
    finally:
        world.close()
    assert not world.scratch.exists()
