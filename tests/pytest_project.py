"""A small project with scenarios, in a folder of the test's own, on which a whole pytest runs as its own process."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
PLENTY = 60.0

TABLES = "tables: {ts1: {known.example: 1.1.1.1}, ts2: {other.example: 2.2.2.2}}"
PASSES = f"""lab: scenario/1
story: A known name is answered.
{TABLES}
queries:
  - ask: known.example
    expect: {{answer: 1.1.1.1}}
"""
CASES = PASSES.replace(
    "tables:", "cases:\n  upper: {asked: KNOWN.example}\n  lower-2: {asked: known.example}\ntables:"
).replace("ask: known.example", 'ask: "${asked}"')
FAILS = (
    PASSES.replace("A known name is answered.", "LS is to end, and does not.") + "checks:\n  - exited: {server: ls}\n"
)
PROVES_NOTHING = f"{PASSES}faults:\n  - drop: {{flow: ts1->ls, name: never.example}}\n"
WAITS = PASSES.replace("  - ask:", "  - wait: 30s\n  - ask:")
BROKEN = PASSES.replace("queries:", "faults:\n  - delay: {flow: ts1->ls, by: 4}\nqueries:")


@dataclass
class Project:
    """A folder with scenarios.

    Attributes:
        folder: The root; its folder `tmp` is where the run puts temporary files.
    """

    folder: Path

    def __post_init__(self) -> None:
        (self.folder / "tmp").mkdir()
        system = os.path.relpath(ROOT / "servers" / "reference.yaml", self.folder)
        (self.folder / "pytest.ini").write_text(f"[pytest]\nlab_system = {system}\n", encoding="utf-8")
        (self.folder / "scenarios").mkdir()

    def write(self, **scenarios: str) -> None:
        for name, text in scenarios.items():
            (self.folder / "scenarios" / f"{name}.yaml").write_text(text, encoding="utf-8")

    @contextlib.contextmanager
    def started(self, *arguments: str) -> "Iterator[subprocess.Popen[str]]":
        """A pytest that is killed at the end unless it has ended."""
        with self._start(*arguments) as process:
            try:
                yield process
            finally:
                process.kill()
                process.wait()

    def _start(self, *arguments: str) -> "subprocess.Popen[str]":
        plugins = ["lab.pytest_plugin", "no:cacheprovider", "timeout", "xdist"]
        words = [word for plugin in plugins for word in ("-p", plugin)]
        command = [sys.executable, "-m", "pytest", *words, *arguments]
        environment = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(self.folder / "tmp"), "COLUMNS": "200"}
        environment |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
        for name in [name for name in environment if name.startswith("PYTEST_XDIST")]:
            del environment[name]
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=environment,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def run(self, *arguments: str) -> tuple[int, str]:
        with self.started(*arguments) as process:
            output, _ = process.communicate()
            return process.returncode, output

    # What a run leaves

    @property
    def reports(self) -> Path:
        return self.folder / "reports" / "latest"

    @property
    def ran(self) -> list[str]:
        """The scenarios that were started, by name; a second run of one ends in `.run2`."""
        return sorted(path.parent.name for path in self.reports.glob("*/history.jsonl"))

    def result(self, scenario: str) -> dict[str, object]:
        found: dict[str, object] = json.loads((self.reports / scenario / "result.json").read_text(encoding="utf-8"))
        return found

    def starts_of_ls(self, scenario: str) -> int:
        lines = (self.reports / scenario / "history.jsonl").read_text(encoding="utf-8").splitlines()
        events = [json.loads(line) for line in lines]
        return sum(event["kind"] == "started" and event["server"] == "ls" for event in events)

    # What must not be left

    def processes(self) -> list[psutil.Process]:
        """Every process of a run here: its command names the folder, or it works there."""
        return [process for process in psutil.process_iter() if process.pid != os.getpid() and self._is_of(process)]

    def _is_of(self, process: psutil.Process) -> bool:
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            return str(self.folder) in " ".join([process.cwd(), *process.cmdline()])
        except psutil.Error:
            return False

    def ports(self) -> set[int]:
        """The ports that a run here listens on."""
        found: set[int] = set()
        for process in self.processes():
            try:
                found |= {each.laddr.port for each in process.net_connections("tcp") if each.status == "LISTEN"}
            except psutil.Error:
                continue
        return found

    def leftovers(self) -> list[str]:
        """Processes and temporary files of a run here; the folders that pytest itself makes are its own."""
        files = [str(path) for path in (self.folder / "tmp").glob("fault-lab*")]
        return [*map(str, self.processes()), *files]


def eventually(holds: Callable[[], object]) -> bool:
    """Whether something comes true before patience ends."""
    end = time.monotonic() + PLENTY
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True
