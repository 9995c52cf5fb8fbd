"""Patterns in the very line that LS sent for a query: in other words, about another name, changed, cut, or late."""

from collections.abc import Mapping

from lab.checks.legs import Leg
from lab.checks.scenes import Scene
from lab.checks.signs import given_before, is_asked_late, is_half, is_said_before, is_serial
from lab.checks.wire import Line
from lab.expectation import LATE, NEAR_5_S
from lab.result import Finding

LONG = 100
"""Bytes beyond which a line may not fit where it is read."""
HELD_UNDER: Mapping[str, str] = {"B2": "late_with_dead_ts", "B9": "wall_clock"}


def of_wording(scene: Scene, reply: Line) -> str:
    """Not found was said in other words, or of another name."""
    if reply.name != scene.one.name:
        if is_said_before(scene, reply):
            return "two_replies"
        is_cut = bool(reply.name) and scene.one.name.startswith(reply.name) and len(scene.one.text) > LONG
        return "long_line" if is_cut else "not_found_other_name"
    rest = reply.text.strip()[len(scene.one.text) :]
    return "not_found_name" if f"{scene.one.text}{rest}" == scene.not_found else "not_found_wording"


def of_other(scene: Scene, finding: Finding, reply: Line) -> str:
    """The line is about another name, or about none."""
    source = next((line for line in given_before(scene, reply) if line.text.lower() == reply.text.lower()), None)
    by_clause = {"B4": "wrong_order", "B11": "mixed_sessions", "B13": "relays_both", "B5": "any_line"}
    if source is None:
        return _of_part(scene, reply) or ("half_line" if is_half(scene, reply) else "extra_line")
    if finding.clause in by_clause:
        return by_clause[finding.clause]
    return "stale_unread" if source.seq < scene.one.ask.seq else "stale_answer"


def of_own(scene: Scene, finding: Finding, reply: Line) -> str:
    """The line is about the name that was asked."""
    given = [line.text for line in given_before(scene, reply)]
    if reply.text in given:
        return _of_relayed(scene, finding, reply)
    if any(reply.text.lower() == text.lower() for text in given):
        return "answer_case"
    if any(reply.text.split() == text.split() for text in given):
        return "answer_changed"
    if is_half(scene, reply):
        return "half_line"
    return _of_part(scene, reply) or ("keeps_cache" if finding.clause == "C2" else "answer_changed")


def _of_part(scene: Scene, reply: Line) -> str:
    """A part of a server's line: of one that came in pieces, of a long one, or only some of its fields."""
    lines = [line for line in given_before(scene, reply) if reply.text and reply.text in line.text]
    if not lines:
        return ""
    whole = lines[0].text
    begins = whole.startswith(reply.text)
    if lines[0].pieces > 1 and (begins or whole.endswith(reply.text)):
        return "in_pieces"
    return "long_line" if begins and len(whole) > LONG else "answer_cut"


def _of_relayed(scene: Scene, finding: Finding, reply: Line) -> str:
    """LS relayed what it was given: too late, too early, or what is no answer."""
    mine = next((leg for leg in scene.legs if leg.came is not None and leg.came.text == reply.text), None)
    if finding.clause == "B5" and "it is no answer" in finding.sentence:
        return "no_answer_relayed"
    came_late = mine is None or mine.came is None or mine.came.at - scene.one.begun > scene.gives_up
    if finding.clause != "B11" and came_late and (scene.one.elapsed or 0.0) > scene.gives_up + NEAR_5_S:
        return "relays_too_late"
    if mine is None:
        return "half_line" if is_half(scene, reply) else "keeps_cache"
    return _of_held(scene, finding, mine)


def _of_held(scene: Scene, finding: Finding, mine: Leg) -> str:
    """The right answer came later than it could: LS asked late, or kept what it had."""
    asked_late = is_asked_late(scene, mine)
    if asked_late and is_serial(scene):
        return "one_after_another"
    if finding.clause == "B11":
        return "one_client_at_a_time"
    if not asked_late and abs((scene.one.elapsed or 0.0) - scene.gives_up) < LATE:
        return "reads_in_turn"
    return HELD_UNDER.get(finding.clause, "slow_to_ask" if asked_late else "holds_answer")
