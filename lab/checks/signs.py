"""Signs: what the history shows of one query beside its reply, by which a pattern is told from others like it."""

from collections.abc import Sequence

from lab.checks.exchanges import Exchange
from lab.checks.legs import Leg
from lab.checks.scenes import Scene, scenes
from lab.checks.states import back_since, watch
from lab.checks.wire import Line, begun_lines, delivered, passed
from lab.checks.words import AT_ONCE
from lab.expectation import LATE, PUNCTUAL

UNREACHED = ("silent",)


def is_serial(scene: Scene) -> bool:
    """Whether LS asked the servers with a wait between them."""
    times = [leg.sent.at for leg in scene.legs if leg.sent is not None]
    return bool(times) and max(times) - min(times) > LATE


def is_out_of_step(scene: Scene) -> bool:
    """Whether an older query of the same connection had a line for its reply that was not its own."""
    before = scene.one.before
    while before is not None:
        if before.reply is not None and before.reply.name != before.name and not _is_part(scene, before):
            return True
        before = before.before
    return False


def _is_part(scene: Scene, one: Exchange) -> bool:
    """Whether a reply is at least a part of a server's line about the name that was asked."""
    given = (line.text for line in delivered(scene.evidence) if line.name == one.name)
    return one.reply is not None and any(one.reply.text in text for text in given)


def is_unserved(scene: Scene) -> bool:
    """Whether LS took no notice of a client, although it had nobody else to serve: those that it served had gone."""
    one = scene.one
    if one.reply is not None or one.closed is not None or one.before is not None or scene.asked_at is not None:
        return False
    others = [other.one for other in scenes(scene.evidence) if other.one.client != one.client and other.one.reply]
    gone = [other.closed is not None and other.closed.at < scene.over - LATE for other in others]
    return bool(gone) and all(gone)


def is_given_to_another(scene: Scene, came: Line) -> bool:
    """Whether LS sent another client, which had asked for another name, the answer to this query."""
    replies = ((other.name, other.reply) for other in scene.found if other.client != scene.one.client)
    given = [name for name, reply in replies if reply and reply.text == came.text and reply.seq > came.seq]
    return any(name != came.name for name in given)


def is_said_before(scene: Scene, reply: Line) -> bool:
    """Whether LS had sent that very line as the reply to an older query of the client, of which it speaks."""
    older = (other for other in scene.found if other.client == scene.one.client and other.ask.seq < scene.one.ask.seq)
    return any(other.reply and other.name == reply.name and other.reply.text == reply.text for other in older)


def is_closed_on(scene: Scene) -> bool:
    """Whether LS ended the session while the client still waited."""
    closed = scene.one.closed
    if closed is None or scene.one.gone is not None:
        return False
    left = scene.evidence.history.first("left", client=scene.one.client, how="gave_up")
    return left is None or closed.seq < left.seq


def is_closed_after_reply(scene: Scene) -> bool:
    """Whether LS ended the session as soon as it had replied to the query before, and asked nobody for this one."""
    before, closed = scene.one.before, scene.one.closed
    if before is None or before.reply is None or closed is None or scene.one.done is not None:
        return False
    return scene.asked_at is None and closed.at - before.reply.at < PUNCTUAL


def waits_for_a_dial(scene: Scene) -> bool:
    """Whether a server's door answered no dial, and LS had not asked all the others."""
    doors = scene.evidence.history.all("door")
    links = {door["link"] for door in doors if door["state"] in UNREACHED and door.seq < scene.one.closing_seq}
    silent = {leg.server for leg in scene.legs if f"{scene.ls}->{leg.server}" in links}
    return bool(silent) and any(leg.sent is None for leg in scene.legs if leg.server not in silent)


def was_away(scene: Scene) -> bool:
    """Whether a server that has the name had been away, or had ended its connection, before the query."""
    evidence, one = scene.evidence, scene.one
    backs = [back_since(evidence, leg.server, one.ask.seq) for leg in scene.knowing]
    ends = [end.seq < one.ask.seq for leg in scene.knowing for end in watch(evidence, leg.server).ends]
    return any(back is not None for back in backs) or any(ends)


def has_company(scene: Scene, line: Line) -> bool:
    """Whether LS was given another line of the same connection at that moment."""
    others = (other for other in passed(scene.evidence.history, line.flow) if other.conn == line.conn)
    return any(other.seq != line.seq and abs(other.at - line.at) < AT_ONCE for other in others)


def is_half(scene: Scene, reply: Line) -> bool:
    """Whether the reply is of a line that a server had only begun when LS sent it."""
    history, text = scene.evidence.history, reply.text.strip()
    flows = [f"{leg.server}->{scene.ls}" for leg in scene.legs]
    return bool(text) and any(text in half for flow in flows for half in begun_lines(history, flow, reply.seq).values())


def is_asked_late(scene: Scene, leg: Leg) -> bool:
    """Whether LS did not ask a server as soon as it had the query."""
    return leg.sent is not None and leg.sent.at - scene.one.begun > PUNCTUAL


def ends_of_servers(scene: Scene) -> list[float]:
    """When connections of servers ended."""
    return [end.at for leg in scene.legs for end in watch(scene.evidence, leg.server).ends]


def answer_that_came(scene: Scene) -> Line | None:
    """The answer of a server that has the name, its table's line, where LS was given it while the query was open."""
    right = scene.evidence.plan.lines_for(scene.one.text)
    return next((leg.came for leg in scene.knowing if leg.came and leg.came.text == right[leg.server]), None)


def given_before(scene: Scene, reply: Line) -> Sequence[Line]:
    """All that servers had sent LS before a reply, the latest first."""
    return [line for line in reversed(delivered(scene.evidence)) if line.seq < reply.seq]
