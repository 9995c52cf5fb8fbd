"""Whoever reads no more is felt by who writes: its writes are taken until the buffers are full, and then they wait."""

import json
from pathlib import Path

import pytest

from lab.runner.options import Options
from tests.running import FIXTURES, run_texts, scenario

LS = f"{{python}} {FIXTURES}/pouring_ls.py {{port}} {{ts1.host}} {{ts1.port}}"
STOPS = "[{ask: client, then: go_on}, stop_reading, {wait: 3s}]"
READS = "[{ask: client, then: go_on}, {wait: 3s}]"
IGNORED = "[ignore: {flow: ls->ts1}]"
HEALED = "[{ignore: {flow: ls->ts1}, until: 700ms}]"
ASKS = "[{ask: server, then: go_on}, {wait: 3s}]"


def poured(folder: Path, clock: str, faults: str, queries: str) -> tuple[int, str]:
    text = scenario(faults, queries)
    run_texts(folder, {"pour": text}, Options(clock=clock), ls=LS)
    taken, how = json.loads((folder / "run" / "pour" / "ls.log").read_text(encoding="utf-8"))
    return taken, how


@pytest.mark.parametrize("clock", ["real", "jump"])
@pytest.mark.parametrize(("faults", "queries"), [("", STOPS), (IGNORED, ASKS)], ids=["stop_reading", "ignore"])
def test_a_receiver_that_reads_no_more_blocks_its_sender(tmp_path: Path, clock: str, faults: str, queries: str) -> None:
    assert poured(tmp_path, clock, faults, queries)[1] == "blocked"


@pytest.mark.parametrize("clock", ["real", "jump"])
@pytest.mark.parametrize(("faults", "queries"), [("", READS), (HEALED, ASKS)], ids=["reads", "ignore_is_healed"])
def test_a_receiver_that_reads_again_lets_its_sender_go_on(
    tmp_path: Path, clock: str, faults: str, queries: str
) -> None:
    assert poured(tmp_path, clock, faults, queries)[1] == "all"
