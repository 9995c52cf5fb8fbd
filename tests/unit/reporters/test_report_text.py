"""Foreign text is shown safe."""

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from lab.reporters.svg import safe
from lab.reporters.text import block, clipped, one_line, shell_lines, visible, wrapped

ANYTHING = st.text(st.characters(codec=None, exclude_categories=()))


@given(ANYTHING)
def test_what_is_visible_can_be_encoded_and_stands_in_xml(text: str) -> None:
    visible(text).encode()
    ET.fromstring(f"<a b='{safe(text)}'>{safe(text)}</a>")


@given(st.text(st.characters(categories=("L", "N", "P", "S")) | st.sampled_from(" \n\t")))
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


@given(ANYTHING, st.integers(20, 200))
def test_a_line_is_one_line_within_its_limit(text: str, limit: int) -> None:
    for shown in (one_line(text, limit), clipped(text, limit)):
        assert len(shown) <= limit
        assert "\n" not in shown


@given(ANYTHING, st.integers(20, 120))
def test_wrapped_lines_keep_their_width(text: str, width: int) -> None:
    assert all(len(line) <= width for line in wrapped(text, width, "    "))


def test_bytes_and_control_characters_are_written_out() -> None:
    assert visible("a\x00\x1b\udcff\ud800\u202e\r\nb\tc") == "a\\x00\\x1b\\xff\\ud800\\u202e\\x0d\nb\tc"


def test_a_block_keeps_the_last_lines_and_counts_the_others() -> None:
    assert block("1\n2\n3\n4\n", 2) == "… (2 lines before)\n3\n4"
    assert block("1\n2\n", 2) == "1\n2"


def test_a_command_is_broken_between_its_words_only() -> None:
    lines = shell_lines("lab run 'a file with a long name.yaml' --seed 3 --clock real", 32, "  ")
    assert lines == ["  lab run \\", "    'a file with a long name.yaml' \\", "    --seed 3 --clock real"]
