"""TS: its table, its silence, its many connections."""

import os
import signal
import socket
from typing import Any

import pytest


def test_c6_it_sends_the_table_line_once_and_is_silent_about_other_names(lab: Any) -> None:
    peer = lab.ts("A.example\t1.1.1.1  A", "b.example 2.2.2.2 A").connect()
    peer.send(b"nobody.example\n\n \r\na.example \r\n")
    assert peer.line() == b"A.example\t1.1.1.1  A"
    assert peer.silent(0.2)
    assert peer.ask(b"B.EXAMPLE") == b"b.example 2.2.2.2 A"


def test_b4_queries_may_be_split_anywhere_and_several_come_in_one_segment(lab: Any) -> None:
    peer = lab.ts("a.example 1.1.1.1 A", "b.example 2.2.2.2 A").connect()
    for byte in b"a.example":
        peer.send(bytes([byte]))
        assert peer.silent(0.005)
    peer.send(b"\nb.example\na.example\nb.ex")
    assert [peer.line()[:1] for _ in range(3)] == [b"a", b"b", b"a"]
    peer.send(b"ample\n")
    assert peer.line() == b"b.example 2.2.2.2 A"


def test_b11_it_serves_ten_connections_and_survives_the_end_of_any(lab: Any) -> None:
    ts = lab.ts("a.example 1.1.1.1 A")
    before = ts.descriptors()
    peers = [ts.connect() for _ in range(10)]
    peers[0].close()
    peers[1].reset()
    peers[2].send(b"a.exam")
    peers[2].sock.shutdown(socket.SHUT_WR)
    assert peers[2].ended()
    peers[3].send(os.urandom(4000).replace(b"\n", b"") + b"\n")
    peers[4].send(b"x" * 5000)
    assert peers[4].ended()
    for peer in [*peers[5:], peers[3], ts.connect()]:
        assert peer.ask(b"a.example") == b"a.example 1.1.1.1 A"
    for peer in peers[5:]:
        peer.close()
    assert ts.descriptors() <= before + 10


@pytest.mark.parametrize(
    "text", [b"# all\r\n\r\nA.example 1.1.1.1 A\r\n", b"\xef\xbb\xbfA.example 1.1.1.1 A", b"\tA.example 1.1.1.1 A \n#x"]
)
def test_a_table_may_have_odd_but_clear_forms(lab: Any, text: bytes) -> None:
    table = lab.folder / "odd"
    table.write_bytes(text)
    peer = lab.start("ts", lab.free_port(), table).listens().connect()
    assert peer.ask(b"a.example") == b"A.example 1.1.1.1 A"


@pytest.mark.parametrize(
    "line",
    [
        b"b.example",
        b"b.example 1.1.1.1",
        b"b.example 1.1.1 A",
        b"b.example 1.1.1.256 A",
        b"b.example ::1 A",
        b"b.example 1.1.1.1 AAAA",
        b"b.example 1.1.1.1 A IN",
        b"b.example\xff 1.1.1.1 A",
        b"b.example 1.1.1.1\0 A",
        b"A.EXAMPLE 2.2.2.2 A",
        b"x" * 5000 + b" 2.2.2.2 A",
    ],
)
def test_an_error_in_the_table_is_told_with_its_place_before_it_listens(lab: Any, line: bytes) -> None:
    table = lab.folder / "table"
    table.write_bytes(b"# mine\na.example 1.1.1.1 A\n" + line + b"\nc.example 3.3.3.3 A\n")
    ts = lab.start("ts", lab.free_port(), table)
    assert ts.status() == 1
    assert ts.said().startswith(f"{table}:3: ")
    assert ts.said().count("\n") == 1


def test_a_table_that_is_not_there_is_told_in_one_line(lab: Any) -> None:
    ts = lab.start("ts", lab.free_port(), "nowhere")
    assert ts.status() == 1
    assert ts.said().count("\n") == 1


@pytest.mark.parametrize("words", [["20000"], ["x", "table"], ["70000", "table"], ["20000", "table", "more"]])
def test_bad_arguments_are_told_in_one_line(lab: Any, words: list[str]) -> None:
    ts = lab.start("ts", *words)
    assert ts.status() == 2
    assert ts.said().count("\n") == 1


def test_a_port_in_use_is_told_in_one_line(lab: Any) -> None:
    ts = lab.ts("a.example 1.1.1.1 A")
    again = lab.start("ts", ts.port, lab.folder / f"table-{ts.port}")
    assert again.status() == 1
    assert "in use" in again.said()


def test_ctrl_c_ends_it_without_a_traceback(lab: Any) -> None:
    ts = lab.ts("a.example 1.1.1.1 A")
    ts.process.send_signal(signal.SIGINT)
    assert ts.status() == 130
    assert "Traceback" not in ts.said()
