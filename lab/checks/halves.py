"""Halves: what LS did with a line that had not come to its end (B4).

Only the end of a line makes it a message. Who asks with the beginning of a query, or relays the beginning of an
answer, is told so: all that goes wrong afterwards follows from it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from lab.checks.exchanges import Exchange
from lab.checks.scenes import Scene
from lab.checks.wire import arrived, begun_lines, ends, gives_up, leg, passed
from lab.checks.words import quoted
from lab.history import Event


@dataclass(frozen=True, slots=True)
class Half:
    """What LS did, under which clause, and the events that show it."""

    clause: str
    words: str
    events: tuple[int, ...]


def half_taken(scene: Scene) -> Half | None:
    """How LS took a part of a line for the whole, where that bears on this query; None if it did not."""
    return asked_with_half(scene) or relayed_half(scene)


def unended_reply(scene: Scene) -> Half | None:
    """What LS sent for a query that never got a reply, without the end of its line; None if it sent nothing."""
    parts = _parts_to_client(scene) if scene.one.reply is None else []
    if not parts:
        return None
    text = "".join(str(part["text"]) for part in parts)
    words = f"LS sent {quoted(text)} without the end of its line, and only the end makes it a reply."
    return Half("C5" if gives_up(text) else "C3", words, (parts[0].seq,))


# Asking


def asked_with_half(scene: Scene) -> Half | None:
    """LS asked a server with what had come of this query, or of one before it: then all that follow are shifted."""
    chain = list(_chain(scene.one))
    return next((half for one in reversed(chain) for half in _early_asks(scene, one)), None)


def _chain(one: Exchange | None) -> Iterator[Exchange]:
    while one is not None:
        yield one
        one = one.before


def _early_asks(scene: Scene, one: Exchange) -> Iterator[Half]:
    if one.ask.pieces < 2:
        return
    for way in scene.legs:
        for sent in _sent_before(scene, way.server, one):
            come = begun_lines(scene.evidence.history, one.ask.flow, sent.seq).get(one.ask.conn, "")
            name = str(sent.data["text"]).strip()
            if name and name in come and not _is_anothers(scene, one, name, sent.seq):
                yield _early(one, way.server, name, come, sent)
                break


def _early(one: Exchange, server: str, name: str, come: str, sent: Event) -> Half:
    words = (
        f"LS asked {server} for {quoted(name)} when only {quoted(come)} of the line {quoted(one.ask.text)} had come: a "
        "query is whole only with the end of its line, for which LS must wait."
    )
    return Half("B4", words, (sent.seq, one.ask.seq))


def _sent_before(scene: Scene, server: str, one: Exchange) -> Iterator[Event]:
    """What LS sent to a server before the query had come to its end, but for what it went on to make the query of."""
    history, flow = scene.evidence.history, f"{scene.ls}->{server}"
    whole = [line for line in arrived(history, flow) if line.text.strip() == one.text and line.pieces > 1]
    for event in [*history.all("part", flow=flow), *history.all("arrived", flow=flow, what="message")]:
        is_streamed = any(line.conn == event["conn"] and line.seq > event.seq for line in whole)
        if event.seq < one.ask.seq and not is_streamed:
            yield event


def _is_anothers(scene: Scene, one: Exchange, name: str, seq: int) -> bool:
    """Whether some query that had come to its end before was for that very name."""
    others = (other for other in scene.found if other is not one and other.ask.seq < seq)
    return any(other.name == name.lower() for other in others)


# Relaying


def relayed_half(scene: Scene) -> Half | None:
    """LS began to send the client what a server had only begun to say."""
    parts = _parts_to_client(scene)
    if not parts:
        return None
    first, text = parts[0], str(parts[0]["text"])
    for way in scene.legs:
        flow = f"{way.server}->{scene.ls}"
        for conn, begun in begun_lines(scene.evidence.history, flow, first.seq).items():
            if text.strip() and text.strip() in begun:
                return _half_of(scene, flow, conn, first)
    return None


def _half_of(scene: Scene, flow: str, conn: int, first: Event) -> Half:
    """It may answer split at any byte (B4); one whose sender ends in the middle has not answered (B2)."""
    server, history = flow.partition("->")[0], scene.evidence.history
    has_ended = any(end.seq < first.seq for end in ends(history, "passed", flow, conn))
    words = (
        f"LS relayed {quoted(str(first['text']))} when {server} had not come to the end of that line: LS must wait for "
        "the end of a line, and relay it whole."
    )
    return Half("B2" if has_ended else "B4", words, (scene.one.ask.seq, first.seq))


def _parts_to_client(scene: Scene) -> list[Event]:
    """What LS sent of lines that had not ended, from the query on: up to its reply, or all that never ended."""
    one, history = scene.one, scene.evidence.history
    _, back = leg(one.client, scene.ls)
    parts = [part for part in history.all("part", flow=back, conn=one.ask.conn) if part.seq > one.ask.seq]
    until = one.reply.seq if one.reply else float("inf")
    mine = list(takewhile(lambda part: part.seq < until, parts))
    later = [line for line in arrived(history, back) if line.conn == one.ask.conn and line.seq > one.ask.seq]
    if one.reply is None and later:
        return []
    return mine if _is_shifted(scene, mine) else []


def _is_shifted(scene: Scene, parts: list[Event]) -> bool:
    """Whether what was sent is not simply the beginning of a whole line of a server, sent on as it came."""
    reply = scene.one.reply
    if reply is None or not parts:
        return bool(parts)
    flows = [f"{way.server}->{scene.ls}" for way in scene.legs]
    return all(line.text != reply.text for flow in flows for line in passed(scene.evidence.history, flow))
