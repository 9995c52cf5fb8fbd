"""What all three programs have in common on the command line: --help, and options wherever they stand."""

import time
from typing import Any

import pytest

USAGE = {
    "ls": "python ls.py PORT TS1_HOST TS1_PORT [TS2_HOST TS2_PORT ...] [--timeout SECONDS] [--host ADDRESS]",
    "ts": "python ts.py PORT TABLE [--host ADDRESS]",
    "client": "python client.py LS_HOST LS_PORT [--names FILE] [--out FILE] [--timeout SECONDS]",
}


@pytest.mark.parametrize("role", USAGE)
def test_help_goes_to_standard_output_and_is_no_failure(lab: Any, role: str) -> None:
    program = lab.start(role, "--help")
    assert program.status() == 0
    assert USAGE[role] in program.output.read_text()
    assert program.said() == ""


@pytest.mark.parametrize("role", USAGE)
@pytest.mark.parametrize("words", [["--nonsense"], ["-t", "3"], ["--help=more"], ["1"]])
def test_a_wrong_command_line_is_told_in_one_line_that_names_help(lab: Any, role: str, words: list[str]) -> None:
    program = lab.start(role, *words)
    assert program.status() == 2
    assert program.said().startswith(f"{role}.py: ")
    assert program.said().endswith(" (--help says more)\n")
    assert program.said().count("\n") == 1
    assert program.output.read_bytes() == b""


@pytest.mark.parametrize("given", [["--timeout", "0.3"], ["--timeout=0.3"], ["--time=0.3", "--host=127.0.0.1"]])
def test_options_stand_anywhere_and_take_their_value_with_or_without_a_sign(lab: Any, given: list[str]) -> None:
    ls = lab.start("ls", lab.free_port(), "127.0.0.1", *given, lab.play().port).listens()
    before = time.monotonic()
    assert ls.connect().ask(b"a.example") == b"a.example - Error:HOST NOT FOUND"
    assert time.monotonic() - before < 4
