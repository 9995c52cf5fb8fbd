"""The zoo's submissions, each in a folder of a test's own, with what is true of it."""

import json
import os
import shutil
import subprocess  # noqa: TID251 - C has to be compiled, and the lab started as a user does
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from lab.scenario.first import server_text
from lab.scenario.model import ClientSpec, Profile, ServerSpec
from lab.scenario.profile import load_profile
from lab.scenario.profile_shapes import ServerShape
from tests.running import ROOT, compiled

OLD_PYTHONS = sorted(Path.home().glob(".pyenv/versions/2.7*/bin"))
PATH = os.pathsep.join([*map(str, OLD_PYTHONS), os.environ.get("PATH", os.defpath)])
"""Where programs are looked for: Python 2.7 is nowhere on the path any more."""
ZOO = ROOT / "tests" / "zoo"
SCENARIOS = (
    "known_by_ts1",
    "known_by_ts2",
    "known_by_nobody",
    "slow_ts",
    "program_client",
    "absent_ts1",
    "late_while_idle_ts1",
)


@dataclass(frozen=True)
class Truth:
    """What is true of one submission.

    Attributes:
        fails: Clauses by scenario; in all others nothing fails.
        more: Scenarios beside those that all are run in.
        needs: A program that it cannot run without, or a field that profiles have to know.
    """

    name: str
    manner: str
    profile: dict[str, Any]
    fails: dict[str, list[str]] = field(default_factory=dict)
    more: list[str] = field(default_factory=list)
    needs: str = ""

    @property
    def is_runnable(self) -> bool:
        return not self.needs or self.needs in ServerShape.model_fields or works(self.needs)

    @property
    def scenarios(self) -> list[str]:
        """The files of those that it is run in."""
        return [str(next((ROOT / "scenarios").rglob(f"{name}.yaml"))) for name in (*SCENARIOS, *self.more)]

    def in_folder(self, base: Path) -> Path:
        """A copy of its programs, C compiled."""
        folder = base / self.name
        shutil.copytree(ZOO / self.name, folder)
        for source in folder.glob("*.c"):
            compiled(source, folder)
        return folder

    def profile_in(self, folder: Path) -> Path:
        """Its true profile beside its programs."""
        servers = {name: placed(fields) for name, fields in self.profile["servers"].items()}
        whole = {"lab": "profile/1", **self.profile, "servers": servers}
        if "client" in self.profile:
            whole["client"] = placed(self.profile["client"])
        (folder / "lab_ts.py").write_text(server_text("ts.py"), encoding="utf-8")
        path = folder / "true.yaml"
        path.write_text(json.dumps(whole), encoding="utf-8")
        return path


def placed(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a program, in a copy of the folder if it is one of the submission."""
    is_own = "run" in fields and "{here}" not in fields["run"]
    return {**fields, "copy_of": "."} if is_own else fields


def works(program: str) -> bool:
    """Whether a program is there, and runs."""
    found = shutil.which(program, path=PATH)
    return bool(found) and subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0


def truths() -> dict[str, Truth]:
    told = yaml.safe_load((ZOO / "truth.yaml").read_text(encoding="utf-8"))["submissions"]
    return {name: Truth(name, **fields) for name, fields in told.items()}


def essence(path: Path) -> dict[str, Any]:
    """What of a profile makes a difference, as it is when it is loaded."""
    profile = load_profile(path)
    fields = ("own_speech", "answer", "not_found", "farewell", "greeting", "serves", "front")
    return {
        **{name: getattr(profile, name) for name in fields},
        "order": [server.name for server in profile.start_order],
        **{server.name: of_server(profile, server) for server in profile.servers},
        "client": profile.client and of_client(profile, profile.client),
    }


def of_server(profile: Profile, server: ServerSpec) -> dict[str, Any]:
    fields = ("run", "table_file", "speech", "port", "knows", "start_within")
    return {name: getattr(server, name, None) for name in fields} | {"copy_of": seen_from(profile, server.copy_of)}


def of_client(profile: Profile, client: ClientSpec) -> dict[str, Any]:
    fields = ("run", "names_file", "answers_file", "speech")
    return {name: getattr(client, name, None) for name in fields} | {"copy_of": seen_from(profile, client.copy_of)}


def seen_from(profile: Profile, folder: str) -> str:
    return os.path.relpath(folder, profile.here) if folder else ""


def lab(folder: Path, *words: str, within: float = 120) -> "subprocess.CompletedProcess[str]":
    """The lab, as a user starts it, all that it leaves below `folder`."""
    (folder / "tmp").mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, "-m", "lab", *words],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder / "tmp"), "PATH": PATH},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=within,
        check=False,
    )
