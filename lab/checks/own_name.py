"""The check `own_name`: a reply is about the name that was asked."""

from collections.abc import Iterator
from typing import ClassVar

from lab.checks.base import CHECKS, Check, Evidence
from lab.checks.causes import by_half
from lab.checks.content import of_other_query
from lab.checks.scenes import Scene, scenes
from lab.checks.wire import Line, delivered
from lab.checks.words import count, failed, named, passed, quoted
from lab.result import Finding

NAME = "own_name"


@CHECKS.kind(NAME)
class OwnName(Check):
    """Every line LS sends is about the name that was asked, judged before any fault of the client's leg."""

    always: ClassVar[bool] = True
    rank: ClassVar[int] = 2

    def judge(self, evidence: Evidence) -> Iterator[Finding]:
        """One finding for each reply about another name, or one that there was none."""
        good = 0
        for scene in scenes(evidence):
            one, reply = scene.one, scene.one.reply
            if reply is not None and reply.name != one.name:
                yield _foreign(scene, reply)
            good += reply is not None and reply.name == one.name
        if good:
            yield passed(NAME, "C3", f"{count(good, 'reply', 'replies')} of LS had the name that was asked.")


def _foreign(scene: Scene, reply: Line) -> Finding:
    one = scene.one
    answers = [line for line in delivered(scene.evidence) if line.seq < reply.seq]
    cause = by_half(scene) or of_other_query(scene, reply, answers)
    sentence = f"{one.client} asked {named(one.text)} and LS sent {quoted(reply.text)}. {cause.words}"
    told = {"query": one.query, "expected": f"a line about {named(one.text)}", "seen": quoted(reply.text)}
    return failed(
        NAME,
        cause.clause,
        sentence,
        blames=cause.blames,
        events=tuple(sorted({one.ask.seq, reply.seq, *cause.events})),
        **told,
    )
