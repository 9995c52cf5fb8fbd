"""The fault `clock_jump`, pinned to what the server itself sees of it: its date moves, and no other time does."""

import json
import subprocess  # noqa: TID251 - a compiler that has no static library
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lab.runner.options import Clock, Options
from lab.verdict import Verdict
from lab.world.jump import building
from tests.running import FIXTURES, Ran, compiled, run_texts, scenario

CLOCKS = FIXTURES / "clocks"
ARGUMENTS = "{port} {ts1.host} {ts1.port} {ts2.host} {ts2.port}"
IN_PYTHON = f"{{python}} {CLOCKS}/clocks_ls.py {ARGUMENTS}"
SHIFTS = {"+1h": 3600.0, "-1h": -3600.0}
WAYS = ("c", "s", "n", "l", "r")
BY_DATE = WAYS[:3]
NEAR = 10.0
"""Seconds: so much may go by between two queries, on a busy machine."""
GRAIN = 0.7
both_clocks = pytest.mark.parametrize("clock", ["real", "jump"])
Command = Callable[[str], str]


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """The server of each language."""
    program = compiled(CLOCKS / "clocks_ls.c", tmp_path_factory.mktemp("clocks"), "-pthread")
    commands = {"python": IN_PYTHON, "C": f"{program} {ARGUMENTS}"}
    return commands.__getitem__


def jumping(server: str, by: str, moments: str = "when: {answered: client.1}, until: {answered: client.2}") -> str:
    return f'[{{id: jump, clock_jump: {{server: {server}, by: "{by}"}}, {moments}}}]'


ASKS = "[{ask: a.example}, {wait: {fired: jump}}, {ask: b.example}, {wait: {healed: jump}}, {ask: a.example}]"


def shown(folder: Path, ran: Ran, name: str = "it") -> list[dict[str, Any]]:
    """What the server printed; of a run that passed on the jump clock only its folder tells."""
    printed = folder / "run" / ran.results[name].folder / "ls.log"
    return [json.loads(line) for line in printed.read_text(encoding="utf-8").splitlines()]


@both_clocks
@pytest.mark.parametrize("language", ["python", "C"])
@pytest.mark.parametrize("by", SHIFTS)
def test_its_date_jumps_and_jumps_back_and_no_other_time_does(
    by: str, language: str, clock: Clock, command: Command, tmp_path: Path
) -> None:
    text = scenario(jumping("ls", by), ASKS)
    ran = run_texts(tmp_path, {"it": text}, Options(clock=clock), ls=command(language))
    assert ran.results["it"].faults[0].touched == (f"ls: jumped by {by}",), ran.results["it"].reason
    before, meanwhile, after = shown(tmp_path, ran)
    assert abs(meanwhile["wall"] - before["wall"] - SHIFTS[by]) < NEAR
    assert abs(after["wall"] - before["wall"]) < 2 * NEAR
    assert 0 <= meanwhile["monotonic"] - before["monotonic"] < NEAR
    for one in (before, meanwhile, after):
        assert abs(one["date"] - one["wall"]) < NEAR


@both_clocks
def test_a_server_whose_clock_is_not_set_has_the_date_of_all(clock: Clock, tmp_path: Path) -> None:
    text = scenario(jumping("ts1", "+1h"), ASKS)
    ran = run_texts(tmp_path, {"it": text}, Options(clock=clock), ls=IN_PYTHON)
    assert ran.results["it"].faults[0].fired
    before, meanwhile, _ = shown(tmp_path, ran)
    assert abs(meanwhile["wall"] - before["wall"]) < NEAR


@both_clocks
@pytest.mark.parametrize(("by", "waited"), [("+1h", 1.0), ("-2s", 5.0)])
def test_a_wait_for_a_date_ends_when_the_clock_shows_it_and_any_other_wait_as_it_would_have(
    by: str, waited: float, clock: Clock, command: Command, tmp_path: Path
) -> None:
    moments = "when: {asked: client.1, plus: 1s}"
    texts = {way: scenario(jumping("ls", by, moments), f"[{{ask: {way}.example}}]") for way in WAYS}
    ran = run_texts(tmp_path, texts, Options(clock=clock, jobs=5), ls=command("C"))
    for way in WAYS:
        assert ran.results[way].faults[0].fired, ran.results[way].reason
        due = waited if way in BY_DATE else 3.0
        (told,) = shown(tmp_path, ran, way)
        assert due - 0.05 <= told["waited"] <= due + GRAIN, way


@both_clocks
def test_a_server_that_is_down_has_no_clock_to_set(clock: Clock, tmp_path: Path) -> None:
    faults = '[kill: ts1, {clock_jump: {server: ts1, by: "+1h"}, when: {exited: ts1, plus: 50ms}}]'
    text = scenario(faults, "[{wait: {exited: ts1, plus: 100ms}}, {ask: other.example}]")
    kill, jump = run_texts(tmp_path, {"it": text}, Options(clock=clock)).results["it"].faults
    assert kill.fired
    assert not jump.fired


@both_clocks
def test_a_server_that_is_started_again_has_the_date_that_it_had(clock: Clock, tmp_path: Path) -> None:
    moments = "when: {answered: ann.1}, until: {answered: bob.1}"
    faults = f"{jumping('ls', '+1h', moments)[:-1]}, {{restart: {{server: ls, down: 100ms}}, when: {{fired: jump}}}}]"
    steps = (
        "{ask: a.example}",
        "{wait: {listening: ls, nth: 2}}, {ask: b.example}",
        "{wait: {healed: jump}}, {ask: c.example}",
    )
    clients = ", ".join(f"{name}: [{one}]" for name, one in zip(("ann", "bob", "cid"), steps, strict=True))
    text = scenario(faults, clients=f"{{{clients}}}")
    ran = run_texts(tmp_path, {"it": text}, Options(clock=clock), ls=IN_PYTHON)
    before, again, after = shown(tmp_path, ran)
    assert abs(again["wall"] - before["wall"] - SHIFTS["+1h"]) < NEAR
    assert abs(after["wall"] - before["wall"]) < 2 * NEAR


@both_clocks
def test_a_server_that_cannot_have_the_shim_is_the_labs_trouble(clock: Clock, tmp_path: Path) -> None:
    try:
        program = compiled(CLOCKS / "clocks_ls.c", tmp_path, "-static", "-pthread")
    except subprocess.CalledProcessError:
        pytest.skip("no static C library here")
    text = scenario(jumping("ls", "+1h"), ASKS)
    result = run_texts(tmp_path, {"it": text}, Options(clock=clock), ls=f"{program} {ARGUMENTS}").results["it"]
    assert result.verdict is Verdict.ERROR
    assert result.reason.startswith("ls runs a program that ")


def test_a_server_in_go_asks_past_the_shim_and_is_the_labs_trouble(tmp_path: Path) -> None:
    source = (CLOCKS / "clocks_ls.c").read_text(encoding="utf-8")
    marked = tmp_path / "as_in_go.c"
    marked.write_text(
        source + '__attribute__((used)) static const char mark[] = "\\xff Go buildinf:";\n', encoding="utf-8"
    )
    program = compiled(marked, tmp_path, "-pthread")
    text = scenario(jumping("ls", "+1h"), ASKS)
    ran = run_texts(tmp_path, {"it": text}, Options(clock="real"), ls=f"{program} {ARGUMENTS}")
    assert ran.results["it"].verdict is Verdict.ERROR
    assert ran.results["it"].reason.endswith("or one in Go), so its wall clock cannot be set")
    assert not ran.histories["it"].all("remained")


def test_without_a_compiler_it_is_skipped_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "spare").mkdir()
    monkeypatch.setattr(building.tempfile, "gettempdir", lambda: str(tmp_path / "spare"))
    monkeypatch.setattr(building.shutil, "which", lambda _: None)
    monkeypatch.delenv("CC", raising=False)
    text = scenario(jumping("ls", "+1h"), ASKS)
    result = run_texts(tmp_path, {"it": text}, Options(clock="real")).results["it"]
    assert result.verdict is Verdict.SKIPPED
    assert result.reason == (
        "not on the real clock: clock_jump needs wall clocks: the shim that answers for them needs a C compiler, and "
        "there is none (tried $CC, cc, gcc, clang)"
    )
