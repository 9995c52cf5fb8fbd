"""Files of a submission: what language they are in, and with which words they are started."""

import ast
import re
from dataclasses import dataclass
from functools import cached_property

INTERPRETERS = {".js": "node", ".rb": "ruby", ".pl": "perl", ".php": "php", ".lua": "lua"}
TO_BUILD = {".c": "cc", ".cc": "c++", ".cpp": "c++", ".go": "go build", ".rs": "cargo build", ".java": "javac"}
SHELL = re.compile(r"^#!.*\b(?:ba|da|z|k)?sh\b")
PYTHON = re.compile(r"^#!.*\bpython[\d.]*\b")
PYTHON2_ONLY = re.compile(
    r"^#!.*python2|^\s*print\s+[\"'\w%(]|^\s*print\s*>>|^\s*except\s+[\w.]+\s*,\s*\w+\s*:|\.has_key\(|\braw_input\(",
    re.MULTILINE,
)
MACHINE_CODE = (b"\x7fELF", b"\xcf\xfa\xed\xfe")


@dataclass(frozen=True)
class Source:
    """One file of a submission.

    Attributes:
        name: Its path, seen from the folder.
        is_executable: Whether the file itself can be executed.
    """

    name: str
    data: bytes
    is_executable: bool = False

    @cached_property
    def text(self) -> str:
        """What is in it, as far as it is text."""
        return self.data.decode("utf-8", "replace")

    @cached_property
    def suffix(self) -> str:
        """The end of its name, `.py`."""
        return re.sub(r"^.*(?=\.)|^[^.]*$", "", self.name.rpartition("/")[2]).lower()

    @cached_property
    def stem(self) -> str:
        """Its name without folder and suffix, in lower case."""
        return self.name.rpartition("/")[2].removesuffix(self.suffix).lower()

    @cached_property
    def tree(self) -> ast.Module | None:
        """What Python 3 reads in it; None if that is nothing."""
        try:
            return ast.parse(self.text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    @cached_property
    def language(self) -> str:
        """`python3`, `python2`, `shell`, `machine code`, the word of an interpreter or compiler; empty: no program."""
        if self.data.startswith(MACHINE_CODE):
            return "machine code" if self.is_executable else ""
        if self.suffix == ".py" or PYTHON.match(self.text):
            is_old = self.text.startswith("#!") and "python2" in self.text.partition("\n")[0]
            return "python2" if is_old or (self.tree is None and PYTHON2_ONLY.search(self.text)) else "python3"
        if self.suffix == ".sh" or SHELL.match(self.text):
            return "shell"
        if self.suffix in INTERPRETERS or self.suffix in TO_BUILD:
            return INTERPRETERS.get(self.suffix) or TO_BUILD[self.suffix]
        return "script" if self.is_executable and self.text.startswith("#!") else ""

    @property
    def is_program(self) -> bool:
        """Whether it is in a language that programs are in, built or not."""
        return bool(self.language)

    @property
    def needs_building(self) -> bool:
        """Whether a compiler has to make a program of it first."""
        return self.suffix in TO_BUILD

    @property
    def starts_with(self) -> str:
        """The words that start it, before its arguments."""
        words = {"python3": "{python}", "python2": "python2.7"}.get(self.language)
        if words or self.suffix in INTERPRETERS:
            return f"{words or self.language} {quoted(self.name)}"
        if self.language == "shell" and not self.is_executable:
            return f"sh {quoted(self.name)}"
        return quoted(f"./{self.name}")


def quoted(word: str) -> str:
    """A word of a profile's command that means itself."""
    doubled = word.replace("{", "{{").replace("}", "}}")
    return doubled if re.fullmatch(r"[\w./{}+-]+", doubled) else "'" + doubled.replace("'", "'\"'\"'") + "'"
