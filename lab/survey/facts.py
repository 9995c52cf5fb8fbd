"""What a program's text says of its manners, each with the line that says it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Sort = Literal[
    "argument",  # takes one, by position
    "listen",
    "dial",
    "udp",
    "own port",  # fixed in the text
    "dialled port",  # likewise
    "reads",
    "writes",
    "text",  # a constant
    "size",  # of a message, in bytes
    "imports",
    "runs",  # another file of the submission
]
Role = Literal["port", "host", "file", ""]


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a text says.

    Attributes:
        value: A name, a port, a file, a constant.
        line: From 1.
        place: Of an argument: its position, from 1.
        kind: Of an argument: what it seems to be.
        file: Where it stands, seen from the submission's folder.
    """

    sort: Sort
    value: str
    line: int
    place: int = 0
    kind: Role = ""
    file: str = ""

    @property
    def where(self) -> str:
        """`ls.py:12`."""
        return f"{self.file}:{self.line}"


LONGEST = 500
"""Characters of a line that are looked at."""
USAGE = re.compile(
    r"(?:usage|run|start|call)\b.*?(?:[\w./]+\.(?:py|sh|c|rb|js|pl)|%s|\{\}|\./\w+)[\"' ]+(.+)", re.IGNORECASE
)
PORTS = re.compile(r"port|^p\d?$|^lport$|atoi|\bint\(", re.IGNORECASE)
FILES = re.compile(r"file|table|path|names?$|^out|answers|hns|dns|db", re.IGNORECASE)
HOSTS = re.compile(r"host|addr|ip\b|^h\d?$|server|machine|^ts\d$|name", re.IGNORECASE)


def kind_of(label: str, around: str = "") -> Role:
    """What an argument of such a name, used in such words, seems to be."""
    if PORTS.search(label) or PORTS.search(around):
        return "port"
    if re.search(r"host|addr", label, re.IGNORECASE):
        return "host"
    if FILES.search(label) or "open(" in around:
        return "file"
    return "host" if HOSTS.search(label) else ""


def usage(text: str) -> Iterator[Fact]:
    """The arguments that a line of usage names, the first such line that names any."""
    for number, line in enumerate(text.splitlines(), 1):
        found = USAGE.search(line[:LONGEST])
        if found is None:
            continue
        words = re.findall(r"[A-Za-z_][\w-]*", re.split(r"\\n|[\"'().;!*]|\.\.\.", found[1])[0])
        if any("port" in word.lower() for word in words):
            for place, word in enumerate(words, 1):
                yield Fact("argument", word, number, place, kind_of(word))
            return


# Without a parser: by regular expressions, for Python 2 and all other languages

COMMENT = re.compile(r"^\s*(?:#(?!include).*|//.*)$|(?<=\s)(?:#|//) .*$")
STRING = re.compile(r"""(?P<quote>["'])(?P<body>(?:\\.|(?!(?P=quote)).)*)(?P=quote)""")
ARGUMENT = re.compile(r"(?:(?P<label>\w+)\s*=\s*)?(?P<around>[^=;,]*?)\b(?:argv|ARGV|args|\$)\s*\[?(?P<place>\d+)\]?")
NUMBER = re.compile(
    r"^\s*(?:#define\s+|(?:static\s+|const\s+|final\s+|int\s+)*)(?P<name>\w+)\s*=?\s*(?P<value>\d{4,5})\b"
)
CALLS: tuple[tuple[Sort, "re.Pattern[str]"], ...] = (
    ("listen", re.compile(r"\blisten\s*\(|create_server|TCPServer\s*\(|ServerSocket\s*\(")),
    (
        "dial",
        re.compile(r"(?<!def )\b(?:connect|create_connection|open_connection|createConnection)\s*\(|new Socket\s*\("),
    ),
    ("udp", re.compile(r"SOCK_DGRAM|DatagramSocket|createSocket\(.udp4")),
)
OPENED = re.compile(r"\bf?open\s*\(\s*[\"'](?P<file>[^\"']+)[\"']\s*(?:,\s*[\"'](?P<mode>\w+)[\"'])?")
BOUND = re.compile(r"\bbind\s*\(\s*\(.*?,\s*(?P<port>\w+)\s*\)")
DIALLED = re.compile(r"\bconnect\s*\(\s*\(.*?,\s*(?P<port>\w+)\s*\)")
SIZE = re.compile(r"ljust\s*\(\s*(\d+)|%-(\d+)s|\{:<(\d+)\}")
RUN = re.compile(
    r"(?:exec\s+)?(?:\S*python[\d.]*|node|ruby|perl|sh|bash)\s+(?:-\w+\s+)*[\"']?([\w./-]+\.\w+)|exec\s+(\./[\w./-]+)"
)


def plain_facts(text: str) -> Iterator[Fact]:
    """What can be seen in the lines of a text in whatever language."""
    numbers: dict[str, str] = {}
    for number, whole in enumerate(text.splitlines(), 1):
        line = COMMENT.sub("", whole[:LONGEST])
        named = NUMBER.match(line)
        if named:
            numbers[named["name"]] = named["value"]
        yield from _in_line(line, number, numbers)


def _in_line(line: str, number: int, numbers: dict[str, str]) -> Iterator[Fact]:
    yield from (Fact(sort, "", number) for sort, pattern in CALLS if pattern.search(line))
    for found in OPENED.finditer(line):
        yield Fact("writes" if set(found["mode"] or "r") & set("wax") else "reads", found["file"], number)
    for sort, pattern in (("own port", BOUND), ("dialled port", DIALLED)):
        for found in pattern.finditer(line):
            port = numbers.get(found["port"], found["port"])
            if port.isdigit():
                yield Fact(sort, port, number)  # type: ignore[arg-type]
    yield from (Fact("text", _plain(found["body"]), number) for found in STRING.finditer(line))
    yield from (Fact("size", next(filter(None, found.groups())), number) for found in SIZE.finditer(line))
    yield from (Fact("runs", found[1] or found[2], number) for found in RUN.finditer(line))
    for found in ARGUMENT.finditer(line):
        if int(found["place"]):
            label = found["label"] or ""
            yield Fact("argument", label, number, int(found["place"]), kind_of(label, found["around"]))


def _plain(body: str) -> str:
    """The body of a literal, its commonest escapes resolved."""
    for escape, char in (("\\n", "\n"), ("\\r", "\r"), ("\\0", "\0"), ("\\x00", "\0"), ("\\t", "\t")):
        body = body.replace(escape, char)
    return body


def first(facts: Iterable[Fact], sort: Sort) -> Fact | None:
    """The first fact of a sort, if there is one."""
    return next((fact for fact in facts if fact.sort == sort), None)
