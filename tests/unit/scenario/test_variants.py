"""Variants: a broken server is the sound one and a difference, which applies exactly or not at all."""

from pathlib import Path

import pytest

from lab.errors import BadInput
from lab.scenario.variant import read_variant, variants_in

SOUND = "one\ntwo\nthree\nfour\nfive\n"
DIFF = """\
about: Says TWO.
breaks: C5
caught by: some_scenario

--- ../ls.py
+++ ls_shouts.py
@@ -1,3 +1,4 @@
 one
-two
+TWO
+and more
 three
@@ -5 +6 @@
-five
+FIVE
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ls.py").write_text(SOUND, encoding="utf-8")
    (tmp_path / "broken").mkdir()
    return tmp_path / "broken"


def written(folder: Path, text: str, name: str = "ls_shouts") -> Path:
    path = folder / f"{name}.diff"
    path.write_text(text, encoding="utf-8")
    return path


def complaint(path: Path) -> str:
    with pytest.raises(BadInput) as caught:
        read_variant(path)
    return str(caught.value).replace(path.parent.as_posix(), "")


def test_a_variant_is_the_sound_program_with_its_difference(folder: Path) -> None:
    variant = read_variant(written(folder, DIFF))
    assert variant.text == "one\nTWO\nand more\nthree\nfour\nFIVE\n"
    assert (variant.name, variant.role, variant.breaks, variant.caught_by) == (
        "ls_shouts",
        "ls",
        "C5",
        "some_scenario",
    )


def test_a_program_that_has_changed_is_complained_about(folder: Path) -> None:
    path = written(folder, DIFF)
    (folder.parent / "ls.py").write_text(SOUND.replace("two", "2"), encoding="utf-8")
    assert complaint(path) == (
        "/ls_shouts.diff:9: it does not apply any more: line 2 of the program is not 'two'; "
        "make the difference anew from the program as it is now"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (DIFF.replace("breaks: C5\n", ""), "its head lacks breaks"),
        (DIFF.replace("--- ../ls.py\n", ""), "it has no line that begins with ---"),
        (DIFF.replace("../ls.py", "../none.py"), "none.py is no file"),
        (DIFF + "odd\n", "this is no line of a unified diff"),
    ],
)
def test_a_file_that_is_no_variant_is_complained_about(text: str, words: str, folder: Path) -> None:
    assert words in complaint(written(folder, text))


def test_a_name_without_a_role_is_complained_about(folder: Path) -> None:
    assert "does not begin with a role" in complaint(written(folder, DIFF, "shouts"))


def test_all_complaints_of_a_folder_come_at_once(folder: Path) -> None:
    written(folder, DIFF)
    written(folder, "nothing\n", "ls_a")
    written(folder, "nothing\n", "ls_b")
    with pytest.raises(BadInput) as caught:
        variants_in(folder)
    assert len(caught.value.complaints) == 2


def test_an_empty_folder_is_complained_about(folder: Path) -> None:
    with pytest.raises(BadInput, match=r"no file in it ends in \.diff"):
        variants_in(folder)
