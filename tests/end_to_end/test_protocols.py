"""Systems that do not speak in lines: the catalogue holds for them, and what is wrong with one is found as ever."""

import re
import sys
from pathlib import Path

import pytest

from tests.dialects import BLOCK, system
from tests.running import FIXTURES, ROOT, Told, scenario, start_lab, told

SPOKEN = pytest.mark.parametrize("protocol", ["nul", "padded"])
CATALOGUE = str(ROOT / "scenarios")
QUICK = scenario("", "[{ask: known.example, expect: {answer: 1.1.1.1}}]")


def run(folder: Path, protocol: str, *words: str) -> Told:
    profile = FIXTURES / "datagrams" / "system.yaml" if protocol == "udp" else system(protocol, folder)
    return told(start_lab(folder, *words, "--system", str(profile), "--clock", "jump"), 120)


@SPOKEN
def test_a_sound_system_passes_the_whole_catalogue(tmp_path: Path, protocol: str) -> None:
    ended = run(tmp_path, protocol, CATALOGUE)
    results = ended.report["scenarios"]
    odd = {one["name"]: one["reason"] for one in results if one["verdict"] != "passed"}
    mine = {name: why for name, why in odd.items() if "the clock" not in why and "jump clock" not in why}
    reasons = (r"its client \w+ is a program", rf"it has messages of \d+ bytes, and those of \S+ have {BLOCK}$")
    assert {why for why in mine.values() if not any(re.match(reason, why) for reason in reasons)} == set()
    assert len(mine) <= 10, mine
    assert ended.code == 0, ended.err


BARE = {
    "raw": (r".* needs message ends: in `raw`", r"its client \w+ is a program", r"its client .*: in `raw`"),
    "udp": (
        r".*: a datagram can be neither cut",
        r".*: over UDP nobody connects",
        r"its client \w+ is a program",
        r"it gives ls the option",
    ),
}


@pytest.mark.parametrize("protocol", list(BARE))
def test_a_sound_system_without_message_ends_passes_all_that_can_be_done_to_it(tmp_path: Path, protocol: str) -> None:
    ended = run(tmp_path, protocol, CATALOGUE)
    results = ended.report["scenarios"]
    odd = {one["name"]: one["reason"] for one in results if one["verdict"] != "passed"}
    mine = {name: why for name, why in odd.items() if "jump clock" not in why}
    assert {why for why in mine.values() if not any(re.match(reason, why) for reason in BARE[protocol])} == set()
    assert len(mine) < len(results) * {"raw": 0.3, "udp": 0.55}[protocol], mine
    assert ended.code == 0, ended.err


@SPOKEN
def test_an_ls_that_speaks_in_lines_fails_there(tmp_path: Path, protocol: str) -> None:
    (tmp_path / "it.yaml").write_text(QUICK, encoding="utf-8")
    lines = f"{sys.executable} {ROOT}/servers/ls.py"
    ended = run(tmp_path, protocol, str(tmp_path / "it.yaml"), "--ls", lines)
    assert ended.only["verdict"] == "failed"
    broken = [one for one in ended.only["findings"] if one["verdict"] == "failed"]
    assert {one["blames"] for one in broken} == {"ls"}
    assert "C1" not in {one["clause"] for one in broken}, "it starts, and is not understood"


@SPOKEN
def test_a_server_that_leaves_the_end_of_its_message_away_is_found(tmp_path: Path, protocol: str) -> None:
    profile = system(protocol, tmp_path)
    ts = tmp_path / "ts.py"
    ended_by = {"nul": ('answer + b"\\0"', "answer"), "padded": ("padded(answer)", "answer")}[protocol]
    ts.write_text(ts.read_text(encoding="utf-8").replace(*ended_by), encoding="utf-8")
    (tmp_path / "it.yaml").write_text(QUICK, encoding="utf-8")
    ended = told(start_lab(tmp_path, str(tmp_path / "it.yaml"), "--system", str(profile), "--clock", "jump"), 60)
    assert ended.only["verdict"] == "failed"
    assert {one["blames"] for one in ended.only["findings"] if one["verdict"] == "failed"} == {"ts1"}


@pytest.mark.parametrize("wording", ["TIMED OUT", "Error:HOST NOT FOUND"])
def test_a_system_with_a_wording_of_its_own_is_held_to_that(tmp_path: Path, wording: str) -> None:
    source = (ROOT / "servers" / "ls.py").read_text(encoding="utf-8")
    assert source.count("Error:HOST NOT FOUND") == 1
    (tmp_path / "ls.py").write_text(source.replace("Error:HOST NOT FOUND", "TIMED OUT"), encoding="utf-8")
    said = (ROOT / "servers" / "reference.yaml").read_text(encoding="utf-8").replace("{here}", f"{ROOT}/servers")
    profile = tmp_path / "profile.yaml"
    profile.write_text(f"{said}\nnot_found: '{{name}} - {wording}'\n", encoding="utf-8")
    miss = scenario("", "[{ask: nobody.example}, {ask: known.example}]")
    (tmp_path / "it.yaml").write_text(miss, encoding="utf-8")
    words = ["--system", str(profile), "--ls", f"{sys.executable} {tmp_path}/ls.py", "--clock", "jump"]
    ended = told(start_lab(tmp_path, str(tmp_path / "it.yaml"), *words), 60)
    if wording == "TIMED OUT":
        assert ended.only["verdict"] == "passed", ended.only["findings"]
        assert [query["outcome"] for query in ended.only["queries"]] == ["not_found", "answered"]
    else:
        assert ended.only["verdict"] == "failed"
        assert {one["clause"] for one in ended.only["findings"] if one["verdict"] == "failed"} == {"C5"}


MANNERS = """
farewell: EOD
greeting: "hello*"
answer: "{line} IN"
"""


PROGRAM = scenario(clients="{ann: {by: program, ask: [known.example, nobody.example]}}", checks="[{wrote: ann}]")
GREETED_CLIENT = """\
import socket, sys
host, port, names, answers = sys.argv[1:]
with socket.create_connection((host, int(port))) as sock, sock.makefile("rw") as lines, open(answers, "w") as out:
    if not lines.readline().startswith("hello"):
        sys.exit("nobody greets me")
    for name in open(names):
        lines.write(name)
        lines.flush()
        out.write(lines.readline())
    lines.write("EOD\\n")
"""


def test_greeting_farewell_and_answers_of_a_system_are_taken_as_they_are(tmp_path: Path) -> None:
    """The reference programs with three changes of manner pass with the profile that says so, and else fail.

    A client that is a program hears the greeting, which it waits for; the lab's own does not.
    """
    ls = (ROOT / "servers" / "ls.py").read_text(encoding="utf-8")
    ts = (ROOT / "servers" / "ts.py").read_text(encoding="utf-8")
    polite = ls.replace('name == b"done"', 'name == b"EOD"').replace(
        '        rest = b""\n        while',
        '        self.client.sendall(b"hello, dear client\\n")\n        rest = b""\n        while',
        1,
    )
    assert polite.count("EOD") == 1
    assert polite.count("hello, dear") == 1
    assert ts.count('answer + b"\\n"') == 1
    (tmp_path / "ls.py").write_text(polite, encoding="utf-8")
    (tmp_path / "ts.py").write_text(ts.replace('answer + b"\\n"', 'answer + b" IN\\n"'), encoding="utf-8")
    said = (ROOT / "servers" / "reference.yaml").read_text(encoding="utf-8")
    (tmp_path / "plain.yaml").write_text(said, encoding="utf-8")
    (tmp_path / "client.py").write_text(GREETED_CLIENT, encoding="utf-8")
    greeted = said.replace("--names {names} --out {answers}", "{names} {answers}")
    assert greeted != said
    (tmp_path / "manners.yaml").write_text(greeted + MANNERS, encoding="utf-8")
    (tmp_path / "program.yaml").write_text(PROGRAM, encoding="utf-8")
    steps = "[{ask: known.example, expect: {answer: 1.1.1.1}}, {ask: nobody.example, expect: {not_found: 5s}}]"
    (tmp_path / "it.yaml").write_text(scenario("", steps), encoding="utf-8")
    verdicts = {
        name: told(
            start_lab(
                tmp_path, str(tmp_path / "it.yaml"), "--system", str(tmp_path / f"{name}.yaml"), "--clock", "jump"
            ),
            60,
        ).only
        for name in ("plain", "manners")
    }
    assert verdicts["manners"]["verdict"] == "passed", verdicts["manners"]["findings"]
    assert verdicts["manners"]["queries"][0]["reply"] == "known.example 1.1.1.1 A IN"
    assert verdicts["plain"]["verdict"] == "failed"
    words = [str(tmp_path / "program.yaml"), "--system", str(tmp_path / "manners.yaml"), "--clock", "jump"]
    by_program = told(start_lab(tmp_path, *words), 60).only
    assert by_program["verdict"] == "passed", by_program["findings"]
