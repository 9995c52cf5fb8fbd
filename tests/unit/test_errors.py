"""The lab's own errors."""

import pickle
import tempfile
from pathlib import Path
from typing import Never

import pytest

from lab import cli
from lab.errors import BadInput


def test_bad_input_says_the_same_when_a_worker_has_sent_it() -> None:
    bad = BadInput.because("ls cannot be started: my_ls: No such file or directory", "check the command")
    sent = pickle.loads(pickle.dumps(bad))
    assert (str(sent), sent.complaints) == (str(bad), bad.complaints)


def test_a_bug_of_the_lab_is_told_without_its_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(**_told: object) -> Never:
        raise ValueError("3 is not 4")

    monkeypatch.setattr(cli.cli, "main", broken)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert cli.code_of([]) == cli.EXIT_TROUBLE
    said, (kept,) = capsys.readouterr().err, tmp_path.iterdir()
    assert said == f"the lab's own trouble, a bug: 3 is not 4; please report it with {kept}\n"
    assert "ValueError: 3 is not 4" in kept.read_text(encoding="utf-8")
