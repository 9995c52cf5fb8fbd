"""Running scenarios from tests: texts to results and histories, in a folder of the test's own."""

import json
import os
import subprocess  # noqa: TID251 - some tests start the lab as a user does
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.history import History
from lab.result import ScenarioResult
from lab.runner.options import Options
from lab.runner.saving import RunFolder
from lab.runner.selecting import read
from lab.runner.session import Session
from lab.scenario.model import Scenario
from lab.scenario.profile import load_profile
from lab.scenario.replacing import with_command

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "servers" / "reference.yaml"
FIXTURES = ROOT / "tests" / "fixtures"


def catalogue() -> list[Scenario]:
    """The scenarios of this repository that are run where nobody asks for deep ones."""
    return read([str(ROOT / "scenarios")], load_profile(REFERENCE))


@dataclass
class Ran:
    results: dict[str, ScenarioResult]
    histories: dict[str, History]

    def printed(self, scenario: str, server: str = "ls", stream: str = "stdout") -> str:
        events = self.histories[scenario].all("output", server=server, stream=stream)
        return "".join(event["text"] for event in events)


def run_texts(folder: Path, texts: dict[str, str], options: Options | None = None, **commands: str) -> Ran:
    """Run these scenario texts together; `commands` replace roles, as `--ls` does."""
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    profile = load_profile(REFERENCE)
    for role, command in commands.items():
        profile = with_command(profile, role, command)
    paths = [str(folder / f"{name}.yaml") for name in texts]
    session = Session(profile, options or Options(), RunFolder(folder / "run"), "test", lambda *_: None)
    run = session.run(read(paths, profile))
    return Ran({result.name: result for result in run.scenarios}, session.histories)


def scenario(faults: str = "", queries: str = "", tables: str = "", **fields: str) -> str:
    """A scenario text with these parts; flow style, one line each."""
    lines = ["lab: scenario/1", "story: A scenario of a test."]
    lines += [f"{key}: {value}" for key, value in fields.items()]
    lines += [
        f"tables: {tables}" if tables else "tables: {ts1: {known.example: 1.1.1.1}, ts2: {other.example: 2.2.2.2}}"
    ]
    lines += [f"faults: {faults}"] if faults else []
    lines += [f"queries: {queries}"] if queries else []
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Told:
    """What a lab in a process of its own came to.

    Attributes:
        report: The object of `--json`; empty if there was none.
    """

    code: int
    report: dict[str, Any]
    err: str

    @property
    def only(self) -> dict[str, Any]:
        """The one scenario."""
        assert self.report, self.err
        (result,) = self.report["scenarios"]
        return dict(result)


STARTS = "import {modules}; {patches}; from lab.cli import main; main()"


def start_lab(
    folder: Path,
    *words: str,
    environment: Mapping[str, str] | None = None,
    patches: Mapping[str, object] | None = None,
) -> "subprocess.Popen[str]":
    """`lab run` in a session of its own, all that it writes below `folder`.

    Args:
        environment: What is to be otherwise in its environment.
        patches: Constants of the lab's modules that are to have other values, such as a shorter patience.
    """
    (folder / "tmp").mkdir(exist_ok=True)
    program = ["-m", "lab"]
    if patches:
        modules = ", ".join(sorted({name.rpartition(".")[0] for name in patches}))
        sets = "; ".join(f"{name} = {value!r}" for name, value in patches.items())
        program = ["-c", STARTS.format(modules=modules, patches=sets)]
    return subprocess.Popen(
        [sys.executable, *program, "run", *words, "--json", "--out", str(folder / "out")],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder / "tmp"), **(environment or {})},
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def told(process: "subprocess.Popen[str]", within: float) -> Told:
    """What it says, within a time of ours; after that it is killed, and the test is over."""
    try:
        out, err = process.communicate(timeout=within)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate(timeout=within)
        raise AssertionError(f"the lab hung for {within:g} s: {out[-500:]} {err[-2000:]}") from None
    return Told(process.returncode, json.loads(out) if out.startswith("{") else {}, err)


def compiled(source: Path, folder: Path, *flags: str) -> Path:
    """A program of C, built into a folder."""
    program = folder / source.stem
    command = ["cc", "-O1", "-o", str(program), str(source), *flags]
    subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return program
