"""What one pytest session, or one worker of xdist, has of the lab: its choices, its mailbox and perhaps its child.

The process that reports (the only one, or the controller of xdist) starts the child and ends it; a worker is handed
the mailbox, and only asks and waits.
"""

import os
import secrets
import shlex
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from pathlib import Path

import pytest

from lab.errors import BadInput, Complaint
from lab.pytest_plugin.child import Child
from lab.pytest_plugin.mailbox import LabGoneError, Mailbox
from lab.result import ScenarioResult
from lab.runner.selecting import system_near
from lab.scenario.load import load
from lab.scenario.model import Profile, Scenario
from lab.scenario.profile import load_profile
from lab.scenario.references import check_against
from lab.world.real.world import wall_clock

WORKER_KEY = "lab_mailbox"
HINT = "(under pytest, --system is --lab-system=FILE, or lab_system in the configuration)"


@dataclass(frozen=True, slots=True)
class Ended:
    """A scenario's end as the lab tells it: its result, and the block of text and the one line that say why."""

    result: ScenarioResult
    text: str
    line: str


class Bench:
    """The lab as one pytest process sees it."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.reports: Path | None = None
        handed: str = getattr(config, "workerinput", {}).get(WORKER_KEY, "")
        unique = f"fault-lab-pytest-{os.getpid()}-{secrets.token_hex(4)}"
        self.mailbox = Mailbox(Path(handed) if handed else Path(tempfile.gettempdir()) / unique)
        self._is_worker = bool(handed)
        self._child: Child | None = None
        self._homes: dict[str, Path] = {}

    # Choices

    def choice(self, name: str) -> str:
        """What the command line, or else the configuration, says of a choice of the lab; empty if neither does."""
        said: str = self.config.getoption(f"lab_{name}") or self.config.getini(f"lab_{name}")
        return said

    @cached_property
    def system(self) -> Path | None:
        """The profile's file, if one was named: on the command line from where pytest began, else from the root."""
        named = self.config.getoption("lab_system")
        start = self.config.invocation_params.dir if named else self.config.rootpath
        said = self.choice("system")
        return start / said if said else None

    @cached_property
    def profile(self) -> Profile:
        """The system under test.

        Raises:
            BadInput: There is none, or it is wrong.
        """
        try:
            return load_profile(self.system or system_near(self.config.rootpath))
        except BadInput as bad:
            *others, last = bad.complaints
            raise BadInput([*others, replace(last, cure=f"{last.cure} {HINT}".strip())]) from None

    # Collecting

    def scenarios_of(self, path: Path) -> list[Scenario]:
        """The scenarios of a file, which fit the system.

        Raises:
            BadInput: With all complaints; they name the file as it is seen from the root.
        """
        try:
            scenarios = load(path)
        except BadInput as bad:
            raise BadInput([self._from_root(complaint) for complaint in bad.complaints]) from None
        complaints = [complaint for one in scenarios for complaint in check_against(one, self.profile)]
        complaints += [self._clash(one.name, path) for one in scenarios if self._home(one.name, path) != path]
        if complaints:
            raise BadInput(list(dict.fromkeys(map(self._from_root, complaints))))
        return scenarios

    def _home(self, name: str, path: Path) -> Path:
        return self._homes.setdefault(name, path)

    def _clash(self, name: str, path: Path) -> Complaint:
        what = f"the name {name} is also that of {self.seen_from_root(self._homes[name])}"
        return Complaint(str(path), 0, 0, "", what, "rename one of the two files")

    def _from_root(self, complaint: Complaint) -> Complaint:
        return replace(complaint, file=self.seen_from_root(Path(complaint.file))) if complaint.file else complaint

    def seen_from_root(self, path: Path) -> str:
        """A path as it is seen from the root, where the lab works; absolute if it is outside."""
        root = self.config.rootpath
        return str(path.relative_to(root) if path.is_relative_to(root) else path.absolute())

    # Running

    def start(self, selected: Mapping[str, Path]) -> None:
        """Start the one lab with these scenarios, by name, unless it has been started or a worker needs none."""
        if self._is_worker or self.reports is not None or not selected:
            return
        self.reports = self._new_folder()
        files = sorted({self.seen_from_root(path) for path in selected.values()})
        self._child = Child(self.mailbox, [*self._arguments(self.reports), "--", *files], self.config.rootpath)
        self.mailbox.send({"again": shlex.join(["python", "-m", "pytest", *self.config.invocation_params.args])})
        for name in selected:
            self.mailbox.ask(name, first_ticket(name))

    def _arguments(self, reports: Path) -> list[str]:
        words = ["--out", self.seen_from_root(reports)]
        words += ["--system", self.seen_from_root(self.system)] if self.system else []
        for name in ("level", "launch", "clock"):
            words += [f"--{name}", self.choice(name)] if self.choice(name) else []
        return words

    def _new_folder(self) -> Path:
        stamp = wall_clock()
        for number in count(1):
            path = self.config.rootpath / "reports" / (f"{stamp}-pytest" + (f"-{number}" if number > 1 else ""))
            try:
                path.mkdir(parents=True)
            except FileExistsError:
                continue
            return path
        raise AssertionError

    def result_of(self, scenario: str, ticket: str) -> Ended:
        """The end of a scenario that runs, or is started now, for this ticket.

        Raises:
            LabGoneError: The lab ended before, or will not run it.
        """
        self.mailbox.ask(scenario, ticket)
        answer = self.mailbox.await_answer(ticket)
        if "refused" in answer:
            raise LabGoneError(answer["refused"])
        return Ended(ScenarioResult.model_validate(answer["result"]), _clean(answer["text"]), _clean(answer["line"]))

    def end(self) -> None:
        """End the lab, if this process started one."""
        child, self._child = self._child, None
        if child is not None:
            child.end()


def first_ticket(scenario: str) -> str:
    """The ticket of a scenario's first run in a session."""
    return f"{scenario}.1"


def _clean(text: str) -> str:
    """The text without what no terminal can print."""
    return text.encode("utf-8", "backslashreplace").decode()
