"""The programs of a profile: their commands, folders, files and ports."""

from collections.abc import Iterator

from lab.survey.arguments import command, layouts_of_client, layouts_of_front, layouts_of_top
from lab.survey.draft import Draft, ServerDraft, Told
from lab.survey.framing import framing_of, text_of
from lab.survey.programs import Cast, Program
from lab.survey.seen import Answered, Seen

OURS = "lab_ts.py"
"""What the lab's own TS is called, where a submission has none."""
LINES = {
    "ts1": "known.survey.example 192.0.2.53 A",
    "ts2": "other.survey.example 192.0.2.54 A",
}
"""The tables of the TSes when they were tried: a line each."""


def front_fields(front: Program, seen: Seen, copy_of: str) -> dict[str, Told]:
    """Those of LS."""
    layout = seen.layout or layouts_of_front(front)[0]
    tried = "tried: it listened and dialled so" if seen.layout else "not tried"
    fields = {"run": Told(command(front, layout), _both(layout.why, tried)), "copy_of": Told(copy_of)}
    return fields | (dict(_port(front)) if not layout.words else {})


def _both(read: str, tried: str) -> str:
    return f"{read}; {tried}" if read else tried


def _port(program: Program) -> Iterator[tuple[str, Told]]:
    port = program.first("own port")
    if port is not None:
        yield "port", Told(port.value, f"{port.where} has it written out")


def tell_dials(front: Program, draft: Draft) -> None:
    """Which servers with ports of their own LS dials there, since nobody tells it others."""
    dialled = {fact.value: fact for fact in front.all("dialled port")}
    known = {one.name: one.fields["port"].value for one in draft.servers if one.name != "ls" and "port" in one.fields}
    found = [name for name, port in known.items() if port in dialled]
    if found and "{ts1" not in draft.server("ls")["run"].value:
        where = " and ".join(dialled[str(known[name])].where for name in found)
        draft.server("ls")["dials"] = Told(tuple(found), f"{where} has their ports written out")


def top_drafts(parts: Cast, seen: Seen, copy_of: str, draft: Draft) -> Iterator[ServerDraft]:
    """Two TSes: two programs, or one for both, or the lab's own."""
    spoken = str(draft.fields["protocol"].value)
    if not parts.tops:
        yield _our_own(spoken)
    for name, top in zip(("ts1", "ts2"), parts.tops, strict=False):
        yield ServerDraft(name, _top_fields(name, top, seen.tops.get(name), copy_of))
    answered = seen.tops.get("ts1")
    if answered is not None and answered.reply:
        draft.fields |= _wording(answered, draft)
    if len(parts.tops) < 2:
        yield ServerDraft("ts2", {"like": Told("ts1")})
    _differing(seen, spoken, draft)


def _our_own(spoken: str) -> ServerDraft:
    words = f"{{python}} {{here}}/{OURS} {{port}} {{table}}"
    fields = {"run": Told(words, "the lab's own: no program here looks like a TS")}
    if spoken != "line":
        fields["protocol"] = Told("line", f"it speaks in lines, whatever LS does ({spoken})")
    return ServerDraft("ts1", fields)


def needs_ours(draft: Draft) -> bool:
    """Whether the profile starts the lab's own TS."""
    return any(OURS in told.value for _, told in draft.told())


def _top_fields(name: str, top: Program, answered: Answered | None, copy_of: str) -> dict[str, Told]:
    layout = answered.layout if answered is not None and answered.reply else layouts_of_top(top, name)[0]
    tried = "tried: it answered when it was started so" if answered is not None and answered.reply else "not tried"
    fields = {"run": Told(command(top, layout), _both(layout.why, tried)), "copy_of": Told(copy_of)}
    reads = top.first("reads")
    if reads is not None and "{table}" not in layout.words:
        fields["table_file"] = Told(reads.value, f"{reads.where} opens it")
    return fields | (dict(_port(top)) if not layout.words else {})


def _wording(answered: Answered, draft: Draft) -> Iterator[tuple[str, Told]]:
    """What a TS makes of its table's line."""
    line, text = LINES[answered.server.name], text_of(answered.reply)
    if text.startswith(line) and text != line:
        told = f"tried: {answered.server.name} answered {text!r} where its table has {line!r}"
        yield "answer", Told("{line}" + text.removeprefix(line), told)
    elif text != line:
        draft.unknown.append(f"{answered.server.name} answered {text!r} where its table has {line!r}")


def _differing(seen: Seen, spoken: str, draft: Draft) -> None:
    """A TS whose answers are framed otherwise than LS speaks."""
    for name, answered in seen.tops.items():
        if answered.reply and framing_of(answered.reply).protocol != spoken and spoken != "udp":
            how = framing_of(answered.reply)
            draft.remarks.append(f"{name} sent its answer {how}, while LS is content with protocol {spoken}.")


def client_fields(client: Program, seen: Seen, copy_of: str, draft: Draft) -> dict[str, Told]:
    """Those of the client program."""
    asked = seen.asked
    has_asked = asked is not None and asked.framing is not None
    layout = asked.layout if asked is not None and has_asked else layouts_of_client(client)[0]
    tried = "tried: it dialled and asked so" if has_asked else "not tried"
    fields = {"run": Told(command(client, layout), _both(layout.why, tried)), "copy_of": Told(copy_of)}
    fields |= _files(client, layout.words)
    if asked is not None and asked.answers and "{answers}" not in layout.words:
        before = fields.get("answers_file")
        if before is None or before.value != asked.answers:
            fields["answers_file"] = Told(asked.answers, "tried: it wrote it")
    elif has_asked and "{answers}" not in layout.words:
        draft.unknown.append("which file the client writes: tried, it wrote none")
    return fields


def _files(client: Program, words: tuple[str, ...]) -> Iterator[tuple[str, Told]]:
    for field, sort, placeholder in (("names_file", "reads", "{names}"), ("answers_file", "writes", "{answers}")):
        opened = client.first("reads" if sort == "reads" else "writes")
        if opened is not None and placeholder not in words:
            yield field, Told(opened.value, f"{opened.where} opens it")
