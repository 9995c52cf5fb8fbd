"""From what was read and what was seen to a profile in the making."""

import re
from collections.abc import Iterator

from lab.survey import guesses
from lab.survey.draft import Draft, ServerDraft, Told
from lab.survey.framing import Framing, framing_of, text_of
from lab.survey.programs import Cast, Program
from lab.survey.seen import Left, Seen, Spoken
from lab.survey.staffing import client_fields, front_fields, tell_dials, top_drafts

NOT_TO_BE_SAID = re.compile(r"[*?\[\]]")


def choose(seen: Seen) -> Framing | None:
    """The framing that LS is content with: the client's own, if it is answered; else the one that demands least.

    Who takes a message as it is received answers in every framing, so that a bare name is what tells it from others.
    """
    answered = {spoken.framing.protocol: spoken for spoken in seen.spoken if spoken.reply}
    asked = seen.asked.framing if seen.asked else None
    if asked is not None and asked.protocol in answered:
        return answered[asked.protocol].framing
    raw = answered.get("raw")
    if raw is not None and "line" in answered and framing_of(raw.reply).protocol == "line":
        return answered["line"].framing
    return next((answered[name].framing for name in ("raw", "line", "nul", "padded") if name in answered), None)


def tell(parts: Cast, seen: Seen, about: str, copy_of: str) -> Draft:
    """The profile, as far as it is known.

    Args:
        parts: Who is who.
        seen: What they did.
        about: A sentence.
        copy_of: The submission's folder, seen from the profile's.
    """
    assert parts.front is not None
    draft = Draft(about)
    draft.fields |= _wire(parts.front, seen, draft)
    draft.fields |= _wording(parts.front, seen, draft)
    draft.fields |= _farewell(parts, seen, draft)
    draft.fields |= _greeting(seen)
    draft.fields |= _serves(seen)
    draft.servers += top_drafts(parts, seen, copy_of, draft)
    draft.servers.append(ServerDraft("ls", front_fields(parts.front, seen, copy_of)))
    tell_dials(parts.front, draft)
    draft.fields |= _order(seen)
    if parts.client is not None:
        draft.client = client_fields(parts.client, seen, copy_of, draft)
    draft.unknown += _troubles(parts, seen)
    draft.remarks += _remarks(parts, seen)
    return draft


def _wire(front: Program, seen: Seen, draft: Draft) -> Iterator[tuple[str, Told]]:
    """The protocol."""
    framing, why = seen.framing, ""
    udp = front.first("udp")
    if udp is not None:
        yield "protocol", Told("udp", f"{udp.where} speaks UDP")
        return
    if framing is None:
        framing, why = guesses.framing(front)
        draft.unknown.append(f"the protocol was only read, not tried: {why}")
    else:
        asked = seen.asked.framing if seen.asked else None
        says = (
            f"{draft_name(seen)} asked {asked}, and "
            if asked is not None and asked.protocol == framing.protocol
            else ""
        )
        why = f"tried: {says}{front.name} answered a name {framing}{_but(seen)}"
    yield "protocol", Told(framing.protocol, why)
    if framing.size:
        yield "message_bytes", Told(str(framing.size), "as above")


def draft_name(seen: Seen) -> str:
    """Who asked."""
    return "the client" if seen.asked else "nobody"


def _but(seen: Seen) -> str:
    silent = [str(spoken.framing) for spoken in seen.spoken if not spoken.reply]
    return f"; it answered none {', nor '.join(silent)}" if silent else "; it takes any"


def _wording(front: Program, seen: Seen, draft: Draft) -> Iterator[tuple[str, Told]]:
    """How LS says not found, and how patient one must be."""
    read = guesses.wording(front)
    missed = seen.missed
    from_text = Told(read[0], f"{read[1].where}; not tried") if read else None
    if missed is None:
        yield from [("not_found", from_text)] if from_text else []
        return
    name, _, rest = missed.reply.partition(" ")
    if missed.reply and rest and "." in name:
        told = Told(f"{{name}} {rest}", f"tried: said {missed.reply!r} after {missed.seconds:.1f} s")
        yield "not_found", told
        if missed.seconds > 12:
            yield "patience", Told("30s", "more than that")
        return
    if missed.reply:
        draft.unknown.append(f"to a name that nobody knows it said {missed.reply!r}, which is no line about that name")
    else:
        draft.unknown.append(f"how it says not found: tried, it said nothing within {missed.seconds:.0f} s")
    yield from [("not_found", from_text)] if from_text else []


def _farewell(parts: Cast, seen: Seen, draft: Draft) -> Iterator[tuple[str, Told]]:
    """The client's last word."""
    asked = seen.asked.farewell if seen.asked else None
    left = leave_of(seen)
    read = [fact for program in (parts.client, parts.front) if program for fact in guesses.farewells(program)]
    if asked is not None:
        fact = next((fact for fact in read if fact.value.strip(" \0\r\n") == asked), None)
        said = f"sent {asked!r}" if asked else "just closed"
        where = f"{fact.where}; " if fact else ""
        yield "farewell", Told(asked, f"{where}tried: the client {said}{_ending(left)}")
    elif left is not None and left.closed:
        fact = next((fact for fact in read if fact.value.strip(" \0\r\n") == left.word), None)
        where = f"{fact.where}; " if fact else ""
        what = f"LS closed when it was told {left.word!r}" if left.word else "LS closed when its client just closed"
        yield "farewell", Told(left.word, f"{where}tried: {what}")
    elif read:
        yield "farewell", Told(read[0].value.strip(" \0\r\n"), f"{read[0].where}; not seen")
    else:
        draft.unknown.append("with which word a session ends")


def _ending(left: Left | None) -> str:
    if left is None:
        return ""
    return ", and LS closed" if left.closed else "; LS did not close"


def leave_of(seen: Seen) -> Left | None:
    """The leave that tells how sessions end: the client's own, or else the first after which LS closed."""
    asked = seen.asked.farewell if seen.asked else None
    own = next((left for left in seen.lefts if left.word == asked), None)
    return own or next((left for left in seen.lefts if left.closed), None)


def _greeting(seen: Seen) -> Iterator[tuple[str, Told]]:
    """What LS says first; what differs between its sessions is left open."""
    greetings = [text_of(spoken.greeting) for spoken in seen.spoken if spoken.greeting]
    if not greetings:
        return
    common = _common(greetings)
    glob = NOT_TO_BE_SAID.sub("?", common) + ("" if all(one == common for one in greetings) else "*")
    yield "greeting", Told(glob, f"tried: said {greetings[0]!r} before it was asked anything")


def _common(texts: list[str]) -> str:
    """How all of these begin."""
    ends = [end for end in range(len(texts[0]) + 1) if all(text.startswith(texts[0][:end]) for text in texts)]
    return texts[0][: ends[-1]]


def _serves(seen: Seen) -> Iterator[tuple[str, Told]]:
    left = leave_of(seen)
    if left is None or not left.closed:
        return
    if left.serves_again:
        yield "serves", Told("many", "tried: it answered a second client after the first had left")
    else:
        how = "ended when its first client left" if left.exited else "did not answer a second client"
        yield "serves", Told("one", f"tried: it {how}")


def _order(seen: Seen) -> Iterator[tuple[str, Told]]:
    needy = [answered.server.name for answered in seen.tops.values() if answered.needs_peer]
    if needy:
        rest = [name for name in ("ts1", "ts2") if name not in needy]
        yield "order", Told((*rest, *needy, "ls"), f"tried: {needy[0]} dialled {' '.join(rest)} when it started")


def _troubles(parts: Cast, seen: Seen) -> Iterator[str]:
    """What went wrong in trying."""
    assert parts.front is not None
    if seen.not_tried:
        yield seen.not_tried
    elif not any(spoken.reply for spoken in seen.spoken):
        trouble = next((spoken.trouble for spoken in seen.spoken if spoken.trouble), "it answered nothing")
        yield f"{parts.front.name} was tried, and {trouble}"
    if seen.asked is not None and seen.asked.trouble and parts.client:
        yield f"{parts.client.name} was tried, and {seen.asked.trouble}"
    for answered in seen.tops.values():
        if answered.trouble:
            yield f"{answered.server.name} was tried, and {answered.trouble}"
        elif not answered.reply:
            yield f"{answered.server.name} was tried, and did not answer a name of its table, {answered.framing}"


def _remarks(parts: Cast, seen: Seen) -> Iterator[str]:
    """What is good to know, and stands in no field."""
    assert parts.front is not None
    session = seen.session
    if session is not None and session.forwarded:
        yield f"{parts.front.name} dials its TSes {_when(session)}."
        if session.closes:
            yield f"{parts.front.name} closes its connection to a client after each answer."
    if seen.asked is not None and seen.asked.connections > 1:
        yield f"The client opened {seen.asked.connections} connections for two names."
    if parts.others:
        yield f"Not used: {', '.join(parts.others)}."


def _when(session: Spoken) -> str:
    if session.at_start:
        return "when it starts"
    return "when a client comes" if session.at_client else "when it is asked"
