"""Scenario files and scenarios as pytest collects, runs and reports them.

A scenario's verdict maps to what pytest knows: failed is a failure of the call; inconclusive and error are errors of
the set-up, as nothing was proved; skipped is a skip. Whatever is not passed never passes.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.errors import BadInput
from lab.pytest_plugin import bench_of
from lab.pytest_plugin.bench import Ended
from lab.pytest_plugin.mailbox import LabGoneError
from lab.result import ScenarioResult
from lab.scenario.matching import is_too_deep
from lab.verdict import Verdict

CALLED = (Verdict.PASSED, Verdict.FAILED)
Frames = pytest.ExceptionInfo[BaseException]


class NotPassedError(Exception):
    """A scenario that did not pass; the message is all there is to show of it.

    Args:
        text: The block.
        line: The same in one line.
    """

    def __init__(self, text: str, line: str) -> None:
        super().__init__(text)
        self.line = line


class ScenarioFile(pytest.File):
    """A YAML file of the format scenario/1."""

    def collect(self) -> Iterator["ScenarioItem"]:
        """One item for each case, or the one; deep ones are left out later, unless they are asked for."""
        try:
            scenarios = bench_of(self.config).scenarios_of(self.path)
        except BadInput as bad:
            raise self.CollectError(str(bad).encode("utf-8", "backslashreplace").decode()) from None
        is_named, expression = self.session.isinitpath(self.path), str(self.config.getoption("keyword"))
        for scenario in scenarios:
            item = ScenarioItem.from_parent(self, name=scenario.name)
            item.is_too_deep = not is_named and is_too_deep(scenario.tags, expression)
            item.extra_keyword_matches.update(scenario.tags)
            yield item


class ScenarioItem(pytest.Item):
    """One scenario, or one case of it.

    Attributes:
        is_too_deep: Whether it is run only if it is asked for, and nobody does.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.is_too_deep = False
        self._turn = 0
        self._ended: Ended | None = None
        self.add_marker("scenario")

    def setup(self) -> None:
        """Wait for the scenario's end; a second time, for the end of a second run."""
        self._turn += 1
        self._ended = None
        bench = bench_of(self.config)
        try:
            bench.start({item.name: item.path for item in self.session.items if isinstance(item, ScenarioItem)})
            self._ended = bench.result_of(self.name, f"{self.name}.{self._turn}")
        except LabGoneError as gone:
            first, *_ = str(gone).splitlines()
            raise NotPassedError(f"error: {self.name}\n    {gone}", first) from None
        result = self._ended.result
        self.user_properties[:] = _properties(result)
        if result.verdict == Verdict.SKIPPED:
            pytest.skip(result.reason)
        if result.verdict not in CALLED:
            raise self._not_passed(self._ended)

    def runtest(self) -> None:
        """Fail if the scenario failed."""
        if self._ended is None:
            self.setup()
        assert self._ended is not None
        if self._ended.result.verdict != Verdict.PASSED:
            raise self._not_passed(self._ended)

    @staticmethod
    def _not_passed(ended: Ended) -> NotPassedError:
        return NotPassedError(ended.text, ended.line or str(ended.result.verdict))

    def repr_failure(self, excinfo: Frames, style: Any = None) -> Any:
        """The scenario's own block, without frames; only a bug of this plugin shows them."""
        if not isinstance(excinfo.value, NotPassedError | pytest.fail.Exception):
            return super().repr_failure(excinfo, style)
        shown = excinfo.getrepr(style="value")
        if shown.reprcrash is not None:
            shown.reprcrash.path, shown.reprcrash.lineno = self._place()
            shown.reprcrash.message = getattr(excinfo.value, "line", str(excinfo.value))
        return shown

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Its file and name."""
        return self.path, None, self.name

    def complete(self, report: pytest.TestReport, excinfo: Frames | None) -> None:
        """Give a report of this item what the scenario's result says, in the place of what pytest saw."""
        if excinfo is not None and report.when == "setup":
            self._complete_setup(report, excinfo)
        if self._ended is None:
            return
        result = self._ended.result
        report.sections += [(f"Captured stdout of {name}", text) for name, text in _printed(result)]
        report.duration = result.wall_s if report.when == ("call" if result.verdict in CALLED else "setup") else 0.0
        if report.when == "teardown":
            self._ended = None

    def _complete_setup(self, report: pytest.TestReport, excinfo: Frames) -> None:
        if isinstance(excinfo.value, pytest.skip.Exception):
            path, line = self._place()
            report.longrepr = (path, line, f"Skipped: {excinfo.value}")
        elif report.failed:
            report.longrepr = self.repr_failure(excinfo)

    def _place(self) -> tuple[str, int]:
        """The line of the file that the first finding is about, as far as one is."""
        broken = self._ended.result.broken if self._ended else ()
        lines = [finding.place.line for finding in broken if finding.place]
        return bench_of(self.config).seen_from_root(self.path), lines[0] if lines else 1


def _properties(result: ScenarioResult) -> list[tuple[str, object]]:
    facts: dict[str, object] = {
        "verdict": str(result.verdict),
        "seed": result.seed,
        "clock": result.clock,
        "launch": result.launch,
        "level": result.level,
        "clauses": " ".join(result.clauses),
        "virtual_s": result.virtual_s,
        "wall_s": result.wall_s,
        "points": result.points,
        "command": result.command,
    }
    return [(name, value) for name, value in facts.items() if value not in (None, "")]


def _printed(result: ScenarioResult) -> list[tuple[str, str]]:
    return [
        (name, text.encode("utf-8", "backslashreplace").decode())
        for name, text in result.outputs.items()
        if text.strip()
    ]
