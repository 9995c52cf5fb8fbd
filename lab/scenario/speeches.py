"""What is wrong with what a profile says of how its programs speak: protocols, wordings, farewell and greeting."""

from collections.abc import Iterator

from lab.errors import Complaint
from lab.expectation import LINE, NOT_FOUND
from lab.protocols.base import PROTOCOLS
from lab.protocols.manners import DONE
from lab.scenario.document import Document, Spot
from lab.scenario.profile_shapes import ProfileShape
from lab.scenario.references import unknown


def farewell_of(shape: ProfileShape) -> str:
    """The line that ends a session; where nobody connects there is none unless the profile says so."""
    if shape.farewell is not None:
        return shape.farewell
    front = shape.servers.get(shape.front)
    protocol = (front.protocol if front else None) or shape.protocol
    return "" if PROTOCOLS[protocol].is_datagram else DONE


def speech_complaints(document: Document, shape: ProfileShape) -> Iterator[Complaint]:
    """All of it, in no order."""
    yield from _speech(document, (), shape.protocol, shape.message_bytes)
    programs = {("servers", name): server for name, server in shape.servers.items()}
    for spot, program in (programs | ({("client",): shape.client} if shape.client else {})).items():
        if program.protocol is not None:
            yield from _speech(document, spot, program.protocol, program.message_bytes or shape.message_bytes)
        elif program.message_bytes is not None and shape.protocol in PROTOCOLS:
            yield from _speech(document, spot, shape.protocol, program.message_bytes)
    yield from _wordings(document, shape)
    yield from _lines(document, shape)


def _speech(document: Document, spot: Spot, name: str, size: int | None) -> Iterator[Complaint]:
    if name not in PROTOCOLS:
        yield document.complain((*spot, "protocol"), *unknown("protocol", name, PROTOCOLS.names()))
    elif PROTOCOLS[name].needs_size and size is None:
        what = f"{name} needs to know how many bytes a message has"
        yield document.complain((*spot, "protocol"), what, "add message_bytes: with their number, such as 200")
    elif not PROTOCOLS[name].needs_size and document.at((*spot, "message_bytes")) is not None:
        what = f"{name} has messages of any length"
        yield document.complain((*spot, "message_bytes"), what, "leave it out, or write protocol: padded")


def _wordings(document: Document, shape: ProfileShape) -> Iterator[Complaint]:
    line = shape.not_found
    if not line.startswith("{name} ") or not _is_line(line):
        what = "this is no line about the name that was asked"
        yield document.complain(("not_found",), what, f"begin it with {{name}} and a blank, as in {NOT_FOUND!r}")
    if not shape.answer.startswith(LINE) or shape.answer.count(LINE) > 1 or not _is_line(shape.answer):
        what = "this is no line that begins with that of the table"
        yield document.complain(("answer",), what, f"begin it with {LINE}, as in '{LINE} IN'")


def _lines(document: Document, shape: ProfileShape) -> Iterator[Complaint]:
    for field, example in (("farewell", "EOD"), ("greeting", "'Welcome*'")):
        text = getattr(shape, field)
        if text and (not text.isprintable() or text != text.strip()):
            yield document.complain((field,), "this is no line of text", f"write one without its end, as in {example}")


def _is_line(text: str) -> bool:
    return text.isprintable() and text == text.rstrip()
