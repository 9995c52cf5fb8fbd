"""Systems that do not speak in lines: the catalogue holds for them, and what is wrong with one is found as ever."""

import re
from pathlib import Path

import pytest

from tests.dialects import BLOCK, system
from tests.running import ROOT, Told, scenario, start_lab, told

SPOKEN = pytest.mark.parametrize("protocol", ["nul", "padded"])
CATALOGUE = str(ROOT / "scenarios")
QUICK = scenario("", "[{ask: known.example, expect: {answer: 1.1.1.1}}]")


def run(folder: Path, protocol: str, *words: str) -> Told:
    return told(start_lab(folder, *words, "--system", str(system(protocol, folder)), "--clock", "jump"), 120)


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


@SPOKEN
def test_an_ls_that_speaks_in_lines_fails_there(tmp_path: Path, protocol: str) -> None:
    (tmp_path / "it.yaml").write_text(QUICK, encoding="utf-8")
    lines = f"{{python}} {ROOT}/servers/ls.py"
    ended = run(tmp_path, protocol, str(tmp_path / "it.yaml"), "--ls", lines)
    assert ended.only["verdict"] == "failed"
    assert {one["blames"] for one in ended.only["findings"] if one["verdict"] == "failed"} == {"ls"}


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
