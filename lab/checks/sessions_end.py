"""The check `sessions_end`: LS closes a session that its client has ended."""

from collections.abc import Iterator
from typing import ClassVar

from lab.checks.base import CHECKS, Check, Evidence
from lab.checks.exchanges import Exchange, exchanges
from lab.checks.states import died_by_itself
from lab.checks.wire import harmed, leg, stopped_at, stopped_seq
from lab.checks.words import count, failed, passed, took
from lab.needs import Need
from lab.result import Finding

NAME = "sessions_end"
AT_ONCE = 1.0


@CHECKS.kind(NAME)
class SessionsEnd(Check):
    """After `done`, or the client's end of file, and its last reply, LS closes the session within 1 s."""

    always: ClassVar[bool] = True
    needs: ClassVar[tuple[Need, ...]] = ("connections",)

    def judge(self, evidence: Evidence) -> Iterator[Finding]:
        """One finding for each session that was not closed in time, or one that all were."""
        last = {(one.client, one.ask.conn): one for one in exchanges(evidence)}
        judged = [one for one in last.values() if _is_judged(evidence, one)]
        findings = [finding for one in judged if (finding := _judged(evidence, one)) is not None]
        yield from findings
        good = len(judged) - len(findings)
        if good:
            yield passed(NAME, "C8", f"LS closed {count(good, 'session')} when the client had ended it.")


def _is_judged(evidence: Evidence, one: Exchange) -> bool:
    """Whether the client ended the session properly, had all replies, and no fault was about."""
    plan = evidence.plan
    stays = all(client.stays for client in plan.clients if client.name == one.client)
    if not stays or one.done is None or one.reply is None or one.gone is not None:
        return False
    if harmed(plan, plan.front, flows=leg(one.client, plan.front)):
        return False
    return died_by_itself(evidence, plan.front, stopped_seq(evidence.history)) is None


def _judged(evidence: Evidence, one: Exchange) -> Finding | None:
    """A session that was open when the lab stopped LS is only judged if LS had its second."""
    due = max(one.done or 0.0, one.reply.at if one.reply else 0.0)
    end = one.closed.at if one.closed else stopped_at(evidence.history)
    waited = end - due
    if waited <= AT_ONCE:
        return None
    when = f"closed only {took(waited)} later" if one.closed else f"did not close in the {took(waited)} that were left"
    sentence = f"{one.client} had ended its session, which LS {when}: `done` or the client's end of file ends it."
    front = evidence.plan.front
    events = (one.ask.seq, *((one.closed.seq,) if one.closed else ()))
    return failed(NAME, "C8", sentence, blames=front, events=events, excess=round(waited - AT_ONCE, 6))
