import runpy
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "golden" / "complaints"
complaints = runpy.run_path(str(FOLDER / "regenerate.py"))["complaints"]


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.yaml")), ids=lambda file: file.stem)
def test_typical_mistakes_are_complained_about_in_these_words(file: Path) -> None:
    text = file.with_suffix(".txt").read_text(encoding="utf-8")
    assert complaints(file) == text, "if it is meant: python tests/golden/complaints/regenerate.py"


def test_every_golden_text_has_its_file() -> None:
    assert {file.stem for file in FOLDER.glob("*.txt")} == {file.stem for file in FOLDER.glob("*.yaml")}
