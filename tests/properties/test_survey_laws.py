"""Laws of reading strangers' files: nothing that is in them stops the lab, and what is written of them always loads."""

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from lab.scenario.profile import load_profile
from lab.scenario.profile_shapes import ProfileShape, ServerShape
from lab.survey.arguments import Layout
from lab.survey.framing import LINE, NUL, RAW, framing_of, padded, text_of
from lab.survey.programs import cast, facts_of
from lab.survey.sayable import keep_to_the_format
from lab.survey.seen import Answered, Asked, Left, Missed, Seen, Server, Spoken
from lab.survey.source import Source
from lab.survey.telling import choose, tell
from lab.survey.writing import profile_text

WORDS = "sys.argv[1]|int(|)|'done'|\"|\n|#|open('x', 'w')|bind(('', 5016))|connect((h, p))| = |*|{name}|ljust(200)"
PIECES = st.sampled_from([*WORDS.split("|"), "usage: ls.py port ts1 port1", " - ERROR: NOT FOUND", "\0", "argv[2:9]"])
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join))
NAMES = st.sampled_from(
    ["ls.py", "ts1.py", "ts.rb", "client.c", "run.sh", "a/b.py", "RESOLVED.txt", "ls {x}'.py", "ls"]
)
FRAMINGS = st.sampled_from([RAW, LINE, NUL, padded(200)])
LAYOUT = Layout(("{port}",), "somewhere\nsaid")


@given(st.lists(st.tuples(NAMES, TEXTS | st.binary(max_size=60), st.booleans()), max_size=6))
def test_any_files_are_read(files: list[tuple[str, str | bytes, bool]]) -> None:
    sources = [Source(name, text if isinstance(text, bytes) else text.encode(), can) for name, text, can in files]
    parts = cast(sources)
    assert {top.name for top in parts.tops} <= {source.name for source in sources}
    for source in sources:
        lines = source.text.count("\n") + source.text.count("\r") + len(source.text) + 1
        assert all(0 < fact.line <= lines for fact in facts_of(source))


@given(FRAMINGS, st.from_regex(r"[a-z.]{1,60}", fullmatch=True))
def test_a_message_tells_its_framing_and_its_text(framing: object, text: str) -> None:
    message = framing.frame(text.encode())  # type: ignore[attr-defined]
    assert framing_of(message) == framing
    assert text_of(message) == text


@given(code=TEXTS, other=TEXTS, said=TEXTS, heard=st.binary(max_size=40), framing=FRAMINGS, yes=st.booleans())
def test_whatever_was_seen_the_profile_that_is_written_loads(
    code: str, other: str, said: str, heard: bytes, framing: object, *, yes: bool
) -> None:
    files = [("ls.py", code), ("client.py", other), ("ts.py", said)]
    parts = cast([Source(name, text.encode("utf-8", "replace")) for name, text in files])
    assert parts.front
    seen = Seen(spoken=[Spoken(framing, greeting=heard, reply=heard, closes=yes)], layout=LAYOUT)  # type: ignore[arg-type]
    seen.asked = Asked(Layout(("{ls.port}",)), said, framing if yes else None, said if yes else None, answers=said)  # type: ignore[arg-type]
    seen.framing = choose(seen)
    seen.missed = Missed(f"nobody.survey.example {said}", 5.0)
    seen.lefts = [Left(said, closed=yes, exited=not yes, serves_again=yes)]
    seen.tops = {"ts1": Answered(Server("ts1", "x"), LAYOUT, RAW, said if yes else "", heard, needs_peer=yes)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "system.yaml"
        draft = tell(parts, seen, said, ".")
        keep_to_the_format(draft, ProfileShape.model_fields, ServerShape.model_fields)
        path.write_text(profile_text(draft), encoding="utf-8")
        profile = load_profile(path)
    assert {server.name for server in profile.servers} == {"ts1", "ts2", "ls"}
