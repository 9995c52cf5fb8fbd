"""A strict reader of YAML: every scalar is text, and what could be misread is refused.

The law: bytes go in, a document and complaints come out, whatever the bytes are. It follows the parser's events,
one at a time, with a stack of its own: so depth is bounded before anything is built, anchors and tags are seen
although composed nodes have forgotten them, and nothing recurses.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from lab.errors import BadInput, Complaint
from lab.scenario.document import Document, Mark, Spot, Tree, quoted, shown
from lab.scenario.syntax import explain

LARGEST = 256 * 1024  # bytes of a file
DEEPEST = 20  # mappings and lists inside each other
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
ALLOWED_CONTROLS = "\t\n\r"


def read_file(path: Path) -> bytes:
    """The bytes of a file, no more than one above what is allowed.

    Raises:
        BadInput: There is no such file, or it cannot be read.
    """
    try:
        if path.is_dir():
            raise BadInput.because("this is a folder", "name a file in it", str(path))
        if not path.is_file():
            raise BadInput.because("there is no such file", "check the path", str(path))
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no path at all"
        raise BadInput.because(f"the file cannot be read: {reason}", "check its name and rights", str(path)) from None


def read(data: bytes, file: str) -> tuple[Document, list[Complaint]]:
    """A file's document, and what is wrong with it as YAML; after some complaints the document is incomplete."""
    empty = Document(file, ())
    if len(data) > LARGEST:
        what = f"the file is larger than {LARGEST // 1024} KiB"
        return empty, [empty.complain_at(1, 1, what, "make several smaller files of it")]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return empty, [_not_utf8(data, error, file)]
    return read_text(text, file)


def read_text(text: str, file: str) -> tuple[Document, list[Complaint]]:
    """As `read`, for text."""
    document = Document(file, lines_of(text))
    complaints = list(_bad_characters(text, document))
    if len(text) > LARGEST or complaints:
        return document, complaints or read(text.encode("utf-8", "replace"), file)[1]
    builder = _Builder(document)
    try:
        for event in yaml.parse(text, Loader=LOADER):
            builder.take(event)
            if builder.hopeless:
                break
    except yaml.YAMLError as error:
        trouble = explain(error, document.lines)
        builder.complaints.append(document.complain_at(trouble.line, trouble.column, trouble.what, trouble.cure))
        builder.hopeless = True
    return builder.finished(), builder.complaints


def lines_of(text: str) -> tuple[str, ...]:
    """The text's lines, cut where YAML cuts them."""
    return tuple(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def _not_utf8(data: bytes, error: UnicodeDecodeError, file: str) -> Complaint:
    before = data[: error.start].decode("utf-8", "replace")
    lines = lines_of(before)
    rest = data[error.start :].splitlines()[:1] or [b""]
    shown_line = (lines[-1] + rest[0].decode("utf-8", "replace")).replace("\ufffd", "?")
    document = Document(file, (*lines[:-1], shown_line))
    what = f"byte 0x{data[error.start]:02x} is no UTF-8 text"
    return document.complain_at(len(lines), len(lines[-1]) + 1, what, "save the file as UTF-8")


def _bad_characters(text: str, document: Document) -> Iterator[Complaint]:
    if text.startswith("\ufeff"):
        yield document.complain_at(1, 1, "the file begins with a byte order mark", "save it as UTF-8 without one")
    for number, line in enumerate(document.lines, 1):
        if line.isprintable():
            continue
        bad = next((column for column, char in enumerate(line, 1) if _is_bad(char)), None)
        if bad is not None and not (number == 1 and bad == 1 and line[0] == "\ufeff"):
            what = f"character U+{ord(line[bad - 1]):04X} cannot be seen, and is not allowed"
            yield document.complain_at(number, bad, what, 'remove it, or write it in double quotes, such as "\\x01"')


def _is_bad(char: str) -> bool:
    if char in ALLOWED_CONTROLS:
        return False
    return ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 or char in "\ufeff\u2028\u2029\ufffe\uffff" or _lone(char)


def _lone(char: str) -> bool:
    return 0xD800 <= ord(char) < 0xE000


@dataclass(slots=True)
class _Frame:
    """A mapping or list that is being filled; `spot` is None in what is thrown away."""

    node: dict[str, Tree] | list[Tree]
    spot: Spot | None
    key: str | None = None
    waits_for_key: bool = True
    dropped: bool = False


def _mark(event: yaml.Event) -> Mark:
    start = event.start_mark
    assert start is not None  # every event of a parser has one
    return Mark(start.line + 1, start.column + 1, plain=not getattr(event, "style", None))


@dataclass(slots=True)
class _Builder:
    """Takes the parser's events and builds the document."""

    document: Document
    complaints: list[Complaint] = field(default_factory=list)
    stack: list[_Frame] = field(default_factory=list)
    tree: Tree = ""
    documents: int = 0
    hopeless: bool = False

    def finished(self) -> Document:
        """The document, as far as it came."""
        tree: Tree = "" if self.hopeless else self.tree
        return Document(self.document.file, self.document.lines, tree, self.document.values, self.document.keys)

    def take(self, event: yaml.Event) -> None:
        """Use one event."""
        match event:
            case yaml.DocumentStartEvent():
                self._begin_document(event)
            case yaml.AliasEvent():
                self._alias(event)
            case yaml.ScalarEvent():
                self._refuse_extras(event)
                self._text(str(event.value), event)
            case yaml.CollectionStartEvent():
                self._refuse_extras(event)
                self._open(event)
            case yaml.CollectionEndEvent():
                self._shut()

    def _complain(self, event: yaml.Event, what: str, cure: str) -> None:
        mark = _mark(event)
        self.complaints.append(self.document.complain_at(mark.line, mark.column, what, cure))

    def _begin_document(self, event: yaml.DocumentStartEvent) -> None:
        self.documents += 1
        if self.documents > 1:
            self._complain(event, "a second document begins here", "put it into a file of its own")
            self.hopeless = True
        elif event.version or event.tags:
            self._complain(event, "there is a % directive at the top", "remove it")

    def _alias(self, event: yaml.AliasEvent) -> None:
        name = f"*{event.anchor}"
        what = f"{name} is an alias in YAML, and aliases are not allowed"
        self._complain(event, what, f"quote it: {quoted(name)}")
        self._text(name, event)

    def _refuse_extras(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.anchor is not None:
            name = f"&{event.anchor}"
            what = f"{name} is an anchor in YAML, and anchors are not allowed"
            self._complain(event, what, f"remove it, or quote it with the text behind it: {quoted(name)}")
        if event.tag is not None:
            name = event.tag.replace("tag:yaml.org,2002:", "!!")
            what = f"{shown(name)} is a tag in YAML, and tags are not allowed"
            self._complain(event, what, "remove it: every field knows its own type")

    def _text(self, value: str, event: yaml.Event) -> None:
        mark = _mark(event)
        frame = self.stack[-1] if self.stack else None
        if frame and isinstance(frame.node, dict) and frame.waits_for_key:
            self._key(frame, value, mark, event)
        else:
            self._attach(value, mark)

    def _key(self, frame: _Frame, key: str, mark: Mark, event: yaml.Event) -> None:
        assert isinstance(frame.node, dict)
        frame.waits_for_key = False
        frame.key, frame.dropped = key, key in frame.node
        if frame.dropped:
            first = self.document.keys.get((*frame.spot, key)) if frame.spot is not None else None
            where = f", first on line {first.line}" if first else ""
            self._complain(event, f"{shown(key)} stands here a second time{where}", "remove one of the two")
        elif frame.spot is not None:
            self.document.keys[*frame.spot, key] = mark

    def _attach(self, value: Tree, mark: Mark) -> Spot | None:
        """Put a value where it belongs; its spot, or None if it is thrown away."""
        if not self.stack:
            self.tree = value
            self.document.values[()] = mark
            return ()
        frame = self.stack[-1]
        if isinstance(frame.node, list):
            frame.node.append(value)
            return self._noted(frame, len(frame.node) - 1, mark, value)
        frame.waits_for_key = True
        if frame.dropped or frame.key is None:
            return None
        frame.node[frame.key] = value
        return self._noted(frame, frame.key, mark, value)

    def _noted(self, frame: _Frame, part: str | int, mark: Mark, value: Tree) -> Spot | None:
        if frame.spot is None:
            return None
        spot = (*frame.spot, part)
        self.document.values[spot] = mark
        if mark.plain and value == "":  # where nothing stands is told by its key; the two parsers differ on it
            self.document.values[spot] = self.document.keys.get(spot, mark)
        return spot

    def _open(self, event: yaml.Event) -> None:
        node: dict[str, Tree] | list[Tree] = {} if isinstance(event, yaml.MappingStartEvent) else []
        if len(self.stack) >= DEEPEST:
            what = f"more than {DEEPEST} lists or mappings stand inside each other here"
            self._complain(event, what, "no field is so deep; remove some brackets")
            self.hopeless = True
        frame = self.stack[-1] if self.stack else None
        if frame and isinstance(frame.node, dict) and frame.waits_for_key:
            self._complain(event, "a list or a mapping stands where a key belongs", "write a plain word as the key")
            frame.waits_for_key, frame.key, frame.dropped = False, None, True
            self.stack.append(_Frame(node, None))
            return
        spot = self._attach(node, _mark(event))
        self.stack.append(_Frame(node, spot))

    def _shut(self) -> None:
        self.stack.pop()
