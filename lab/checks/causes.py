"""Causes: who is to blame for a reply that is not what it should be, under which clause, and why.

An answer goes a long way: LS asks the server, the server answers, the line travels back, LS relays it. The first
stage that was not reached, or the one that took the time, is the cause. A stage that a fault kept from being
reached is nobody's fault: then nothing was proved.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lab.checks.base import Evidence
from lab.checks.exchanges import Exchange
from lab.checks.legs import Leg
from lab.checks.states import BACK_FOR, back_since, died_by_itself, hardship, others_open, status_words
from lab.checks.wire import Line, gives_up, harmed
from lab.checks.words import quoted, took
from lab.expectation import EARLY, LATE

GIVES_UP = 5.0


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a reply is not what it should be.

    Attributes:
        clause: The promise that was broken.
        blames: Who broke it; empty if nobody did: then the finding is inconclusive.
        words: The likely cause, as a sentence.
        events: The events that show it.
        excess: The stall that alone would explain it, in seconds; zero if none would.
    """

    clause: str
    blames: str
    words: str
    events: tuple[int, ...] = ()
    excess: float = 0.0


@dataclass(frozen=True, slots=True)
class Scene:
    """One exchange among all of the scenario, with its legs."""

    evidence: Evidence
    found: list[Exchange]
    one: Exchange
    legs: list[Leg]

    @property
    def ls(self) -> str:
        """The server that clients dial."""
        return self.evidence.plan.front

    @property
    def knowing(self) -> list[Leg]:
        """The legs of the servers that have the name in their table."""
        known = self.evidence.plan.lines_for(self.one.text)
        return [leg for leg in self.legs if leg.server in known]


def under_hardship(scene: Scene, cause: Cause) -> Cause:
    """The cause, under the clause that speaks of the hardship which the query met, if it met one."""
    met = hardship(scene.evidence, scene.one)
    if met is None or cause.blames != scene.ls or cause.clause.startswith("B"):
        return cause
    return replace(cause, clause=met.clause, words=f"{cause.words} This happened while {met.words}.")


def ls_gone(evidence: Evidence, seq: float) -> Cause | None:
    """LS had died by itself before that event."""
    exit_ = died_by_itself(evidence, evidence.plan.front, seq)
    if exit_ is None:
        return None
    words = f"LS had exited by itself {status_words(exit_)} at {took(exit_.at)}: look at its last output."
    return Cause("C7", evidence.plan.front, words, (exit_.seq,))


def missing_answer(scene: Scene) -> Cause:
    """Why the answer that some server has did not become the reply."""
    causes = [_where_it_ended(scene, leg) for leg in scene.knowing]
    blamed = [cause for cause in causes if cause.blames] or causes
    if not blamed:
        return Cause("", "", "No table has that name, so nobody can be blamed for not answering.")
    return under_hardship(scene, min(blamed, key=lambda cause: cause.blames != scene.ls))


def _where_it_ended(scene: Scene, leg: Leg) -> Cause:
    """The first stage of one server's answer that was not reached."""
    if leg.came is not None:
        return not_relayed(scene, leg, leg.came)
    if leg.sent is None:
        return _not_asked(scene, leg)
    if leg.got is None:
        words = (
            f"LS sent the query to {leg.server}, but it was never handed on: a fault kept it, or the connection died."
        )
        return _unless_back(scene, leg, Cause("", "", words, (leg.sent.seq,)))
    if leg.said is None:
        return _unless_back(scene, leg, _silent(scene, leg, leg.got))
    words = f"{leg.server} answered, but LS was never given its answer while the query was open: a fault kept it."
    return Cause("", "", words, (leg.said.seq,))


def not_relayed(scene: Scene, leg: Leg, came: Line) -> Cause:
    """LS was given the answer while the query was open, and sent something else, or nothing."""
    at = max(came.at - scene.one.begun, 0.0)
    clause = "C3" if scene.one.text == came.text.split()[0] else "C4"
    two = len({other.server for other in scene.legs if other.came is not None}) > 1
    hint = " The name was asked in another case than the table has: compare without case." if clause == "C4" else ""
    words = f"LS was given the answer of {leg.server} {took(at)} after it had the query, and did not relay it.{hint}"
    return Cause("B13" if two else clause, scene.ls, words, (scene.one.ask.seq, came.seq), max(GIVES_UP - at, 0.0))


def _not_asked(scene: Scene, leg: Leg) -> Cause:
    seq = scene.one.ask.seq
    exit_ = died_by_itself(scene.evidence, leg.server, scene.one.closing_seq)
    if exit_ is not None:
        words = f"{leg.server} had exited by itself {status_words(exit_)}, so LS could not ask it."
        return Cause("C6", leg.server, words, (exit_.seq,))
    front = scene.ls
    if harmed(scene.evidence.plan, leg.server, flows=(f"{front}->{leg.server}", f"{leg.server}->{front}")):
        words = f"LS did not ask {leg.server}, which a fault had harmed."
        return _unless_back(scene, leg, Cause("", "", words, (seq,)))
    return Cause("C2", front, f"LS never sent the query to {leg.server}, which has the name.", (seq,))


def _unless_back(scene: Scene, leg: Leg, cause: Cause) -> Cause:
    """A server that has been back for two seconds must be used again: then LS is to blame (B3)."""
    back = back_since(scene.evidence, leg.server, scene.one.ask.seq)
    if back is None or scene.one.begun - back < BACK_FOR or (leg.got is not None and not cause.blames):
        return cause
    if leg.got is not None:
        return cause
    since = took(scene.one.begun - back)
    words = f"{leg.server} could be reached again {since} before the query, but LS did not use it again."
    return Cause("B3", scene.ls, words, (scene.one.ask.seq,))


def _silent(scene: Scene, leg: Leg, got: Line) -> Cause:
    front = scene.ls
    if harmed(scene.evidence.plan, leg.server, flows=(f"{leg.server}->{front}",)):
        return Cause("", "", f"{leg.server} got the query, but a fault kept it from answering.", (got.seq,))
    line = scene.evidence.plan.lines_for(scene.one.text)[leg.server]
    clause = "C6" if scene.one.text == line.split()[0] else "C4"
    words = f"{leg.server} was asked and has the name in its table, but it sent no line about it."
    return Cause(clause, leg.server, words, (got.seq,))


def late_answer(scene: Scene, reply: Line) -> Cause:
    """Which stage of the answer that was relayed took the time."""
    slowest = max(_stages(scene, reply), key=lambda stage: stage[0], default=None)
    if slowest is None:
        return under_hardship(scene, _slow_alone(scene, reply))
    return under_hardship(scene, slowest[1])


def _slow_alone(scene: Scene, reply: Line) -> Cause:
    words = f"LS took {took(reply.at - scene.one.begun)}; no server's answer explains it."
    return Cause("C3", scene.ls, words, (scene.one.ask.seq, reply.seq))


def _stages(scene: Scene, reply: Line) -> Iterator[tuple[float, Cause]]:
    """How long each stage took, with the cause it would be."""
    one, ls = scene.one, scene.ls
    for leg in scene.legs:
        if leg.came is None or leg.came.text != reply.text:
            continue
        held = reply.at - max(leg.came.at, one.begun)
        yield held, Cause("C3", ls, f"LS held the answer of {leg.server} for {took(held)}.", (leg.came.seq, reply.seq))
        if leg.sent is not None:
            yield leg.sent.at - one.begun, _asked_late(scene, leg, leg.sent)
        if leg.got is not None and leg.said is not None:
            yield leg.said.at - leg.got.at, _answered_late(scene, leg, leg.got, leg.said)
        if leg.said is not None:
            words = (
                f"A fault held the answer of {leg.server} for {took(leg.came.at - leg.said.at)}; LS relayed it at once."
            )
            yield leg.came.at - leg.said.at, Cause("", "", words, (leg.said.seq, leg.came.seq))


def _asked_late(scene: Scene, leg: Leg, sent: Line) -> Cause:
    wait = sent.at - scene.one.begun
    others = others_open(scene.found, scene.one)
    events = (scene.one.ask.seq, sent.seq)
    if others and wait > LATE:
        words = f"LS asked {leg.server} {took(wait)} late, while {others[0].label} of another client was open."
        return Cause("B11", scene.ls, f"{words} It seems to serve one client at a time.", events)
    return Cause("C2", scene.ls, f"LS sent the query to {leg.server} only {took(wait)} after it had it.", events)


def _answered_late(scene: Scene, leg: Leg, got: Line, said: Line) -> Cause:
    words = f"{leg.server} took {took(said.at - got.at)} to answer; LS relayed it when it came."
    events = (got.seq, said.seq)
    if harmed(scene.evidence.plan, leg.server):
        return Cause("", "", f"{words} A fault had harmed it.", events)
    return Cause("C6", leg.server, words, events)


def wrong_time(scene: Scene) -> Cause:
    """Not found was said at the wrong time."""
    one, ls = scene.one, scene.ls
    elapsed = one.elapsed or 0.0
    if elapsed < GIVES_UP - EARLY:
        words = "LS gave up too early: its 5 s must run from the query, whatever else comes or is dead."
        return under_hardship(scene, Cause("C5", ls, words, (one.ask.seq,)))
    others = others_open(scene.found, one)
    if others:
        words = f"Another query ({others[0].label}) was open when it came: LS seems to serve one client at a time."
        return Cause("B11", ls, words, (one.ask.seq,))
    words = "LS gave up too late: it must wait 5 s for all servers together, not for one after another."
    return under_hardship(scene, Cause("C5", ls, words, (one.ask.seq,)))


def other_line(scene: Scene, text: str, answers: list[Line]) -> Cause:
    """Why the reply is another line about the name that was asked."""
    if any(line.text == text for line in answers):
        return _server_said(scene, text, answers)
    alike = next((line for line in answers if line.text.lower() == text.lower()), None)
    if alike is not None:
        words = f"LS changed upper and lower case: it was given {quoted(alike.text)}."
        return under_hardship(scene, Cause("C4", scene.ls, words, (alike.seq,)))
    return under_hardship(scene, Cause("C3", scene.ls, "No server had sent LS that line, so LS made or changed it."))


def _server_said(scene: Scene, text: str, answers: list[Line]) -> Cause:
    """LS relayed what it was given: the server, or a fault on the way, is the cause."""
    line = next(line for line in answers if line.text == text)
    server = line.flow.partition("->")[0]
    if text in scene.evidence.plan.lines_for(scene.one.text).values():
        return Cause("", "", f"{server} had sent that line, as its table has it, and LS relayed it.", (line.seq,))
    if harmed(scene.evidence.plan, server, flows=(line.flow,)):
        return Cause("", "", f"LS was given that line by {server}, by way of a fault, and relayed it.", (line.seq,))
    words = f"{server} had sent that line, which is not in its table; LS relayed what it was given."
    return Cause("C6", server, words, (line.seq,))


def of_other_query(scene: Scene, reply: Line, answers: list[Line]) -> Cause:
    """Why the reply is about another name."""
    one, ls = scene.one, scene.ls
    asked = [other for other in scene.found if other.name == reply.name and other.ask.seq < reply.seq]
    mine = next((other for other in reversed(asked) if other.client == one.client), None)
    source = next((line for line in reversed(answers) if line.text == reply.text), None)
    events = (one.ask.seq, *((source.seq,) if source else ()), reply.seq)
    if mine is not None and mine.ask.seq > one.ask.seq:
        words = f"It belongs to {mine.label}, which came later: queries of one connection are answered in order."
        return Cause("B4", ls, words, events)
    if asked and source is not None:
        other = mine or asked[-1]
        still_open = other.reply is None or other.reply.seq > reply.seq
        if other.client != one.client and still_open:
            return Cause("B11", ls, f"It belongs to {other.label} of another client, {other.client}.", events)
        words = f"It is a late or second answer to {other.label}, which LS took for the answer to this one."
        return Cause("B1", ls, words, events)
    if source is not None:
        return Cause("B5", ls, "A server's line about a name that nobody had asked was taken for the answer.", events)
    return Cause("C5" if gives_up(reply.text) else "C3", ls, "LS made up that line.", events)
