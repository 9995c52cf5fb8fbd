"""The shim's building: once for each source and machine, kept where nobody else could have put it, or refused."""

import subprocess
import sys
from pathlib import Path

import pytest

from lab.errors import LabTrouble
from lab.world.jump import building


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the shim will be kept; the spare place is another folder of the test's."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(building.tempfile, "gettempdir", lambda: str(tmp_path / "spare"))
    return tmp_path / "cache" / "fault-lab"


@pytest.fixture
def no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr(building.shutil, "which", lambda _: None)


def test_it_is_built_once_and_no_compiler_is_needed_then(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = building.shim()
    assert built.parent == place
    stamp = built.stat().st_mtime_ns
    monkeypatch.setattr(building.shutil, "which", lambda _: None)
    assert building.shim() == built
    assert built.stat().st_mtime_ns == stamp
    assert list(place.iterdir()) == [built], "no draft is left"


def test_another_source_is_another_file(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = building.shim()
    other = tmp_path / "shim.c"
    other.write_text(building.SOURCE.read_text(encoding="utf-8") + "\n/* changed */\n", encoding="utf-8")
    monkeypatch.setattr(building, "SOURCE", other)
    second = building.shim()
    assert (first.parent, second.parent) == (place, place)
    assert first.name != second.name


@pytest.mark.usefixtures("no_compiler", "place")
def test_without_a_compiler_it_is_refused_with_the_cure() -> None:
    with pytest.raises(LabTrouble, match=r"C compiler.*--clock real"):
        building.shim()


@pytest.mark.usefixtures("place")
def test_whether_there_can_be_one_is_told_without_building_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert building.why_none() == ""
    built = building.shim()
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr(building.shutil, "which", lambda _: None)
    assert building.why_none() == ""
    built.unlink()
    assert building.why_none().endswith("needs a C compiler, and there is none (tried $CC, cc, gcc, clang)")


def test_a_source_that_does_not_compile_is_refused_with_the_compilers_words(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = tmp_path / "bad.c"
    bad.write_text("#error this machine is odd\n", encoding="utf-8")
    monkeypatch.setattr(building, "SOURCE", bad)
    with pytest.raises(LabTrouble, match="this machine is odd"):
        building.shim()
    assert list(place.iterdir()) == []


def test_a_file_that_others_can_write_is_not_trusted(place: Path) -> None:
    built = building.shim()
    built.chmod(0o666)
    again = building.shim()
    assert not again.stat().st_mode & 0o022
    place.chmod(0o777)
    assert building.shim().parent != place


def test_a_relative_cache_is_no_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(building.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", "somewhere")
    monkeypatch.setenv("HOME", "nowhere")
    assert building.shim().is_relative_to(tmp_path)


def test_the_built_shim_is_silent_in_a_program_without_a_page(place: Path) -> None:
    environment = {"LD_PRELOAD": str(building.shim()), "PATH": str(place)}
    code = "import time; a = time.monotonic(); time.sleep(0.05); assert 0.05 <= time.monotonic() - a < 5"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, timeout=20, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
