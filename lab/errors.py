"""The ways the lab itself can stop, each with the exit code it leads to.

A finding about a server is never an exception: exceptions are for bad input and for the lab's own trouble.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Complaint:
    """One thing that is wrong with a file a user wrote: where, what, and the cure.

    Attributes:
        file: The path as the user gave it.
        line: From 1; 0 when the complaint is about the whole file.
        column: From 1; 0 when the complaint is about a whole line or file.
        path: The place in the document's own terms, such as `faults[0].delay.by`; may be empty.
        what: One sentence saying what is wrong.
        cure: One sentence saying what to write instead; may be empty.
        quote: The user's own line, without its newline; may be empty.
    """

    file: str
    line: int
    column: int
    path: str
    what: str
    cure: str = ""
    quote: str = ""

    def __str__(self) -> str:
        """The complaint as the console shows it, the user's line quoted below with a caret."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        head = ": ".join(part for part in (place, self.path, self.what) if part)
        head = f"{head}; {self.cure}" if self.cure else head
        if not self.quote:
            return head
        caret = " " * max(self.column - 1, 0) + "^"
        return f"{head}\n    {self.quote}\n    {caret}"


class BadInput(Exception):
    """What the user gave cannot be run: a scenario, a profile or arguments (exit 4).

    Attributes:
        complaints: All that is wrong, in the order of the file.
    """

    def __init__(self, complaints: list[Complaint]) -> None:
        super().__init__(complaints)  # of which it is made again where a worker sends it
        self.complaints = complaints

    def __str__(self) -> str:
        """All complaints, one below the other."""
        return "\n".join(str(complaint) for complaint in self.complaints)

    @classmethod
    def because(cls, what: str, cure: str = "", file: str = "") -> "BadInput":
        """Bad input that is not in a line of a file, such as a missing file or a wrong argument."""
        return cls([Complaint(file=file, line=0, column=0, path="", what=what, cure=cure)])


class LabTrouble(Exception):
    """The lab's own failure, never blamed on a server (exit 3)."""


class NothingToRun(Exception):
    """No scenario was selected (exit 5)."""
