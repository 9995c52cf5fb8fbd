"""Running scenarios from tests: texts to results and histories, in a folder of the test's own."""

from dataclasses import dataclass
from pathlib import Path

from lab.history import History
from lab.result import ScenarioResult
from lab.runner.options import Options
from lab.runner.saving import RunFolder
from lab.runner.selecting import read
from lab.runner.session import Session
from lab.scenario.profile import load_profile, with_command

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "servers" / "reference.yaml"
FIXTURES = ROOT / "tests" / "fixtures"


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
