"""The check `table_lines`: a TS sends a line for a name it has, nothing for others, and keeps the connection."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import ClassVar

from lab.checks.base import CHECKS, Check, Evidence
from lab.checks.states import died_by_itself, status_words
from lab.checks.wire import Line, arrived, ends, had_ended, harmed, is_orderly, leg, stopped_seq
from lab.checks.wire import passed as given_to
from lab.checks.words import count, failed, passed, quoted
from lab.evidence import PlannedServer
from lab.history import Event
from lab.result import Finding

NAME = "table_lines"
CLAUSE = "C6"


@CHECKS.kind(NAME)
class TableLines(Check):
    """A TS sends at most one line per query, and only about names of its table, and never ends a connection first.

    Judged on what it sent, before any fault, and only for a TS that no fault harmed, itself or its link.
    """

    always: ClassVar[bool] = True

    def judge(self, evidence: Evidence) -> Iterator[Finding]:
        """One finding for the first line too many of each TS, one for its first end, or one that all is well."""
        asked = 0
        for server in evidence.plan.upstreams:
            to, back = leg(evidence.plan.front, server.name)
            if harmed(evidence.plan, server.name, flows=(to, back)):
                continue
            given = given_to(evidence.history, to)
            found = [*_lines(server, given, arrived(evidence.history, back)), *_ends(evidence, server, to, back)]
            yield from found
            asked += 0 if found else len(given)
        if asked:
            sentence = f"Every TS sent what it had to {count(asked, 'query', 'queries')}, and nothing else."
            yield passed(NAME, CLAUSE, sentence)


def _lines(server: PlannedServer, given: Sequence[Line], said: Sequence[Line]) -> Iterator[Finding]:
    """The first line that no query of that connection called for."""
    known = {name for name, _ in server.entries}
    owed = Counter((line.conn, line.name) for line in given)
    for line in said:
        owed[line.conn, line.name] -= 1
        if line.name in known and owed[line.conn, line.name] >= 0:
            continue
        why = "but its table has no such name" if line.name not in known else "for which no query was open"
        sentence = f"{server.name} sent {quoted(line.text)}, {why}; then it must send nothing."
        yield failed(NAME, CLAUSE, sentence, blames=server.name, events=(line.seq,), seen=quoted(line.text))
        return


def _ends(evidence: Evidence, server: PlannedServer, to: str, back: str) -> Iterator[Finding]:
    """The first connection that the TS ended, not LS."""
    last = stopped_seq(evidence.history)
    if evidence.history.first("overran", server=server.name) is not None:
        return  # the lab ended it, which is told
    mine = (end for end in ends(evidence.history, "arrived", back) if end.seq < last and _is_own(evidence, to, end))
    for end in mine:
        exit_ = died_by_itself(evidence, server.name, last)
        how = f": it exited by itself {status_words(exit_)}" if exit_ else ""
        sentence = f"{server.name} ended its connection to LS{how}; it must keep it, and go on serving."
        yield failed(NAME, CLAUSE, sentence, blames=server.name, events=(end.seq,), seen=end["what"])
        return


def _is_own(evidence: Evidence, to: str, end: Event) -> bool:
    """Whether the TS ended a connection that LS had kept, on which it was given names only, and had to serve."""
    history = evidence.history
    if had_ended(history, to, end["conn"], end.seq):
        return False
    first = min(event["conn"] for event in history.all("dialled", link=to) or [end])
    return is_orderly(history, to, end["conn"]) and (evidence.plan.serves_many or end["conn"] == first)
