"""Content: why a reply is another line than it should be."""

from lab.checks.causes import LONG, Cause
from lab.checks.exchanges import Exchange
from lab.checks.scenes import Scene
from lab.checks.wire import Line, delivered, gives_up, harmed, passed, stream
from lab.checks.words import named, quoted, took
from lab.contract import is_answer


def other_line(scene: Scene, text: str, answers: list[Line]) -> Cause:
    """Why the reply is another line about the name that was asked."""
    if any(line.text == text for line in answers):
        return _server_said(scene, text, answers)
    alike = _alike(answers, text)
    if alike is not None:
        words = f"LS changed upper and lower case: it was given {quoted(alike.text)}."
        return Cause("C4", scene.ls, words, (alike.seq,))
    words = "No server had sent LS that line, so LS made or changed it."
    own = next((line for line in reversed(answers) if line.name == scene.one.name), None)
    if own is not None:
        words = f"{words} It was given {_spelt(own.text)}."
    return partial(scene, text) or Cause("C3", scene.ls, words, (own.seq,) if own else ())


def _spelt(text: str) -> str:
    """A line in a sentence, with its tabs to be seen."""
    return quoted(text.replace("\t", "\\t"))


def _alike(answers: list[Line], text: str) -> Line | None:
    """The last line that differs at most in case."""
    return next((line for line in reversed(answers) if line.text.lower() == text.lower()), None)


def _server_said(scene: Scene, text: str, answers: list[Line]) -> Cause:
    """LS relayed what it was given: the server, or a fault on the way, is the cause."""
    line = next(line for line in answers if line.text == text)
    server = line.flow.partition("->")[0]
    if text in scene.evidence.plan.lines_for(scene.one.text).values():
        return Cause("", "", f"{server} had sent that line, as its table has it, and LS relayed it.", (line.seq,))
    if harmed(scene.evidence.plan, server, flows=(line.flow,)):
        if not is_answer(text, scene.one.text):
            words = (
                f"LS was given that line by {server}, and it is no answer: it must be ignored, and the wait goes on."
            )
            return Cause("B5", scene.ls, words, (line.seq,))
        return Cause("", "", f"LS was given that line by {server}, by way of a fault, and relayed it.", (line.seq,))
    words = f"{server} had sent that line, which is not in its table; LS relayed what it was given."
    return Cause("C6", server, words, (line.seq,))


def of_other_query(scene: Scene, reply: Line, answers: list[Line]) -> Cause:
    """Why the reply is about another name."""
    one, ls = scene.one, scene.ls
    asked = [other for other in scene.found if other.name == reply.name and other.ask.seq < reply.seq]
    mine = next((other for other in reversed(asked) if other.client == one.client), None)
    source = _alike(answers, reply.text)
    events = (one.ask.seq, *((source.seq,) if source else ()), reply.seq)
    if mine is not None and mine.ask.seq > one.ask.seq:
        words = f"It belongs to {mine.label}, which came later: queries of one connection are answered in order."
        return Cause("B4", ls, words, events)
    if asked and source is not None:
        other = mine or asked[-1]
        still_open = other.reply is None or other.reply.seq > reply.seq
        if other.client != one.client and still_open:
            words = f"It belongs to {other.label}, a query of another client: every session has answers of its own."
            return Cause("B11", ls, words, events)
        if mine is not None and _is_of_another_server(scene, mine, source):
            words = f"Two servers had answered {mine.label}, and LS relayed the second answer too."
            return Cause("B13", ls, words, events)
        return Cause("B1", ls, _stale(scene, other, source), events)
    if source is not None:
        words = "A server's line about a name that nobody had asked was taken for the answer: it must be thrown away."
        return Cause("B5", ls, words, events)
    made_up = Cause("C3", ls, "LS made up that line.", events)
    if gives_up(reply.text):
        said = (
            f"It says not found for {mine.label}, which LS said twice or late."
            if mine
            else "Nobody had asked that name."
        )
        made_up = Cause("C5", ls, said, events)
    return partial(scene, reply.text) or made_up


def _stale(scene: Scene, other: Exchange, line: Line) -> str:
    """How an answer to an older query came to be taken for the answer to this one."""
    server = line.flow.partition("->")[0]
    lay = f", and lay unread in LS's connection to {server}" if line.seq < scene.one.ask.seq else ""
    which, how = _as_what(scene, other, line)
    came = f"It is {which} of {server} to {other.label} ({named(other.text)}), {how}{lay}"
    return f"{came}. LS took it for the answer to this query: it must compare the name of a line with the one it asks."


def _as_what(scene: Scene, other: Exchange, line: Line) -> tuple[str, str]:
    """Whether it was the answer to that query or one more, and how that had ended without it."""
    reply = other.reply
    if reply is not None and reply.name == other.name and reply.text != scene.evidence.plan.not_found_line(other.text):
        return "a second answer", "which came as one too many"
    if reply is None or line.at < reply.at or reply.name != other.name:
        return "the answer", f"to which LS had replied {quoted(reply.text if reply else None)}"
    return "the answer", f"which came {took(line.at - reply.at)} after LS had given up on that"


def _is_of_another_server(scene: Scene, other: Exchange, line: Line) -> bool:
    """Whether the answer that a query got came from other servers than a line about its name."""
    flows = {given.flow for given in delivered(scene.evidence) if other.reply and given.text == other.reply.text}
    return bool(flows) and line.flow not in flows


def partial(scene: Scene, text: str) -> Cause | None:
    """A part of a line that LS took for the whole: it came in pieces, it never came to its end, or it is long."""
    for leg in scene.legs:
        flow = f"{leg.server}->{scene.ls}"
        for line in passed(scene.evidence.history, flow):
            if text in line.text and text != line.text:
                return _part_of(scene, line, text)
        if text and text in stream(scene.evidence.history, flow):
            words = f"It is a part of what {leg.server} was sending: only the end of the line makes it an answer."
            return Cause("B2", scene.ls, words)
    return None


def _part_of(scene: Scene, line: Line, text: str) -> Cause:
    if line.pieces > 1:
        words = f"It is a part of {quoted(line.text)}, which came in {line.pieces} pieces: LS must wait for its end."
        return Cause("B4", scene.ls, words, (line.seq,))
    clause = "C10" if len(line.text) > LONG else "C3"
    words = f"It is only {len(text)} of the {len(line.text)} bytes of {quoted(line.text)}: LS must relay all of it."
    return Cause(clause, scene.ls, words, (line.seq,))
