"""Laws of protocols: what is translated for the wire comes back as the same lines, wherever it was cut."""

from itertools import chain, pairwise

from hypothesis import given
from hypothesis import strategies as some

from lab.protocols.base import PROTOCOLS, Translator
from lab.protocols.manners import Farewell, Greeting

SIZE = 16
texts = some.lists(some.binary(max_size=40).map(lambda text: text.replace(b"\n", b"?").rstrip(b" \0\t\r")), max_size=8)
cuts = some.lists(some.integers(0, 400), max_size=12)


def fresh(protocol: str) -> Translator:
    translator = PROTOCOLS[protocol](SIZE).translator()
    assert translator is not None
    return translator


def in_pieces(data: bytes, places: list[int]) -> list[bytes]:
    ends = sorted({0, len(data), *(place for place in places if place < len(data))})
    return [data[start:end] for start, end in pairwise(ends)]


@given(texts, cuts, cuts)
def test_nul_brings_all_lines_back_wherever_they_are_cut(lines: list[bytes], out: list[int], back: list[int]) -> None:
    whole = b"".join(line + b"\n" for line in lines)
    there, here = fresh("nul"), fresh("nul")
    wire = b"".join(chain.from_iterable(map(there.outward, in_pieces(whole, out))))
    assert len(wire) == len(whole), "a fault that cuts at a byte cuts there on the wire, too"
    assert wire.count(b"\0") >= len(lines)
    assert b"".join(map(here.inward, in_pieces(wire, back))) + here.at_end() == whole


@given(texts, cuts, cuts)
def test_padded_brings_all_lines_back_in_blocks_wherever_they_are_cut(
    lines: list[bytes], out: list[int], back: list[int]
) -> None:
    whole = b"".join(line[:SIZE].rstrip(b" \0\t\r") + b"\n" for line in lines)
    there, here = fresh("padded"), fresh("padded")
    wire = b"".join(chain.from_iterable(map(there.outward, in_pieces(whole, out))))
    assert len(wire) == len(lines) * SIZE
    assert b"".join(map(here.inward, in_pieces(wire, back))) == whole
    assert here.at_end() == b""


@given(some.binary(max_size=3 * SIZE).map(lambda text: text.replace(b"\n", b"?")))
def test_padded_sends_a_part_of_a_line_at_once_and_fills_up_where_the_line_ends(line: bytes) -> None:
    there = fresh("padded")
    assert there.outward(line) == [line]
    (end,) = there.outward(b"\n")
    assert end.strip(b" ") == b""
    assert (len(line) + len(end)) % SIZE == 0
    assert len(line) + len(end) > 0


@given(some.binary(min_size=1, max_size=SIZE - 1))
def test_padded_keeps_back_a_block_that_is_not_whole_and_tells_it_at_the_end(part: bytes) -> None:
    here = fresh("padded")
    assert here.inward(part) == b""
    assert here.at_end() == part.replace(b"\n", b"\0")
    assert here.at_end() == b""


@given(texts, cuts)
def test_raw_sends_each_line_by_itself_and_takes_each_read_for_a_line(lines: list[bytes], out: list[int]) -> None:
    said = [line.rstrip(b"\r") for line in lines if line.rstrip(b"\r")]
    there, here = fresh("raw"), fresh("raw")
    sent = list(chain.from_iterable(map(there.outward, in_pieces(b"".join(line + b"\n" for line in said), out))))
    assert sent == said
    assert b"".join(map(here.inward, sent)) == b"".join(line + b"\n" for line in said)


@given(texts, some.sampled_from(["EOD", "end", "quit now"]))
def test_a_farewell_comes_back_as_done_and_only_as_a_whole_line(lines: list[bytes], word: str) -> None:
    said = [line for line in (*lines, b"done") if line.rstrip(b"\r") != word.encode()]
    there, here = Farewell(word), Farewell(word)
    wire = b"".join(chain.from_iterable(there.outward(line + b"\n") for line in said))
    assert wire.count(word.encode() + b"\n") >= 1
    assert b"\ndone\n" not in b"\n" + wire
    assert here.inward(wire).splitlines(keepends=True)[-1] == b"done\n"
    assert b"".join(there.outward(b"do")) == b"do", "a part of a line is no word"


@given(texts, cuts)
def test_a_greeting_is_taken_off_once_and_nothing_else_is(lines: list[bytes], out: list[int]) -> None:
    hello = b"Welcome to LS\n"
    rest = b"".join(line + b"\n" for line in lines)
    taken: list[bytes] = []
    with_it, without = Greeting("Welcome*", taken.append), Greeting("Welcome*", taken.append)
    assert b"".join(map(with_it.inward, in_pieces(hello + rest, out))) == rest
    assert taken == [hello]
    if not rest.startswith(b"Welcome"):
        assert b"".join(map(without.inward, in_pieces(rest, out))) + without.at_end() == rest
        assert taken == [hello]
