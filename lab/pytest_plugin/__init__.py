"""Scenarios under pytest: `pytest scenarios/slow_ts.yaml` runs one, `pytest -k scenario` runs them all.

Turn it on with `pytest_plugins = ["lab.pytest_plugin"]` in the top `conftest.py`, or, where the lab is installed, with
`pytest -p lab.pytest_plugin`. Scenario files are collected from the folder `scenarios` at the root (`lab_scenarios`
names others), and wherever one is named on the command line.

The plugin hosts no server. When the first scenario's turn comes, all that were selected are started in one child, the
lab, where they overlap; each item waits for its own result. However pytest ends, the lab's end of a pipe tells it: it
heals, stops the servers, and writes its reports. Under xdist the controller has the child, and workers wait.
"""

import os
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from lab.pytest_plugin.bench import Bench

SUFFIXES = (".yaml", ".yml")
SCENARIOS = "scenarios"
TIMEOUT = ("timeout", "pytest_timeout")
SESSION = pytest.StashKey[pytest.Session]()
BENCH: "pytest.StashKey[Bench]" = pytest.StashKey()
DEEP = pytest.StashKey[Sequence[str]]()
DEEP_KEY = "lab_deep"


def bench_of(config: pytest.Config) -> "Bench":
    """What this pytest process has of the lab, made when it is first needed."""
    from lab.pytest_plugin.bench import Bench  # noqa: PLC0415 - only where there are scenarios

    if BENCH not in config.stash:
        config.stash[BENCH] = Bench(config)
    return config.stash[BENCH]


def pytest_addoption(parser: pytest.Parser) -> None:
    """The lab's choices, on the command line and in the configuration."""
    group = parser.getgroup("lab", "fault-injection scenarios")
    group.addoption("--lab-system", metavar="FILE", help="The profile of the servers under test.")
    group.addoption("--lab-level", choices=["contract", "beyond"], help="contract: only findings on C-clauses count.")
    group.addoption("--lab-launch", choices=["fork", "exec"], help="exec: execute Python servers too.")
    clock_help = "real, jump (time jumps when all sleep), or auto: jump where it can."
    group.addoption("--lab-clock", choices=["real", "jump", "auto"], help=clock_help)
    parser.addini("lab_system", "The profile of the servers under test, seen from the root.", default="")
    parser.addini("lab_level", "As --lab-level.", default="")
    parser.addini("lab_launch", "As --lab-launch.", default="")
    parser.addini("lab_clock", "As --lab-clock.", default="")
    parser.addini("lab_scenarios", "Folders of scenarios, seen from the root.", type="args", default=[SCENARIOS])


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "scenario: a scenario of the fault-injection lab.")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Keep the session, which the hooks of xdist are not given."""
    session.config.stash[SESSION] = session


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A file that begins as a scenario, in a folder of scenarios or named on the command line."""
    if file_path.suffix not in SUFFIXES or not _is_wanted(file_path, parent.session):
        return None
    from lab.pytest_plugin.items import ScenarioFile  # noqa: PLC0415 - only where there are scenarios
    from lab.scenario.load import is_scenario  # noqa: PLC0415 - as above

    return ScenarioFile.from_parent(parent, path=file_path) if is_scenario(file_path) else None


def _is_wanted(path: Path, session: pytest.Session) -> bool:
    folders = [session.config.rootpath / folder for folder in session.config.getini("lab_scenarios")]
    named = (folder for folder in path.parents if folder.name == SCENARIOS and session.isinitpath(folder))
    return session.isinitpath(path) or any(path.is_relative_to(folder) for folder in (*folders, *named))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out scenarios that are too deep; have pytest-timeout watch the set-up of the others, where they wait."""
    _leave_out_deep(config, items)
    if not any(map(config.pluginmanager.hasplugin, TIMEOUT)):
        return
    for item in items:
        if item.get_closest_marker("scenario"):
            given = item.get_closest_marker("timeout")
            args, kwargs = (given.args, given.kwargs) if given else ((), {})
            item.add_marker(pytest.mark.timeout(*args, **{"func_only": False, **kwargs}), append=False)


def _leave_out_deep(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take away what is too deep; if nothing else was selected, remember it, to say how it is asked for."""
    deep = [item for item in items if getattr(item, "is_too_deep", False)]
    if not deep:
        return
    items[:] = [item for item in items if item not in deep]
    config.hook.pytest_deselected(items=deep)
    if not items:
        told = getattr(config, "workeroutput", {})  # of xdist, which hands it to the controller
        config.stash[DEEP] = told[DEEP_KEY] = [item.name for item in deep]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Hear from a worker of xdist what it left out."""
    deep = getattr(node, "workeroutput", {}).get(DEEP_KEY)
    if deep:
        node.config.stash[DEEP] = deep


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: "pytest.CallInfo[None]"
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Reports of scenarios tell what the lab saw."""
    report = yield
    complete = getattr(item, "complete", None)
    if item.get_closest_marker("scenario") and complete is not None:
        complete(report, call.excinfo)
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand the mailbox to a worker of xdist."""
    from lab.pytest_plugin.bench import WORKER_KEY  # noqa: PLC0415 - only under xdist

    node.workerinput[WORKER_KEY] = str(bench_of(node.config).mailbox.folder)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any, ids: Sequence[str]) -> None:
    """The first worker that has collected says which scenarios were selected: they are started."""
    config: pytest.Config = node.config
    session = config.stash[SESSION]
    if session.testsfailed and not config.getoption("continue_on_collection_errors"):
        return
    bench_of(config).start(_selected(config, ids))
    if not config.pluginmanager.has_plugin(AtOnce.__name__):
        config.pluginmanager.register(AtOnce(session), AtOnce.__name__)


class AtOnce:
    """With `-x` xdist stops when every worker has ended its item: the lab is ended before, so that none waits on."""

    def __init__(self, session: pytest.Session) -> None:
        self._session = session

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self) -> None:
        """Close the pipe once pytest means to stop."""
        if self._session.shouldfail or self._session.shouldstop:
            _end(self._session.config)


def _selected(config: pytest.Config, ids: Sequence[str]) -> dict[str, Path]:
    """The scenarios among these node ids, by name, and their files."""
    from lab.scenario.load import is_scenario  # noqa: PLC0415 - only under xdist

    starts = [config.rootpath, *(config.invocation_params.dir / arg.partition("::")[0] for arg in config.args)]
    found: dict[str, Path] = {}
    for path, _, name in (nodeid.partition("::") for nodeid in ids):
        files = (start / path for start in starts if (start / path).suffix in SUFFIXES)
        home = next((file for file in files if is_scenario(file)), None)
        if home is not None:
            found[name.partition("@")[0]] = home
    return found


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Close the pipe: before xdist waits for workers that may wait for the lab."""
    _end(session.config)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Close the pipe if the session did not come to its end."""
    _end(config)


def _end(config: pytest.Config) -> None:
    if BENCH in config.stash:
        config.stash[BENCH].end()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Name the folder of the reports, or say why there are none."""
    if DEEP in config.stash:
        from lab.runner.selecting import too_deep  # noqa: PLC0415 - only where there are scenarios

        terminalreporter.write_line(too_deep(config.stash[DEEP], config.getoption("keyword")))
    reports = config.stash[BENCH].reports if BENCH in config.stash else None
    if reports is not None:
        terminalreporter.write_sep("-", f"scenarios: {os.path.relpath(reports, config.invocation_params.dir)}")
