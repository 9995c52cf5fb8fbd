"""Gradings in a process of their own, of submissions made of this repository's servers."""

import os
import shutil
import subprocess  # noqa: TID251 - the lab runs as a user starts it
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.catalogue_runs import VARIANTS
from tests.running import FIXTURES, ROOT

PROGRAMS = ("ls", "ts", "client")
PROFILE = """\
lab: profile/1
about: A submission has ls.py, ts.py and client.py.
servers:
  ts1: {run: "{python} ts.py {port} {table}", copy_of: example}
  ts2: {like: ts1}
  ls: {run: "{python} ls.py {port} {ts1.host} {ts1.port} {ts2.host} {ts2.port}", copy_of: example}
client: {run: "{python} client.py {ls.host} {ls.port} --names {names} --out {answers}", copy_of: example}
"""
QUICK = """\
lab: rubric/1
baseline: [known_by_ts1, known_by_nobody]
parts:
  - {title: Answers, points: 60, scenarios: [known_by_ts1, known_by_ts2, slow_ts1_ts2]}
  - {title: Secret, points: 40, scenarios: [known_by_nobody, lost_answer_ts1], credit: all, hidden: true}
"""
"""A rubric of five scenarios."""


@dataclass(frozen=True)
class Graded:
    """What a grading came to."""

    code: int
    out: str
    err: str


def submission(place: Path, student: str, *variants: str, sound: str = "") -> Path:
    """A folder with the reference servers, some of them broken, or LS another sound one."""
    folder = place / student
    folder.mkdir(parents=True)
    for name in PROGRAMS:
        shutil.copy(ROOT / "servers" / f"{name}.py", folder)
    for name in variants:
        (folder / f"{VARIANTS[name].role}.py").write_text(VARIANTS[name].text, encoding="utf-8")
    if sound:
        shutil.copy(FIXTURES / "sound" / f"{sound}.py", folder / "ls.py")
    return folder


def furnish(folder: Path, rubric: str = QUICK) -> list[str]:
    """The profile, its example and a rubric in a folder; the options that name them."""
    submission(folder, "example")
    (folder / "profile.yaml").write_text(PROFILE, encoding="utf-8")
    (folder / "rubric.yaml").write_text(rubric, encoding="utf-8")
    return ["--profile", str(folder / "profile.yaml"), "--rubric", str(folder / "rubric.yaml")]


def start(folder: Path, *words: str) -> "subprocess.Popen[str]":
    """`lab grade` in a session of its own, all that it writes below `folder`."""
    (folder / "tmp").mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-m", "lab", "grade", *words],
        cwd=folder,
        env={**os.environ, "TMPDIR": str(folder / "tmp")},
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: "subprocess.Popen[str]", within: float = 150.0) -> Graded:
    """What it says, within a time of ours; after that it is killed, and the test is over."""
    try:
        out, err = process.communicate(timeout=within)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError(f"the grading hung for {within:g} s: {out[-500:]} {err[-2000:]}") from None
    return Graded(process.returncode, out, err)


def graded(folder: Path, *words: str, within: float = 150.0) -> Graded:
    """A grading, to its end."""
    return ended(start(folder, *words), within)
