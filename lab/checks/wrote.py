"""The check `wrote`: the file of a program client."""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from lab.checks.base import CHECKS, Check, Evidence
from lab.checks.wire import not_found_line
from lab.checks.words import failed, inconclusive, passed, quoted
from lab.evidence import Plan
from lab.result import Finding

NAME = "wrote"


@CHECKS.kind(NAME)
class Wrote(Check):
    """A program client's file has one line per name it asked, in order, and nothing else.

    Example:
        - wrote: {client: ann, lines: ["a.example 1.1.1.1 A", "b.example - Error:HOST NOT FOUND"]}
    """

    short: ClassVar[str] = "client"

    client: str = Field(description="a client's name")
    lines: tuple[str, ...] | None = Field(
        default=None, description="the lines; if left out, the tables' lines and not found for the other names"
    )

    def judge(self, evidence: Evidence) -> Iterator[Finding]:
        """One finding."""
        wanted = _by_tables(evidence.plan, self.client) if self.lines is None else [*zip(self.lines)]
        event = evidence.history.first("wrote", client=self.client)
        if event is None:
            yield inconclusive(NAME, "C9", f"What {self.client} wrote was never read, so nothing was proved.")
        elif event.data.get("missing"):
            sentence = f"{self.client} was to write {len(wanted)} lines, but there is no file."
            yield failed(NAME, "C9", sentence, blames=self.client, events=(event.seq,))
        else:
            yield self._compared(wanted, _lines(str(event["text"])), (event.seq,))

    def _compared(self, wanted: list[tuple[str, ...]], got: list[str], events: tuple[int, ...]) -> Finding:
        told = {"expected": "\n".join(" or ".join(lines) for lines in wanted), "seen": "\n".join(got)}
        pairs = zip(wanted, got, strict=False)
        wrong = next((number for number, (lines, line) in enumerate(pairs, 1) if line not in lines), None)
        if wrong is None and len(wanted) == len(got):
            sentence = f"{self.client} wrote one line per name, in order, and nothing else."
            return passed(NAME, "C9", sentence, events=events, **told)
        if wrong is None:
            sentence = f"{self.client} was to write {len(wanted)} lines, one per name, but wrote {len(got)}."
        else:
            right = " or ".join(quoted(line) for line in wanted[wrong - 1])
            sentence = f"Line {wrong} of what {self.client} wrote is {quoted(got[wrong - 1])}, but should be {right}."
        return failed(NAME, "C9", sentence, blames=self.client, events=events, **told)


def _by_tables(plan: Plan, client: str) -> list[tuple[str, ...]]:
    """For each name the client asks, the lines that are right."""
    asks = [query.ask for query in plan.queries if query.client == client]
    return [tuple(dict.fromkeys(plan.lines_for(ask).values())) or (not_found_line(ask),) for ask in asks]


def _lines(text: str) -> list[str]:
    cut = text.replace("\r\n", "\n").split("\n")
    return cut[:-1] if cut[-1] == "" else cut
