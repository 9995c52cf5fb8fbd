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


@pytest.mark.parametrize(
    ("sound", "words"),
    [
        (
            SOUND.replace("two", "2"),
            ":7: it no longer applies: the lines of its hunk 1 do not stand where they did; make",
        ),
        (
            SOUND.replace("five", "5"),
            ":13: it no longer applies: the lines of its hunk 2 do not stand where they did; make",
        ),
        (SOUND.replace("four\n", ""), "hunk 2 do not stand where they did; its lines have moved: write 4 for 5 into"),
        ("zero\n" + SOUND, "hunk 1 do not stand where they did; its lines have moved: write 2 for 1 into its head"),
        ("zero\n" + SOUND * 2, "hunk 1 do not stand where they did; make the difference anew with diff -u"),
    ],
)
def test_a_program_that_has_changed_is_complained_about(sound: str, words: str, folder: Path) -> None:
    path = written(folder, DIFF)
    (folder.parent / "ls.py").write_text(sound, encoding="utf-8")
    assert words in complaint(path)


def test_lines_are_put_in_where_nothing_is_taken_away(folder: Path) -> None:
    head = DIFF.partition("@@")[0]
    assert read_variant(written(folder, f"{head}@@ -2,0 +3 @@\n+half\n")).text == SOUND.replace("two\n", "two\nhalf\n")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (DIFF.replace("breaks: C5\n", ""), "its head lacks breaks"),
        (DIFF.replace("--- ../ls.py\n", ""), "it has no line that begins with ---"),
        (DIFF.replace("../ls.py", "../none.py"), "none.py is no file"),
        (DIFF + "odd\n", "this is no line of a unified diff"),
        (DIFF.removesuffix("+FIVE\n"), "hunk 2 has 1 old and 0 new lines, not 1 and 1 as its head says; make"),
        (DIFF.replace(" three\n", ""), "hunk 1 has 2 old and 3 new lines, not 3 and 4 as its head says; make"),
        (DIFF + "@@ -1 +1 @@\n-one\n+ONE\n", "hunk 3 do not stand where they did"),
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
