"""LS keeps every clause of the contract: one test or more for each, named by the clause."""

import os
import resource
import signal
import socket
import time
from pathlib import Path
from typing import Any

import pytest

NOT_FOUND = b" - Error:HOST NOT FOUND"
A = b"a.example 1.1.1.1 A"
B = b"b.example 2.2.2.2 A"


def test_c2_every_query_goes_to_every_ts_and_there_is_no_cache(lab: Any) -> None:
    played = [lab.play() for _ in range(3)]
    client = lab.ls(*played).connect()
    client.send(b"a.example\n")
    peers = [ts.accept() for ts in played]
    for _ in range(2):
        assert [peer.line() for peer in peers] == [b"a.example"] * 3
        peers[2].send(A + b"\n")
        assert client.line() == A
        client.send(b"a.example\n")


@pytest.mark.parametrize("who", [0, 1])
def test_c3_the_answer_is_relayed_whichever_ts_it_came_from(lab: Any, who: int) -> None:
    played = [lab.play(), lab.play()]
    client = lab.ls(*played).connect()
    client.send(b"a.example\n")
    peers = [ts.accept() for ts in played]
    peers[who].send(A + b"\r\n")
    assert client.line() == A


def test_c4_case_does_not_matter_and_the_table_spelling_wins(lab: Any) -> None:
    client = lab.ls(lab.ts("A.Example\t1.1.1.1  A"), lab.ts()).connect()
    assert client.ask(b"  a.eXAMPLE \r") == b"A.Example\t1.1.1.1  A"


def test_c5_c7_not_found_comes_on_time_with_the_name_as_written_and_the_next_query_works(lab: Any) -> None:
    client = lab.ls(lab.ts("a.example 1.1.1.1 A"), lab.ts(), timeout=0.5).connect()
    before = time.monotonic()
    assert client.ask(b"Nobody.Example") == b"Nobody.Example" + NOT_FOUND
    assert time.monotonic() - before > 0.48
    lab.until(lambda: client.ask(b"a.example") == A, "an answer after a time-out")


@pytest.mark.parametrize("end", [b"done\n", b""])
def test_c8_b4_the_session_ends_after_the_queries_that_came_before_its_end(lab: Any, end: bytes) -> None:
    ls = lab.ls(lab.ts("a.example 1.1.1.1 A"), lab.ts("b.example 2.2.2.2 A"))
    client = ls.connect()
    client.send(b"b.example\n\n  \na.example\nB.example\n" + end + b"never asked")
    client.sock.shutdown(socket.SHUT_WR)
    assert [client.line() for _ in range(3)] == [B, A, B]
    assert client.sock.recv(1) == b""


def test_c10_a_long_entry_passes(lab: Any) -> None:
    entry = "x" * 187 + " 11.22.33.44 A"
    client = lab.ls(lab.ts(entry), lab.ts()).connect()
    assert client.ask(b"X" * 187).decode() == entry


def test_b1_a_late_answer_is_never_the_answer_to_another_name(lab: Any) -> None:
    ts = lab.play()
    client = lab.ls(ts, timeout=0.5).connect()
    client.send(b"a.example\n")
    peer = ts.accept()
    assert client.line() == b"a.example" + NOT_FOUND
    client.send(b"b.example\n")
    assert [peer.line(), peer.line()] == [b"a.example", b"b.example"]
    peer.send(A + b"\n")
    assert client.line() == b"b.example" + NOT_FOUND


def test_b1_a_late_answer_serves_the_same_name_asked_again(lab: Any) -> None:
    ts = lab.play()
    client = lab.ls(ts, timeout=0.5).connect()
    client.send(b"a.example\nA.EXAMPLE\n")
    peer = ts.accept()
    assert client.line() == b"a.example" + NOT_FOUND
    peer.send(A + b"\n")
    assert client.line() in {A, b"A.EXAMPLE" + NOT_FOUND}


@pytest.mark.parametrize("trouble", ["absent", "hung", "stopped", "silent door", "closes", "resets", "half a line"])
def test_b2_a_bad_ts_never_harms_the_answer_of_another(lab: Any, trouble: str) -> None:
    good = lab.ts("b.example 2.2.2.2 A")
    if trouble == "stopped":
        bad = lab.ts("a.example 1.1.1.1 A")
        bad.stop()
    else:
        bad = lab.play()
    if trouble == "absent":
        bad.close()
    if trouble == "silent door":
        bad.sock.listen(0)
        lab.listeners.append(socket.create_connection(("127.0.0.1", bad.port)))
    client = lab.ls(bad, good, timeout=5).connect()
    assert client.ask(b"b.example") == B
    if trouble in {"closes", "resets", "half a line"}:
        peer = bad.accept()
        assert peer.line() == b"b.example"
        client.send(b"b.example\n")
        assert peer.line() == b"b.example"
        if trouble == "half a line":
            peer.send(b"b.example 9.9.")
        (peer.reset if trouble == "resets" else peer.close)()
        assert client.line() == B
        bad.close()
    assert [client.ask(b"b.example") for _ in range(5)] == [B] * 5


def test_b2_a_miss_is_said_at_its_time_even_if_every_ts_is_dead(lab: Any) -> None:
    client = lab.ls(lab.free_port(), lab.free_port(), timeout=0.5).connect()
    before = time.monotonic()
    assert client.ask(b"a.example") == b"a.example" + NOT_FOUND
    assert time.monotonic() - before > 0.48


def test_b3_a_killed_ts_that_comes_back_answers_again(lab: Any) -> None:
    ts = lab.ts("a.example 1.1.1.1 A")
    client = lab.ls(ts, lab.ts()).connect()
    assert client.ask(b"a.example") == A
    ts.kill()
    lab.ts("a.example 3.3.3.3 A", port=ts.port)
    assert client.ask(b"a.example") == b"a.example 3.3.3.3 A"


def test_b3_a_ts_that_comes_back_while_a_query_waits_gets_that_query(lab: Any) -> None:
    port = lab.free_port()
    client = lab.ls(port).connect()
    client.send(b"a.example\n")
    assert client.silent(0.2)
    lab.ts("a.example 1.1.1.1 A", port=port)
    assert client.line() == A


def test_b3_a_dial_that_hung_is_made_anew(lab: Any) -> None:
    ts = lab.play()
    ts.sock.listen(0)
    stuffing = socket.create_connection(("127.0.0.1", ts.port))
    client = lab.ls(ts, timeout=0.5).connect()
    assert client.ask(b"a.example") == b"a.example" + NOT_FOUND
    stuffing.close()
    ts.accept()
    time.sleep(1)
    client.send(b"a.example\n")
    peer = ts.accept()
    assert peer.line() == b"a.example"


def test_b3_b5_a_ts_that_closes_after_half_an_answer_is_asked_again(lab: Any) -> None:
    ts = lab.play()
    client = lab.ls(ts).connect()
    client.send(b"a.example\n")
    peer = ts.accept()
    peer.send(b"a.example 9.9.9.9 A")
    peer.close()
    peer = ts.accept()
    assert peer.line() == b"a.example"
    peer.send(A + b"\n")
    assert client.line() == A


def test_b4_answers_and_queries_may_be_split_at_any_byte(lab: Any) -> None:
    ts = lab.play()
    client = lab.ls(ts).connect()
    client.send(b"a.example\n")
    peer = ts.accept()
    peer.line()
    for at in range(1, len(A) + 1):
        peer.send((A + b"\n")[:at])
        time.sleep(0.002)
        peer.send((A + b"\n")[at:])
        assert client.line() == A
        query = b"a.example\n"
        client.send(query[: at % 10])
        time.sleep(0.002)
        client.send(query[at % 10 :])
        assert peer.line() == b"a.example"


def test_b4_several_answers_in_one_segment_are_told_apart_by_name(lab: Any) -> None:
    ts = lab.play()
    client = lab.ls(ts).connect()
    client.send(b"b.example\na.example\n")
    peer = ts.accept()
    peer.line()
    peer.send(A + b"\n" + B + b"\n")
    assert client.line() == B
    peer.line()
    peer.send(B + b"\n" + A + b"\n")
    assert client.line() == A


@pytest.mark.parametrize(
    "noise",
    [
        b"\n",
        B + b"\n",
        b"\r\n \n",
        b"a.example\n",
        b"a.example - Error:HOST NOT FOUND\n",
        b"a.example 1.2.3.4 Ab.example 1.1.1.1 A\n",
        b"a.example \xff\xfe A\n",
        b"a.example 1.1.1.1 A \xff\n",
        b"a.example 1.1.1.1\0 A\n",
        b"\0\1\2\3\xff\n",
        b"x" * 5000 + b"\n",
        b"a.example 1.1.1.1 A " + b"x" * 5000 + b"\n",
        b"a.example" + b"x" * 200000 + b"\n",
    ],
)
def test_b5_a_line_that_is_no_answer_is_ignored(lab: Any, noise: bytes) -> None:
    ts = lab.play()
    client = lab.ls(ts).connect()
    client.send(b"a.example\n")
    peer = ts.accept()
    peer.send(noise)
    peer.send(A + b"\n")
    assert client.line() == A


def test_b5_b6_neither_noise_nor_a_trickle_moves_the_deadline(lab: Any) -> None:
    ts = lab.play()
    client = lab.ls(ts, timeout=0.5).connect()
    client.send(b"a.example\n")
    peer = ts.accept()
    for byte in range(40):
        peer.send(b"zz\nxa"[byte % 5 :][:1])
        if not client.silent(0.05):
            break
    else:
        pytest.fail("LS never gave up")


@pytest.mark.parametrize("manner", ["vanishes", "resets", "stops reading", "garbage", "overlong", "endless"])
def test_b7_b12_a_bad_client_harms_no_other(lab: Any, manner: str) -> None:
    ls = lab.ls(lab.ts("a.example 1.1.1.1 A"), lab.ts())
    good, bad = ls.connect(), ls.connect()
    if manner == "garbage":
        bad.send(os.urandom(3000).replace(b"\n", b"") + b"\n")
    elif manner == "overlong":
        bad.send(b"a.example\n" + b"x" * 5000 + b"\na.example\n")
        assert bad.line() == A
        assert bad.ended()
    elif manner == "endless":
        assert isinstance(bad.flood(b"x" * 100000, times=1000000), ConnectionError)
    elif manner == "stops reading":
        bad.sock.settimeout(0.3)
        assert isinstance(bad.flood(b"a.example\n" * 10000), TimeoutError)
    else:
        bad.send(b"nobody.example\n")
        (bad.reset if manner == "resets" else bad.close)()
    assert good.ask(b"a.example") == A
    assert ls.connect().ask(b"a.example") == A


def test_b7_b8_a_client_that_stopped_reading_is_let_go(lab: Any) -> None:
    name = b"x" * 4000
    ls = lab.ls(lab.ts(name.decode() + " 1.1.1.1 A"), timeout=1)
    before = ls.descriptors(), ls.threads()
    client = ls.connect()
    assert isinstance(client.flood(name + b"\n", times=1000000), ConnectionError)
    lab.until(lambda: (ls.descriptors(), ls.threads()) == before, "LS lets go")


def test_b8_nothing_grows_with_the_sessions(lab: Any) -> None:
    ls = lab.ls(lab.ts("a.example 1.1.1.1 A"), lab.free_port())
    before = ls.descriptors(), ls.threads()
    for number in range(100):
        client = ls.connect()
        assert client.ask(b"a.example") == A
        if number % 4 == 0:
            client.send(b"nobody.example\n")
            client.reset()
        elif number % 4 == 1:
            client.send(b"done\n")
            assert client.ended()
        else:
            client.close()
    lab.until(lambda: (ls.descriptors(), ls.threads()) == before, "all is free again")


def test_b8_no_processor_time_is_burned_while_waiting(lab: Any) -> None:
    closer = lab.play()
    ls = lab.ls(closer, lab.free_port(), lab.ts(), timeout=5)
    idle, waiting, half_closed = ls.connect(), ls.connect(), ls.connect()
    waiting.send(b"a.example\n")
    half_closed.send(b"a.example\n")
    half_closed.sock.shutdown(socket.SHUT_WR)
    for _ in range(2):
        closer.accept().close()
    before = ls.cpu()
    assert idle.silent(0.6)
    assert ls.cpu() - before < 0.3


def test_b9_the_wall_clock_is_not_read() -> None:
    source = (Path(__file__).resolve().parents[2] / "servers" / "ls.py").read_text()
    assert "time.time(" not in source
    assert "datetime" not in source


def test_b10_out_of_descriptors_ls_waits_and_serves_again(lab: Any) -> None:
    ls = lab.ls(lab.ts("a.example 1.1.1.1 A"), lab.ts())
    good = ls.connect()
    assert good.ask(b"a.example") == A
    limits = resource.prlimit(ls.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(ls.pid, resource.RLIMIT_NOFILE, (ls.descriptors(), limits[1]))
    waiting = ls.connect()
    waiting.send(b"a.example\n")
    before = ls.cpu()
    assert waiting.silent(0.6)
    assert ls.cpu() - before < 0.3
    assert good.ask(b"a.example") == A
    resource.prlimit(ls.pid, resource.RLIMIT_NOFILE, limits)
    assert waiting.line() == A


def test_b11_ten_clients_at_once_are_served_and_none_delays_another(lab: Any) -> None:
    ls = lab.ls(lab.ts("a.example 1.1.1.1 A"), lab.ts(), timeout=60)
    clients = [ls.connect() for _ in range(10)]
    for client in clients[:9]:
        client.send(b"nobody.example\n")
    assert clients[9].ask(b"a.example") == A
    assert all(client.silent(0.01) for client in clients[:9])


def test_b13_of_two_answers_ready_at_once_ts1_is_relayed_and_the_conflict_reported(lab: Any) -> None:
    played = [lab.play(), lab.play()]
    ls = lab.ls(*played)
    client = ls.connect()
    client.send(b"b.example\n")
    peers = [ts.accept() for ts in played]
    assert [peer.line() for peer in peers] == [b"b.example"] * 2
    peers[1].send(B + b"\n")
    assert client.line() == B
    for _ in range(2):
        client.send(b"a.example\n")
        assert [peer.line() for peer in peers] == [b"a.example"] * 2
        ls.stop()
        peers[1].send(b"a.example 2.2.2.2 A\n")
        peers[0].send(A + b"\n")
        os.kill(ls.pid, signal.SIGCONT)
        assert client.line() == A
    lab.until(lambda: ls.said().count("conflict") == 2, "the conflict is reported")
    client.send(b"b.example\n")
    assert peers[0].line() == b"b.example"
    peers[0].send(B + b"\n")
    assert client.line() == B


def test_b13_the_first_answer_is_relayed_and_the_second_thrown_away(lab: Any) -> None:
    played = [lab.play(), lab.play()]
    ls = lab.ls(*played)
    client = ls.connect()
    client.send(b"a.example\n")
    peers = [ts.accept() for ts in played]
    peers[1].send(A + b"\n")
    assert client.line() == A
    peers[0].send(b"a.example 2.2.2.2 A\n")
    lab.until(lambda: "conflict" in ls.said(), "the conflict is reported")
    client.send(b"b.example\n")
    assert [peers[1].line(), peers[1].line()] == [b"a.example", b"b.example"]
    peers[1].send(B + b"\n")
    assert client.line() == B


def test_b14_an_idle_session_outlives_the_time_out(lab: Any) -> None:
    client = lab.ls(lab.ts("a.example 1.1.1.1 A"), lab.ts(), timeout=0.2).connect()
    assert client.silent(0.6)
    lab.until(lambda: client.ask(b"a.example") == A, "an answer")


def test_b15_killed_with_sessions_open_ls_listens_again(lab: Any) -> None:
    ts = lab.ts("a.example 1.1.1.1 A")
    ls = lab.ls(ts)
    client = ls.connect()
    assert client.ask(b"a.example") == A
    client.send(b"nobody.example\n")
    ls.kill()
    again = lab.start("ls", ls.port, "127.0.0.1", ts.port).listens()
    assert again.connect().ask(b"a.example") == A


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_ls_without_a_traceback(lab: Any, number: int) -> None:
    ls = lab.ls(lab.free_port())
    waiting = ls.connect()
    waiting.send(b"a.example\n")
    assert waiting.silent(0.1)
    os.kill(ls.pid, number)
    assert ls.status() == {signal.SIGINT: 130, signal.SIGTERM: -signal.SIGTERM}[number]
    assert ls.said().count("\n") == 1
    assert ls.output.read_bytes() == b""


@pytest.mark.parametrize(
    "words",
    [[], ["x"], ["0"], ["1", "h"], ["1", "h", "x"], ["1", "h", "2", "h"], ["1", "h", "65536"], ["1", "no host", "2"]],
)
def test_bad_arguments_are_told_in_one_line(lab: Any, words: list[str]) -> None:
    ls = lab.start("ls", *(words or ["99999"]))
    assert ls.status() == 2
    assert ls.said().count("\n") == 1


@pytest.mark.parametrize("seconds", ["nan", "inf", "-1", "0", "86401", "x", ""])
def test_a_time_out_that_is_none_is_told_in_one_line(lab: Any, seconds: str) -> None:
    ls = lab.start("ls", "1", "127.0.0.1", "2", "--timeout", seconds)
    assert ls.status() == 2
    assert ls.said().count("\n") == 1


def test_the_greatest_port_and_the_longest_time_out_are_taken(lab: Any) -> None:
    lab.start("ls", lab.free_port(), "127.0.0.1", 65535, "--timeout", 86400).listens()


def test_a_port_in_use_is_told_in_one_line(lab: Any) -> None:
    taken = lab.play()
    ls = lab.start("ls", taken.port, "127.0.0.1", taken.port)
    assert ls.status() == 1
    assert ls.said().count("\n") == 1
    assert "in use" in ls.said()
