"""The check `keeps_sessions`: LS leaves a session open until its client ends it."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from lab.checks.base import CHECKS, Check, Evidence
from lab.checks.endings import what_came_before
from lab.checks.exchanges import Exchange, exchanges
from lab.checks.states import IDLE, died_by_itself, hardship
from lab.checks.wire import delivered, had_ended, harmed, is_orderly, leg, sender_of, stopped_seq
from lab.checks.words import count, failed, named, passed, quoted, took
from lab.expectation import LATE
from lab.history import Event
from lab.needs import Need
from lab.result import Finding

NAME = "keeps_sessions"
SILENT = IDLE / 2


@CHECKS.kind(NAME)
class KeepsSessions(Check):
    """LS does not end a session in which all queries have their replies and which its client has not ended.

    Not judged if a fault harmed LS or the client's link, if the client sent what is no name, or if two servers
    answered one query.
    """

    always: ClassVar[bool] = True
    needs: ClassVar[tuple[Need, ...]] = ("connections",)

    def judge(self, evidence: Evidence) -> Iterator[Finding]:
        """One finding for each session that LS ended, or one that it ended none."""
        found = exchanges(evidence)
        last = {(one.client, one.ask.conn): one for one in found}
        judged = [one for one in last.values() if _is_judged(evidence, found, one)]
        cut = [finding for one in judged if (finding := _judged(evidence, found, one)) is not None]
        yield from cut
        if len(judged) > len(cut):
            yield passed(NAME, "C7", f"LS kept {count(len(judged) - len(cut), 'session')} open for its client.")


def _is_judged(evidence: Evidence, found: Sequence[Exchange], one: Exchange) -> bool:
    """Whether the last query had its reply, and nothing but LS's own will could have ended the session."""
    plan, history = evidence.plan, evidence.history
    if one.reply is None or harmed(plan, plan.front, flows=leg(one.client, plan.front)):
        return False
    if died_by_itself(evidence, plan.front, stopped_seq(history)) is not None:
        return False
    if _end_of_ls(evidence, one) is None:
        return True
    return is_orderly(history, one.ask.flow, one.ask.conn) and not _is_conflict(evidence, found, one)


def _end_of_ls(evidence: Evidence, one: Exchange) -> Event | None:
    """LS's end of the session; None if there was none, or if the client had ended it before, as anybody saw it."""
    closed, history = one.closed, evidence.history
    if closed is None:
        return None
    left = any(event.seq < closed.seq for event in history.all("left", client=one.client))
    return None if left or had_ended(history, one.ask.flow, one.ask.conn, closed.seq) else closed


def _is_conflict(evidence: Evidence, found: Sequence[Exchange], one: Exchange) -> bool:
    """Whether two servers answered one name of the session, be the second ever so late: LS may end it then (B13)."""
    names = {other.name for other in found if (other.client, other.ask.conn) == (one.client, one.ask.conn)}
    answers = {(line.name, sender_of(line)) for line in delivered(evidence)}
    return any(len([server for about, server in answers if about == name]) > 1 for name in names)


def _judged(evidence: Evidence, found: Sequence[Exchange], one: Exchange) -> Finding | None:
    closed, reply = _end_of_ls(evidence, one), one.reply
    if closed is None or reply is None:
        return None
    clause, words = _clause(evidence, found, one, closed)
    after = took(max(closed.at - reply.at, 0.0))
    sentence = (
        f"LS ended the session of {one.client} {after} after its reply to {named(one.text)}{words};"
        " only `done` or the client's end of file ends it."
    )
    events = (one.ask.seq, reply.seq, closed.seq)
    return failed(NAME, clause, sentence, blames=evidence.plan.front, query=one.query, events=events)


def _clause(evidence: Evidence, found: Sequence[Exchange], one: Exchange, closed: Event) -> tuple[str, str]:
    """The clause that speaks of what made LS end the session, and its words."""
    clause, words = what_came_before(evidence, closed, LATE)
    if words:
        return clause, f",{words}"
    met = hardship(evidence, found, one, kinds="servers")
    if met is not None:
        return met.clause, f" (meanwhile: {met.words.removesuffix('.')})"
    return _when_all_was_well(evidence, one, closed)


def _when_all_was_well(evidence: Evidence, one: Exchange, closed: Event) -> tuple[str, str]:
    """No server was in trouble: a line that no query called for, a long silence, or nothing at all."""
    since = one.reply.seq if one.reply else one.ask.seq
    given = [line for line in delivered(evidence) if since < line.seq < closed.seq]
    if given and closed.at - given[-1].at <= LATE:
        return "B5", f", just after {sender_of(given[-1])} had sent {quoted(given[-1].text)}"
    if one.reply and closed.at - one.reply.at >= SILENT:
        return "B14", ", while it said nothing"
    return "C7", ""
