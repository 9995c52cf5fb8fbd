"""What is read in somebody's programs: languages, arguments, parts, framings, and what is written of it."""

from pathlib import Path

import pytest
import yaml

from lab.survey.arguments import layouts_of_client, layouts_of_front, layouts_of_top
from lab.survey.draft import Draft, ServerDraft, Told
from lab.survey.framing import LINE, NUL, RAW, framing_of, padded
from lab.survey.guesses import farewells, framing, wording
from lab.survey.programs import cast, facts_of
from lab.survey.sayable import keep_to_the_format
from lab.survey.seen import Answered, Asked, Left, Missed, Seen, Server, Spoken
from lab.survey.source import Source
from lab.survey.staffing import LINES
from lab.survey.telling import choose, tell
from lab.survey.writing import profile_text
from tests.zoo_truth import ZOO, truths

USUAL = ("{port}", "{ts1.host}", "{ts1.port}", "{ts2.host}", "{ts2.port}")
SERVES = "s.bind(('', port))\ns.listen(1)\nt.connect((host, other))\n"


def source(text: str, name: str = "ls.py", *, executable: bool = False) -> Source:
    return Source(name, text.encode(), executable)


def sources(folder: Path) -> list[Source]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [Source(path.relative_to(folder).as_posix(), path.read_bytes(), path.suffix == ".sh") for path in files]


@pytest.mark.parametrize(
    ("name", "text", "language", "starts_with"),
    [
        ("ls.py", "print('a')\n", "python3", "{python} ls.py"),
        ("ls.py", "print 'a'\n", "python2", "python2.7 ls.py"),
        ("ls.py", "#!/usr/bin/env python2\nx = 1\n", "python2", "python2.7 ls.py"),
        ("ls.py", "try:\n    f()\nexcept IOError, e:\n    pass\n", "python2", "python2.7 ls.py"),
        ("run", "#!/bin/bash\nexec python3 ls.py\n", "shell", "sh run"),
        ("my ls.rb", "puts 1\n", "ruby", "ruby 'my ls.rb'"),
        ("a{b}.py", "", "python3", "{python} a{{b}}.py"),
        ("ls.c", "int main() {}\n", "cc", ""),
        ("notes.txt", "listen(connect(\n", "", ""),
    ],
)
def test_a_file_is_started_as_its_language_wants(name: str, text: str, language: str, starts_with: str) -> None:
    one = source(text, name)
    assert one.language == language
    if starts_with:
        assert one.starts_with == starts_with


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lsPort, h1, p1, h2, p2 = sys.argv[1:6]\n", USUAL),
        ("a = int(argv[1]); b = argv[2]; c = int(argv[3]); d = argv[4]; e = int(argv[5])\n", USUAL),
        ("# python ls.py ts1Host ts1Port ts2Host ts2Port lsPort  (usage)\n", USUAL),
        ("# usage: ls.py ts1Host ts1Port ts2Host ts2Port lsPort\n", (*USUAL[1:], "{port}")),
        ("p.add_argument('ts2_port')\np.add_argument('ts1_port')\np.add_argument('--x')\np.add_argument('port')\n",
         ("{ts2.port}", "{ts1.port}", "{port}")),
        ("def main(port, one, p1, two, p2): pass\nmain(*sys.argv[1:])\n", USUAL),
        ("class S:\n  def __init__(self, argv):\n    self.port = int(argv[0])\nS(sys.argv[1:])\n", USUAL),
    ],
)  # fmt: skip
def test_the_order_of_arguments_of_ls_is_read_in_its_text(text: str, words: tuple[str, ...]) -> None:
    front = cast([source(text + SERVES)]).front
    assert front is not None
    assert layouts_of_front(front)[0].words == words


def test_a_port_that_is_written_out_is_found_behind_its_name() -> None:
    text = "PORT = 5016\ns.bind(('', PORT))\ns.listen()\nt.connect(('localhost', 5017))\n"
    for name, code in (("ls.py", text), ("ls.rb", text)):
        front = cast([source(code, name)]).front
        assert front is not None
        assert layouts_of_front(front)[0].words == ()
        assert [fact.value for fact in front.all("own port")] == ["5016"]
        assert [fact.value for fact in front.all("dialled port")] == ["5017"]


def test_comments_and_docstrings_are_no_constants() -> None:
    text = '"""done"""\n# "end"\nx = "EOD"\n'
    assert [fact.value for fact in facts_of(source(text)) if fact.sort == "text"] == ["EOD"]
    assert [fact.value for fact in facts_of(source('# "end"\nx = "EOD" # "q"\n', "ls.rb")) if fact.sort == "text"] == [
        "EOD"
    ]


def test_parts_are_known_by_what_they_do_where_their_names_say_nothing() -> None:
    files = [
        source(SERVES, "middle.py"),
        source("s.bind(('', 1))\ns.listen(1)\n", "table1.py"),
        source("s.bind(('', 1))\ns.listen(1)\n", "table2.py"),
        source("s.connect(a)\n", "asks.py"),
        source("x = 1\n", "helper.py"),
    ]
    parts = cast(files)
    assert parts.front
    assert parts.client
    assert (parts.front.name, parts.client.name) == ("middle.py", "asks.py")
    assert [top.name for top in parts.tops] == ["table1.py", "table2.py"]
    assert parts.others == ("helper.py",)


def test_what_is_started_by_a_wrapper_has_no_part_of_its_own() -> None:
    wrapper = source("#!/bin/sh\nexec python3 ls.py $1 $2\n", "ls.sh", executable=True)
    parts = cast([wrapper, source(SERVES, "ls.py")])
    assert parts.front
    assert parts.front.source.starts_with == "./ls.sh"
    assert parts.front.first("listen")


@pytest.mark.parametrize("made", [RAW, LINE, NUL, padded(200), padded(128, b"\0")])
def test_a_framing_is_told_from_a_message(made: object) -> None:
    assert framing_of(made.frame(b"www.example.com")) == made  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", [name for name in truths() if name not in ("in_c", "two_seconds", "zero_ended")])
def test_commands_of_the_zoo_are_read_without_running_anything(name: str) -> None:
    """The others are told by trying: one is to be compiled, in two nothing says what they take."""
    parts, servers = cast(sources(ZOO / name)), truths()[name].profile["servers"]
    assert parts.front
    front = " ".join([parts.front.source.starts_with, *layouts_of_front(parts.front)[0].words])
    assert front == servers["ls"]["run"]
    for number, top in enumerate(parts.tops, 1):
        run = " ".join([top.source.starts_with, *layouts_of_top(top, f"ts{number}")[0].words])
        assert run == servers[f"ts{number}"]["run"]
    if parts.client:
        run = " ".join([parts.client.source.starts_with, *layouts_of_client(parts.client)[0].words])
        assert run == truths()[name].profile["client"]["run"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = q + ' - Error:HOST NOT FOUND'\n", "{name} - Error:HOST NOT FOUND"),
        ("x = '%s - TIMED OUT\\n' % q\n", "{name} - TIMED OUT"),
        ("x = f'{q} - ERROR: HOST NOT FOUND'\n", "{name} - ERROR: HOST NOT FOUND"),
        ("print('the server was not found, sorry, bye')\n", None),
    ],
)
def test_the_wording_of_not_found_is_read_in_constants(text: str, said: str | None) -> None:
    front = cast([source(text + SERVES)]).front
    assert front
    found = wording(front)
    assert (found and found[0]) == said


def test_words_for_an_end_and_framings_are_read_where_nothing_can_be_tried() -> None:
    front = cast([source("if q == b'EOD\\n': f = s.makefile()\n" + SERVES)]).front
    assert front
    assert [fact.value.strip() for fact in farewells(front)] == ["EOD"]
    assert framing(front)[0] == LINE


def spoken(*replies: bytes) -> list[Spoken]:
    return [Spoken(how, reply=reply) for how, reply in zip((RAW, LINE, NUL, padded(200)), replies, strict=True)]


@pytest.mark.parametrize(
    ("replies", "asked", "protocol"),
    [
        ((b"a", b"a\n", b"a\0", b"a" + b" " * 199), None, "raw"),
        ((b"a\n", b"a\n", b"a\n", b"a\n"), None, "line"),
        ((b"a", b"a\n", b"a\0", b"a" + b" " * 199), LINE, "line"),
        ((b"", b"a\n", b"", b""), RAW, "line"),
        ((b"", b"", b"a\0", b""), None, "nul"),
        ((b"", b"", b"", b"a" + b" " * 199), None, "padded"),
        ((b"", b"", b"", b""), RAW, None),
    ],
)
def test_the_framing_that_ls_is_content_with(replies: tuple[bytes, ...], asked: object, protocol: str | None) -> None:
    layout = layouts_of_front(cast([source(SERVES)]).front)[0]  # type: ignore[arg-type]
    seen = Seen(spoken=spoken(*replies), asked=Asked(layout, framing=asked) if asked else None)  # type: ignore[arg-type]
    chosen = choose(seen)
    assert (chosen and chosen.protocol) == protocol


def told_of(**seen: object) -> Draft:
    parts = cast([source("if q == 'done': pass\n" + SERVES), source("s.listen(1)\nx = argv[1]\n", "ts.py")])
    assert parts.front
    layout = layouts_of_front(parts.front)[0]
    whole = Seen(layout=layout, spoken=spoken(b"a", b"a", b"", b""), framing=RAW)
    for name, value in seen.items():
        setattr(whole, name, value)
    return tell(parts, whole, "Mine.", ".")


def test_what_was_seen_stands_in_the_profile_with_its_evidence() -> None:
    draft = told_of(
        missed=Missed("nobody.survey.example - TIMED OUT", 3.02),
        lefts=[Left("done", closed=True, exited=True, serves_again=False)],
    )
    text = profile_text(draft)
    assert yaml.safe_load(text)["not_found"] == "{name} - TIMED OUT"
    assert "after 3.0 s" in text
    assert "serves: one  # tried: it ended when its first client left" in text
    assert "farewell: done  # ls.py:1; tried: LS closed when it was told 'done'" in text


def test_what_was_not_seen_is_said_to_be_unknown() -> None:
    draft = told_of(missed=Missed("", 13.0))
    assert "it said nothing within 13 s" in draft.unknown[0]
    assert "not_found" not in draft.fields
    assert "# - how it says not found" in profile_text(draft)


def test_a_reply_that_is_no_line_about_the_name_is_told_as_it_is() -> None:
    draft = told_of(missed=Missed("sorry", 5.0))
    assert any("'sorry'" in sentence for sentence in draft.unknown)
    assert "not_found" not in draft.fields


def test_how_a_ts_words_its_answer_and_in_which_order_tses_start_is_told() -> None:
    layout = layouts_of_front(cast([source(SERVES)]).front)[0]  # type: ignore[arg-type]
    reply = f"{LINES['ts1']} IN".encode()
    tops = {"ts1": Answered(Server("ts1", "x"), layout, RAW, reply=reply, needs_peer=True)}
    tops["ts2"] = Answered(Server("ts2", "x"), layout, RAW, reply=LINES["ts2"].encode())
    draft = told_of(tops=tops)
    assert draft.fields["answer"].value == "{line} IN"
    assert draft.fields["order"].value == ("ts2", "ts1", "ls")


def test_greetings_that_differ_are_told_as_far_as_they_are_alike() -> None:
    one, other = spoken(b"a", b"a", b"", b"")[:2]
    one.greeting, other.greeting = b"Hello [1]\n", b"Hello [2]\n"
    assert told_of(spoken=[one, other]).fields["greeting"].value == "Hello ?*"


def test_what_no_profile_can_say_is_told_in_words() -> None:
    draft = Draft("Mine.", {"farewell": Told("a\tb", "seen"), "protocol": Told("raw")})
    draft.servers.append(ServerDraft("ls", {"run": Told("a"), "table_file": Told("deep/table"), "colour": Told("red")}))
    keep_to_the_format(draft, ("farewell", "protocol"), ("run", "table_file"))
    assert list(draft.fields) == ["protocol"]
    assert list(draft.servers[0].fields) == ["run"]
    assert [sentence.partition(" would")[0] for sentence in draft.unknown] == ["farewell", "table_file", "colour"]


def test_evidence_that_is_long_stands_above_its_line() -> None:
    draft = Draft("Mine.", {"protocol": Told("raw", "x" * 150)}, [ServerDraft("ls", {"run": Told("a", "short")})])
    lines = profile_text(draft).splitlines()
    assert lines[lines.index("protocol: raw") - 1] == f"# {'x' * 150}"
    assert "    run: a  # short" in lines
