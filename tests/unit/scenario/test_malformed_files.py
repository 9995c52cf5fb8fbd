import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import corpus
import pytest

from lab.errors import BadInput, Complaint
from lab.scenario.load import load
from lab.scenario.profile import load_profile

Loader = Callable[[Path], Any]
JARGON = re.compile(
    r"Input should|valid (string|dictionary|list|integer|number)|pydantic|Traceback|NoneType|<class|Extra inputs|"
    r"\bunion\b|\bdict\b|(?<!!)\bstr\b|\bint\b|Value error|Field required|\btuple\b|object at 0x"
    r"|discriminator|None\b|\bBroken\b",
)


def complaints(loader: Loader, data: bytes, folder: Path) -> list[Complaint]:
    file = folder / "file.yaml"
    file.write_bytes(data)
    with pytest.raises(BadInput) as caught:
        loader(file)
    return caught.value.complaints


def assert_clear(found: list[Complaint]) -> None:
    assert found
    for complaint in found:
        assert complaint.file.endswith("file.yaml")
        assert complaint.line >= 1 or "KiB" in complaint.what
        assert complaint.what
        assert complaint.cure
        assert not JARGON.search(f"{complaint.what}; {complaint.cure}"), str(complaint)
        assert "\n" not in complaint.what + complaint.cure + complaint.path
    assert found == sorted(found, key=lambda item: (item.line, item.column))


@pytest.mark.parametrize("data", list(corpus.scenarios()), ids=lambda data: repr(data[-40:]))
def test_a_malformed_scenario_is_refused_with_a_place_and_a_cure(data: bytes, tmp_path: Path) -> None:
    assert_clear(complaints(load, data, tmp_path))


@pytest.mark.parametrize("data", list(corpus.profiles()), ids=lambda data: repr(data[-40:]))
def test_a_malformed_profile_is_refused_with_a_place_and_a_cure(data: bytes, tmp_path: Path) -> None:
    assert_clear(complaints(load_profile, data, tmp_path))


def test_the_scenario_that_the_corpus_spoils_is_right(tmp_path: Path) -> None:
    file = tmp_path / "file.yaml"
    file.write_text(corpus.VALID)
    assert len(load(file)) == 1


def test_a_folder_a_missing_file_and_a_device_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.yaml", Path("/dev/zero"), Path("a\0b")):
        for loader in (load, load_profile):
            with pytest.raises(BadInput) as caught:
                loader(path)
            assert caught.value.complaints[0].cure
