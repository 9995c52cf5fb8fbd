"""A line that means to say not found, and how near it is to the right one."""

import pytest

from lab.checks.words import in_other_words

EXACT = "a.example - Error:HOST NOT FOUND"


@pytest.mark.parametrize(
    ("said", "difference"),
    [
        ("a.example - error:host not found", "case"),
        ("a.example -  Error:HOST NOT FOUND", "blanks"),
        ("a.example - Error HOST NOT FOUND", "blanks and punctuation"),
        ("a.example - Error:HOST NOT FOUND.", "punctuation"),
        ("a.example - ERROR: HOST NOT FOUND", "case and blanks"),
        ("a.example - error:host not found!", "case and punctuation"),
        ("a.example - TIMED OUT", ""),
        ("Error:HOST NOT FOUND", ""),
    ],
)
def test_a_near_miss_is_told_by_what_it_differs_in(said: str, difference: str) -> None:
    told = in_other_words(said, EXACT)
    exactly = f"Not found must be said with exactly this line: '{EXACT}'."
    assert told == exactly + (f" The line that came differs from it in {difference} only." if difference else "")
