"""Manners of a system beside how its messages end: its word of farewell, and a greeting. Translators of lines."""

from collections.abc import Callable
from fnmatch import fnmatchcase

from lab.history import as_bytes, as_text

DONE = "done"
"""The line that ends a client's session, in scenarios, histories and reports."""


class Farewell:
    """Has another word than `done` on the wire; a part of a line is no word.

    Args:
        word: What stands there instead.
    """

    def __init__(self, word: str) -> None:
        self._word = as_bytes(word)

    def inward(self, data: bytes) -> bytes:
        """The lines, with `done` for the word."""
        return b"\n".join(DONE.encode() if line.rstrip(b"\r") == self._word else line for line in data.split(b"\n"))

    def outward(self, data: bytes) -> list[bytes]:
        """The lines, with the word for `done`."""
        *lines, rest = data.split(b"\n")
        return [b"".join((self._word if line == DONE.encode() else line) + b"\n" for line in lines) + rest]

    def at_end(self) -> bytes:
        """Nothing is kept back."""
        return b""


class Greeting:
    """Takes the first line off, if it is a greeting.

    Args:
        pattern: A glob that says how greetings are.
        hand_on: Gets the greeting, with its end, past all that judges lines.
    """

    def __init__(self, pattern: str, hand_on: Callable[[bytes], object]) -> None:
        self._pattern = pattern
        self._hand_on = hand_on
        self._begun = b""
        self._is_over = False

    def inward(self, data: bytes) -> bytes:
        """What comes behind the greeting; a first line that is none comes whole, when it has ended."""
        if self._is_over:
            return data
        self._begun += data
        first, end, rest = self._begun.partition(b"\n")
        if not end:
            return b""
        self._is_over = True
        if fnmatchcase(as_text(first.rstrip(b"\r")), self._pattern):
            self._begun = b""
            self._hand_on(first + end)
            return rest
        return self.at_end()

    def outward(self, data: bytes) -> list[bytes]:
        """As it is."""
        return [data]

    def at_end(self) -> bytes:
        """What was kept back as it might have been a greeting."""
        kept, self._begun = self._begun, b""
        return kept
