"""A scenario as a sequence diagram to a true time axis, as inline SVG: time runs down, lanes are the parties.

An arrow leaves its sender's lane when the message reached the lab and meets its receiver's when the lab handed it
on, so that a delayed message slants, and a dropped one ends midway in a cross.
Where rows would be written over each other the axis is enlarged, and shaded to say so.
"""

from collections.abc import Iterator

from lab.history import History
from lab.reporters import svg
from lab.reporters.lanes import BAND_PX, Lane, Lanes, lanes
from lab.reporters.messages import Message
from lab.reporters.rows import Row, rows
from lab.reporters.scale import ROW_PX, Scale, scale
from lab.reporters.text import clipped, lasted, listed, seconds
from lab.reporters.words import of_message
from lab.result import Receipt, ScenarioResult

TOP = 58.0
FOOT = 46.0
AXIS_X = 58.0
NOTES_PX = 350.0
NOTES_GAP = 40.0
LETTER_PX = 6.3
NOTE_LETTERS = 57
HUES = 6
HEADS_AGAIN_PX = 760.0
BOX = (92.0, 24.0)
SLANTED_PX = 14.0


def diagram(scenario: ScenarioResult, history: History) -> str:
    """The scenario's diagram as one `<svg>` element; empty if nothing is known that could be drawn."""
    parties = lanes(scenario, history)
    found, left_out = rows(scenario, history, parties)
    if not found:
        return ""
    axis = scale([row.at for row in found], TOP)
    places = _places(found, axis)
    low = places[-1] + FOOT
    width = parties.right + NOTES_GAP + NOTES_PX
    shapes = [
        *_axis(axis, parties, places, low),
        *_lanes(parties, history, axis, low),
        *_bands(scenario, found, parties, axis, low),
        *_open_queries(history, parties, axis, low),
        *(shape for row, y in zip(found, places, strict=True) for shape in _row(row, y, parties, axis)),
        *_more(left_out, parties, low),
    ]
    label = svg.safe(f"Sequence diagram of {scenario.name}: {len(found)} rows over {lasted(found[-1].at)}")
    size = f'viewBox="0 0 {svg.number(width)} {svg.number(low)}" width="{svg.number(width)}" height="{svg.number(low)}"'
    return f'<svg role="img" aria-label="{label}" {size}>{"".join(shapes)}</svg>'


def _places(found: list[Row], axis: Scale) -> list[float]:
    """Each row's pixel: the axis has one point per row, also where two rows have one time."""
    return list(axis.places[: len(found)])


def _axis(axis: Scale, parties: Lanes, places: list[float], low: float) -> Iterator[str]:
    right = parties.right + 18
    for stretch in axis.stretches:
        if stretch.kind == "enlarged":
            yield svg.rect("near", AXIS_X, stretch.top - ROW_PX / 2, right - AXIS_X, stretch.low - stretch.top + ROW_PX)
        elif stretch.kind == "cut":
            yield _broken(stretch.top, stretch.low, right)
    for at, y in axis.ticks():
        yield svg.line("tick", AXIS_X, y, right, y)
        if all(abs(y - place) > ROW_PX * 0.6 for place in places):
            yield svg.text("time faint", AXIS_X - 6, y + 3.5, f"{at:g}")
    yield svg.line("axis", AXIS_X, places[0], AXIS_X, low - FOOT / 2)
    yield svg.text("time unit", AXIS_X - 6, 36, "seconds")


def _broken(top: float, low: float, right: float) -> str:
    """A zigzag across the lanes: here the axis is cut short."""
    y = (top + low) / 2
    teeth = "".join(
        f"L{svg.number(AXIS_X + step * 12)} {svg.number(y + (6 if step % 2 else -6))}"
        for step in range(1, int((right - AXIS_X) / 12))
    )
    return svg.path("broken", f"M{svg.number(AXIS_X)} {svg.number(y)}{teeth}") + svg.text(
        "note", right + 22, y + 3.5, "the axis is cut short here"
    )


def _lanes(parties: Lanes, history: History, axis: Scale, low: float) -> Iterator[str]:
    end = low - FOOT / 2
    for lane in parties:
        for start, stop, alive in _lives(lane.name, history, end, axis):
            yield svg.line("lane" if alive else "lane dead", lane.x, start, lane.x, stop)
        for y in [20.0, *([low - BOX[1] / 2 - 4] if low > HEADS_AGAIN_PX else [])]:
            yield svg.rect("box", lane.x - BOX[0] / 2, y - BOX[1] / 2, *BOX, radius=4)
            yield svg.text("who", lane.x, y + 4, clipped(lane.name, 13))


def _lives(name: str, history: History, end: float, axis: Scale) -> Iterator[tuple[float, float, bool]]:
    """The pixels between which a party was alive or not; who was never launched is not a server, or was withheld."""
    facts = [event for event in history if event.kind in {"listening", "exited"} and event.data.get("server") == name]
    alive = not facts or facts[0].at <= 0 or facts[0].kind == "exited"
    start = 32.0
    for event in facts:
        if event.at > 0 and not (event.kind == "exited" and event.data.get("by") == "lab"):
            stop = min(axis(event.at), end)
            yield start, stop, alive
            start, alive = stop, event.kind == "listening"
    yield start, end, alive


def _bands(scenario: ScenarioResult, found: list[Row], parties: Lanes, axis: Scale, low: float) -> Iterator[str]:
    receipts = {receipt.id: (receipt, number % HUES) for number, receipt in enumerate(scenario.faults)}
    for lane in parties:
        marks = [axis(row.at) for row in found if row.message is None and row.party == lane.name]
        for place, band in enumerate(lane.bands):
            receipt, hue = receipts[band.fault]
            top, end = axis(band.start), low - FOOT / 2 if band.end is None else axis(band.end)
            left = lane.left_of(place)
            shapes = [svg.rect(f"band f{hue}", left + 1, top, BAND_PX - 2, max(end - top, 6.0), radius=3)]
            shapes += _band_name(receipt.id, left + BAND_PX / 2 - 3, top, end, marks)
            yield svg.group(_band_title(receipt), shapes)


def _band_name(fault: str, x: float, top: float, end: float, marks: list[float]) -> list[str]:
    """The fault's name along its band, at the first place where no mark would be written over it."""
    name = clipped(fault, 16)
    length = len(name) * LETTER_PX + 10
    for start in [top, *(mark + 6 for mark in marks if mark > top)]:
        if start + length <= end and not any(start - 5 < mark < start + length + 3 for mark in marks):
            return [svg.text("bandname", x, start + 8, name, turn=90)]
    return []


def _band_title(receipt: Receipt) -> str:
    healed = "the end" if receipt.healed is None else seconds(receipt.healed)
    return f"{receipt.id} on {receipt.where}, {seconds(receipt.injected or 0.0)} to {healed}: {receipt.planned}"


def _open_queries(history: History, parties: Lanes, axis: Scale, low: float) -> Iterator[str]:
    """A bar on the client's lane from each query to its outcome."""
    ended = {event["query"]: event.at for event in history.all("outcome")}
    for event in history.all("asked"):
        lane = parties.of(str(event["client"]))
        if lane is not None and lane.name == event["client"] and event.at >= 0:
            top, end = axis(event.at), ended.get(event["query"])
            height = max((low - FOOT / 2 if end is None else axis(end)) - top, 4)
            left, right = (lane.edge(event.at, side) + 3 * side for side in (-1, 1))
            shape = svg.rect("open", left, top, right - left, height, radius=2)
            yield svg.group(f"{event['query']} is open: {event['ask']}", [shape])


def _row(row: Row, y: float, parties: Lanes, axis: Scale) -> Iterator[str]:
    lane = parties.of(row.party)
    yield svg.text("time", AXIS_X - 6, y + 3.5, seconds(row.at) + ("+" if row.bundle else ""))
    if row.kind == "deadline":
        yield svg.line("deadline", lane.x if lane else AXIS_X, y, parties.right + 18, y)
    elif row.message is not None:
        yield from _arrow(row, row.message, y, parties, axis)
    elif lane is not None:
        yield _mark(row, lane, y)
    if row.note:
        hue = _kind_of_note(row)
        right = parties.right + NOTES_GAP - 8
        yield svg.text(f"note {hue}", right, y + 3.5, clipped(row.note, NOTE_LETTERS))


def _kind_of_note(row: Row) -> str:
    if row.kind in {"exited", "signalled", "trouble", "remained", "lost"} or row.note == "never handed on":
        return "grave"
    return "harm" if row.fault or (row.message and not row.message.plain) else row.kind


def _mark(row: Row, lane: Lane, y: float) -> str:
    shape = svg.cross("end", lane.x, y) if row.kind in {"exited", "remained", "trouble"} else svg.dot("mark", lane.x, y)
    return svg.group(row.note, [shape])


def _arrow(row: Row, message: Message, y: float, parties: Lanes, axis: Scale) -> Iterator[str]:
    source, target = parties.of(message.sender), parties.of(message.receiver)
    if source is None or target is None:
        return
    way = 1 if target.x > source.x else -1
    start = source.edge(message.at, way)
    end = target.edge(message.reached or message.at, -way)
    low = y if message.reached is None or not message.late else max(axis(message.reached), y)
    kind = _kind_of_arrow(message, row)
    shapes = _shaft(message, kind, (start, y), (end, low))
    words = _label(row, message)
    letters = int((parties.gap - source.half * 2 - 22) / LETTER_PX)
    shapes.append(svg.text(f"label {'to' if way > 0 else 'fro'}", start + way * 8, y - 4, clipped(words, letters)))
    yield svg.group(listed(row.bundle) or f"{seconds(message.at)} {of_message(message)}", shapes)


def _kind_of_arrow(message: Message, row: Row) -> str:
    many = " many" if len(row.bundle) > 1 else ""
    harmed = "" if message.plain else " harmed"
    end = f" {message.what}" if message.is_end else ""
    return f"arrow{many}{harmed}{end}"


def _shaft(message: Message, kind: str, start: tuple[float, float], end: tuple[float, float]) -> list[str]:
    (x1, y1), (x2, y2) = start, end
    middle = (x1 + x2) / 2
    if message.reached is None:
        return [svg.line(kind, x1, y1, middle, y2), svg.cross("lost", middle, y2)]
    if message.left is None:
        x1 = middle
    shapes = [svg.line(kind, x1, y1, x2, y2), svg.head(f"head {kind}", x2, y2, x2 - x1, y2 - y1)]
    if message.left is None:
        shapes.append(svg.dot("mark", x1, y1))
    if message.late and y2 - y1 > SLANTED_PX * 2:
        shapes.append(svg.text("held", (x1 + x2) / 2, (y1 + y2) / 2 + 4, f"+{lasted(message.late)}"))
    return shapes


def _label(row: Row, message: Message) -> str:
    if row.bundle:
        return row.said
    return message.label


def _more(left_out: int, parties: Lanes, low: float) -> Iterator[str]:
    if left_out:
        yield svg.text("note grave", parties.right + NOTES_GAP - 8, low - 8, f"{left_out} later rows are not drawn")
