"""What a run shows while it goes on: a line per scenario as it ends, and on a terminal a live footer."""

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.status import Status
from rich.text import Text

from lab.history import History
from lab.reporters.console import Line, scenario_line, summary_lines
from lab.reporters.failure import describe
from lab.result import RunResult, ScenarioResult
from lab.verdict import Verdict

STYLES = {
    Verdict.PASSED: "green",
    Verdict.FAILED: "bold red",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.ERROR: "bold magenta",
    Verdict.SKIPPED: "dim",
}


class Quietable(Console):
    """A console that falls silent when nobody reads it any more: the run goes on, and its reports are written."""

    def on_broken_pipe(self) -> None:
        """Whoever read has gone, as `head` does."""
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def write(self, line: str) -> None:
        """Print a line as it stands, where there are no colours: quickly, as the run has the same processors."""
        if self.quiet:
            return
        try:
            print(line, file=self.file, flush=True)
        except BrokenPipeError:
            self.on_broken_pipe()


class Show:
    """The run on the console.

    Args:
        total: How many scenarios there are.
        quiet: Nothing on standard output but what the caller prints: the lines go to standard error.
    """

    def __init__(self, total: int, *, quiet: bool) -> None:
        self._console = Quietable(file=sys.stderr if quiet else sys.stdout, highlight=False, soft_wrap=True)
        self._total = total
        self._done = 0
        self._troubled: list[tuple[ScenarioResult, History]] = []
        self._status: Status | None = Status("", console=self._console) if self._console.is_terminal else None

    def __enter__(self) -> Self:
        if self._status is not None:
            self._footer()
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status is not None:
            self._status.stop()

    def ended(self, result: ScenarioResult, history: History) -> None:
        """One line for a scenario that ended."""
        self._done += 1
        text = _safe(scenario_line(result))
        if self._console.is_terminal:
            line = Text(text, style=STYLES[result.verdict])
            line.truncate(self._console.width, overflow="ellipsis")
            self._console.print(line)
        else:
            self._console.write(text)
        if result.verdict not in (Verdict.PASSED, Verdict.SKIPPED):
            self._troubled.append((result, history))
        self._footer()

    def _footer(self) -> None:
        if self._status is not None:
            self._status.update(f"{self._done} of {self._total} scenarios have ended")

    def finish(self, run: RunResult, folder: Path) -> None:
        """What went wrong, at length, and the closing lines."""
        for result, history in self._troubled:
            self._print(f"\n{describe(result, history)}", "")
        for line in summary_lines(run, str(folder)):
            self._print(line.text, STYLES[line.verdict] if isinstance(line, Line) and line.verdict else "")

    def _print(self, text: str, style: str) -> None:
        self._console.print(_safe(text), style=style or None, markup=False)


def _safe(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
