"""The client: a line a name, in order, and what it does when LS fails it."""

import signal
from typing import Any

import pytest


def client(lab: Any, port: int, names: bytes, *more: object) -> Any:
    """Start the client with the default files, and an old answer that must not survive."""
    (lab.folder / "PROJ2-HNS.txt").write_bytes(names)
    (lab.folder / "RESOLVED.txt").write_bytes(b"old\n")
    return lab.start("client", "127.0.0.1", port, *more)


def written(lab: Any) -> bytes:
    return bytes((lab.folder / "RESOLVED.txt").read_bytes())


def test_c9_it_writes_a_line_for_every_name_in_order_and_nothing_else(lab: Any) -> None:
    ls = lab.ls(lab.ts("a.example 1.1.1.1 A"), lab.ts("B.example 2.2.2.2 A"), timeout=1)
    names = b"b.example\r\n\nA.EXAMPLE\nNobody.example\n  b.example"
    run = client(lab, ls.port, names)
    assert run.status() == 0
    told = [b"B.example 2.2.2.2 A", b"a.example 1.1.1.1 A", b"Nobody.example - Error:HOST NOT FOUND"]
    assert written(lab) == b"\n".join([*told, told[0], b""])
    assert run.said() == ""
    assert run.output.read_bytes() == b""


def test_files_may_be_named(lab: Any) -> None:
    names = lab.folder / "names"
    names.write_bytes(b"a.example\n")
    ls = lab.ls(lab.ts("a.example 1.1.1.1 A"))
    assert lab.start("client", "127.0.0.1", ls.port, "--names", names, "--out", "mine").status() == 0
    assert (lab.folder / "mine").read_bytes() == b"a.example 1.1.1.1 A\n"


def test_it_asks_one_name_at_a_time_takes_split_replies_and_says_done(lab: Any) -> None:
    ls = lab.play()
    run = client(lab, ls.port, b"a.example\nb.example\n")
    peer = ls.accept()
    for name in (b"a.example", b"b.example"):
        assert peer.line() == name
        assert peer.silent(0.05)
        for byte in name + b" 1.1.1.1 A\r\n":
            peer.send(bytes([byte]))
    assert peer.line() == b"done"
    assert run.status() == 0
    assert written(lab) == b"a.example 1.1.1.1 A\nb.example 1.1.1.1 A\n"


@pytest.mark.parametrize("manner", ["closes", "resets", "is silent", "trickles", "babbles"])
def test_when_ls_fails_it_writes_what_it_has_says_so_and_exits_1(lab: Any, manner: str) -> None:
    ls = lab.play()
    run = client(
        lab, ls.port, b"a.example\nb.example\n", "--timeout", 0.5 if manner in {"is silent", "trickles"} else 15
    )
    peer = ls.accept()
    assert peer.ask(b"a.example 1.1.1.1 A") == b"a.example"
    assert peer.line() == b"b.example"
    if manner == "closes":
        peer.send(b"b.example 9.9.")
        peer.close()
    elif manner == "resets":
        peer.reset()
    elif manner == "babbles":
        peer.send(b"x" * 100000)
    elif manner == "trickles":
        while peer.silent(0.05):
            peer.send(b"x")
    assert run.status() == 1
    assert written(lab) == b"a.example 1.1.1.1 A\n"
    assert run.said().count("\n") == 1


def test_when_there_is_no_ls_it_leaves_no_old_answers_says_so_and_exits_1(lab: Any) -> None:
    nobody = lab.play()
    nobody.close()
    run = client(lab, nobody.port, b"a.example\n")
    assert run.status() == 1
    assert written(lab) == b""
    assert run.said().count("\n") == 1


def test_names_that_cannot_be_read_are_told_in_one_line(lab: Any) -> None:
    run = lab.start("client", "127.0.0.1", 20000)
    assert run.status() == 1
    assert "PROJ2-HNS.txt" in run.said()
    assert run.said().count("\n") == 1


@pytest.mark.parametrize("words", [["h"], ["h", "x"], ["h", "0"], ["h", "1", "2"], ["h", "1", "--timeout", "-1"]])
def test_bad_arguments_are_told_in_one_line(lab: Any, words: list[str]) -> None:
    run = lab.start("client", *words)
    assert run.status() == 2
    assert run.said().count("\n") == 1


def test_ctrl_c_ends_it_without_a_traceback(lab: Any) -> None:
    ls = lab.play()
    run = client(lab, ls.port, b"a.example\n")
    assert ls.accept().line() == b"a.example"
    run.process.send_signal(signal.SIGINT)
    assert run.status() == 130
    assert "Traceback" not in run.said()
