"""The check `wrote`: the file of a program client."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from pydantic import Field

from lab.checks.base import CHECKS, Check, Evidence
from lab.checks.causes import Cause
from lab.checks.exchanges import exchanges
from lab.checks.scenes import scene_of
from lab.checks.troubles import wrong_line
from lab.checks.views import Trouble
from lab.checks.wire import passed as given
from lab.checks.words import failed, inconclusive, passed, quoted
from lab.evidence import Plan
from lab.expectation import Expectation
from lab.history import Event
from lab.result import Finding

NAME = "wrote"

Lines = tuple[tuple[str, ...], ...]


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
        wanted = _by_tables(evidence.plan, self.client) if self.lines is None else tuple((line,) for line in self.lines)
        event = evidence.history.first("wrote", client=self.client)
        if event is None:
            yield inconclusive(NAME, "C9", f"What {self.client} wrote was never read, so nothing was proved.")
        elif event.data.get("missing"):
            sentence = f"{self.client} was to write {len(wanted)} lines, but there is no file."
            yield failed(NAME, "C9", sentence, blames=self.client, events=(event.seq,))
        else:
            yield _compared(evidence, self.client, wanted, _lines(str(event["text"])), event)


def _compared(evidence: Evidence, client: str, wanted: Lines, got: list[str], event: Event) -> Finding:
    told = {"expected": "\n".join(" or ".join(lines) for lines in wanted), "seen": "\n".join(got)}
    pairs = enumerate(zip(wanted, got, strict=False))
    wrong = next((index for index, (lines, line) in pairs if line not in lines), None)
    if wrong is not None:
        return _wrong(evidence, client, (wrong, wanted[wrong], got[wrong]), event)
    if len(wanted) == len(got):
        sentence = f"{client} wrote one line per name, in order, and nothing else."
        return passed(NAME, "C9", sentence, events=(event.seq,), **told)
    few = len(got) < len(wanted)
    odd = f"{quoted(wanted[len(got)][0])} is missing" if few else f"{quoted(got[len(wanted)])} is one too many"
    sentence = f"{client} was to write {len(wanted)} lines, one per name, but wrote {len(got)}: {odd}."
    if few and got == _heard(evidence, client):
        sentence += " It wrote all that it was sent: the trouble lies with who was to answer."
        return inconclusive(NAME, "C9", sentence, events=(event.seq,), **told)
    last = _shown_at(evidence, client, min(len(got), len(wanted) - 1))
    return failed(NAME, "C9", sentence, blames=client, events=(event.seq, *last), **told)


def _shown_at(evidence: Evidence, client: str, index: int) -> tuple[int, ...]:
    """The events of a client's query, the first being 0, and of its reply."""
    mine = [one for one in exchanges(evidence) if one.client == client][index : index + 1]
    return tuple(line.seq for one in mine for line in (one.ask, one.reply) if line is not None)


def _heard(evidence: Evidence, client: str) -> list[str]:
    """All lines the client was sent."""
    return [line.text for line in given(evidence.history, f"{evidence.plan.front}->{client}")]


def _wrong(evidence: Evidence, client: str, at: tuple[int, tuple[str, ...], str], event: Event) -> Finding:
    """A wrong line is the client's fault only if LS had sent another."""
    index, right, line = at
    queries = [query.id for query in evidence.plan.queries if query.client == client]
    query = queries[index] if index < len(queries) else ""
    cause = _cause_at_ls(evidence, query, right[0], line) or _at_the_client(evidence, client, index, line)
    should = " or ".join(quoted(one) for one in right)
    sentence = f"Line {index + 1} of what {client} wrote is {quoted(line)}, but should be {should}. {cause.words}"
    told = {"query": query, "blames": cause.blames, "expected": should, "seen": quoted(line)}
    make = failed if cause.blames else inconclusive
    events = tuple(dict.fromkeys((event.seq, *cause.events, *_shown_at(evidence, client, index))))
    return make(NAME, cause.clause, sentence, events=events, excess=cause.excess, **told)


def _at_the_client(evidence: Evidence, client: str, index: int, line: str) -> Cause:
    """The client asked or wrote something else than it should, unless what it was sent was already out of step."""
    asked = [one.name for one in exchanges(evidence) if one.client == client][index : index + 1]
    planned = [query.ask.strip().lower() for query in evidence.plan.queries if query.client == client]
    if asked != planned[index : index + 1]:
        was = f"where it was to ask {quoted(planned[index])}" if index < len(planned) else "where it had nothing to ask"
        return Cause("C9", client, f"It asked {quoted(asked[0]) if asked else 'nothing'}, {was}.")
    sent = _heard(evidence, client)[index : index + 1]
    if sent == [line]:
        return Cause("", "", "It is the line it was sent at that place, behind one too many or too few.")
    told = f"LS had sent it {quoted(sent[0])}" if sent else "LS had sent it nothing"
    return Cause("C9", client, f"{told} at that place.")


def _cause_at_ls(evidence: Evidence, query: str, right: str, line: str) -> Cause | None:
    """Why LS sent that line for the query; None if it did not."""
    scene = scene_of(evidence, query) if query else None
    if scene is None or scene.one.reply is None or scene.one.reply.text != line:
        return None
    gave_up = right == scene.not_found
    option = Expectation(kind="not_found", at=scene.gives_up) if gave_up else Expectation(kind="answer", answer=right)
    cause = wrong_line(scene, Trouble("wrong", option), line)
    return replace(cause, words=f"LS had sent it that line. {cause.words}")


def _by_tables(plan: Plan, client: str) -> Lines:
    """For each name the client asks, the lines that are right."""
    asks = [query.ask for query in plan.queries if query.client == client]
    return tuple(tuple(dict.fromkeys(plan.lines_for(ask).values())) or (plan.not_found_line(ask),) for ask in asks)


def _lines(text: str) -> list[str]:
    cut = text.replace("\r\n", "\n").split("\n")
    return cut[:-1] if cut[-1] == "" else cut
