"""The check `from_a_server`: LS sends what a server sent, and makes nothing up."""

from collections.abc import Iterator
from typing import ClassVar

from lab.checks.base import CHECKS, Check, Evidence
from lab.checks.causes import Cause, by_half
from lab.checks.content import other_line
from lab.checks.scenes import Scene, scenes
from lab.checks.wire import Line, delivered, gives_up
from lab.checks.words import count, failed, in_other_words, named, passed, quoted
from lab.result import Finding

NAME = "from_a_server"


@CHECKS.kind(NAME)
class FromAServer(Check):
    """Every line LS sends is its not-found line, or byte for byte a line that a server had sent it before."""

    always: ClassVar[bool] = True
    rank: ClassVar[int] = 3

    def judge(self, evidence: Evidence) -> Iterator[Finding]:
        """One finding for each line that came from nowhere, or one that there was none."""
        given = delivered(evidence)
        first = {answer.text: answer.seq for answer in reversed(given)}
        gave_up = {scene.not_found for scene in scenes(evidence)}
        good = 0
        for scene in scenes(evidence):
            for line in [scene.one.reply, *scene.one.surplus] if scene.one.reply else []:
                known = line.text in gave_up or first.get(line.text, line.seq) < line.seq
                good += known
                if not known:
                    yield _made_up(scene, line, [answer for answer in given if answer.seq < line.seq])
        if good:
            yield passed(NAME, "C3", f"{count(good, 'line')} of LS came from a server, or said not found as it must.")


def _made_up(scene: Scene, line: Line, before: list[Line]) -> Finding:
    cause = _cause(scene, line, before)
    sentence = f"{scene.one.client} asked {named(scene.one.text)} and LS sent {quoted(line.text)}. {cause.words}"
    events = tuple(sorted({scene.one.ask.seq, line.seq, *cause.events}))
    told = {"query": scene.one.query, "blames": scene.ls, "seen": quoted(line.text)}
    return failed(NAME, cause.clause, sentence, events=events, **told)


def _cause(scene: Scene, line: Line, before: list[Line]) -> Cause:
    half = by_half(scene)
    if half is not None:
        return half
    if gives_up(line.text):
        return Cause("C5", scene.ls, in_other_words(line.text, scene.not_found))
    return other_line(scene, line.text, before)
