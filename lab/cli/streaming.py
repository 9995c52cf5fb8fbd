"""`lab run --stream DIR`: scenarios run as they are asked for, and each leaves a file in DIR as it ends.

Standard input brings a JSON object a line; each is known by its first key:

- `{"run": "slow_ts", "ticket": "slow_ts.1"}` starts a scenario of the files that the command line names. It overlaps
  with the others; a ticket that is known already is not run again.
- `{"again": "COMMAND"}` is the command that repeats the whole run, for its reports.
- `{"finish": true}`: nothing more will be asked for; the run ends when all have ended.

The end of standard input without `finish` means: whoever asked is gone. Then the lab heals, stops and reports at once,
and removes DIR, as nobody will read it.

`DIR/<ticket>.json` appears whole, by a rename. It has `result` (a `ScenarioResult`), `text` (the block of a failure)
and `line` (the same in one line), or, where there is no such scenario, `refused` (why). A scenario that the lab was
made to stop leaves none.
"""

import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from lab.history import History
from lab.reporters.console import remark
from lab.reporters.failure import describe
from lab.result import RunResult, ScenarioResult
from lab.runner.batch import Batch
from lab.runner.options import Options
from lab.runner.saving import RunFolder
from lab.runner.selecting import repeated
from lab.runner.session import Session
from lab.scenario.load import NAME
from lab.scenario.model import Profile, Scenario
from lab.verdict import EXIT_INTERRUPTED, exit_code
from lab.world.base import Timer
from lab.world.real.world import RealWorld

MOST_AT_ONCE = 1 << 16


class Stream:
    """A run that is fed over standard input.

    Args:
        folder: Where the file of each ticket appears.
        scenarios: Those that may be asked for.
        out: The run's own folder.
    """

    def __init__(
        self, folder: Path, scenarios: Sequence[Scenario], profile: Profile, options: Options, out: RunFolder
    ) -> None:
        self.finished = False
        self._folder = folder
        self._scenarios = {scenario.name: scenario for scenario in scenarios}
        self._turns: dict[str, int] = {}
        self._tickets: dict[str, str] = {}
        self._rest = b""
        self._session = Session(profile, options, out, "", self._ended)
        self._batch: Batch
        self._input: Timer

    def run(self) -> RunResult:
        """Run what is asked for, until `finish` or the end of standard input."""
        return self._session.run((), self._attach)

    def _attach(self, world: RealWorld, batch: Batch) -> None:
        self._batch = batch
        self._input = world.on_readable(sys.stdin.fileno(), self._read)

    def _read(self) -> None:
        data = os.read(sys.stdin.fileno(), MOST_AT_ONCE)
        if not data:
            self._input.cancel()
            if not self.finished:
                self._batch.stop()
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._take(_request(line))

    def _take(self, request: Any) -> None:
        match request:
            case {"run": str(name), "ticket": str(ticket)} if NAME.match(ticket):
                self._start(name, ticket)
            case {"again": str(command)}:
                self._session.command = command
            case {"finish": True}:
                self.finished = True
                self._batch.finish()
            case _:
                click.echo(f"this is no request: {request!r}", err=True)

    def _start(self, name: str, ticket: str) -> None:
        if ticket in self._tickets.values():
            return
        scenario = self._scenarios.get(name)
        if scenario is None:
            self._write(ticket, refused=f"the lab was not given the file of a scenario {name}")
            return
        turn = self._turns[name] = self._turns.get(name, 0) + 1
        *_, turned = repeated([scenario], turn)
        self._tickets[turned.name] = ticket
        self._batch.submit(self._session.trial(turned))

    def _ended(self, result: ScenarioResult, history: History) -> None:
        if self._batch.interrupted:
            return
        text = describe(result, history)
        self._write(self._tickets[result.name], result=result.model_dump(mode="json"), text=text, line=remark(result))

    def _write(self, ticket: str, **words: object) -> None:
        draft = self._folder / f"{ticket}.draft"
        draft.write_text(json.dumps(words), encoding="ascii")
        draft.replace(self._folder / f"{ticket}.json")


def _request(line: bytes) -> Any:
    """What a line says; the line itself where it is no JSON."""
    try:
        return json.loads(line)
    except ValueError:
        return line


def serve(folder: Path, scenarios: Sequence[Scenario], profile: Profile, options: Options, out: RunFolder) -> int:
    """Run a stream to its end; the exit code of its run."""
    stream = Stream(folder, scenarios, profile, options, out)
    run = stream.run()
    out.point_latest()
    if not stream.finished:
        shutil.rmtree(folder, ignore_errors=True)
    return EXIT_INTERRUPTED if run.interrupted else exit_code(result.verdict for result in run.scenarios)
