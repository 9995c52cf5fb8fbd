"""A lab that is root: isolated programs are nobody, who may do next to nothing; the report says where they are not."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.world.real import isolation, strangers
from lab.world.real.nursery.users import User, closed, hand_over, stranger
from tests.leftovers import assert_gone
from tests.running import FIXTURES, ROOT, Told, scenario, start_lab, told

WHY = "only root can be another user" if os.geteuid() else strangers.refusal()
can_be_nobody = pytest.mark.skipif(bool(WHY), reason=WHY)
PROFILE = """\
lab: profile/1
servers:
  ts1: {run: "{python} %(ts)s {port} {table}"}
  ts2: {like: ts1}
  ls:
    copy_of: submission
    port: %(port)s
    run: "{python} curious_ls.py ls.py {port} {ts1.host} {ts1.port} {ts2.host} {ts2.port}"
"""
ASKED = scenario("", "[{ask: known.example, expect: {answer: 1.1.1.1}}]")
MINE, THEIRS = User(7, 7), User(8, 8)


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that other users can reach, with a submission that they cannot read, and a secret."""
    with tempfile.TemporaryDirectory(prefix="other-users-") as made:
        place = Path(made)
        place.chmod(0o755)
        (place / "secret").write_text("do not tell", encoding="ascii")
        (place / "secret").chmod(0o600)
        shutil.copy(ROOT / "servers" / "ts.py", place / "ts.py")
        (place / "submission").mkdir(mode=0o700)
        for source in (ROOT / "servers" / "ls.py", FIXTURES / "curious_ls.py"):
            shutil.copy(source, place / "submission" / source.name)
            (place / "submission" / source.name).chmod(0o600)
        (place / "submission" / "secrets.txt").write_text(f"{place}/secret", encoding="utf-8")
        (place / "asked.yaml").write_text(ASKED, encoding="utf-8")
        yield place


def ran(folder: Path, *words: str, port: str = "null", ts: str = "ts.py") -> Told:
    """A run of it, isolated."""
    names = {"ts": folder / ts, "port": port}
    text = PROFILE % names if port != "null" else (PROFILE % names).replace("    port: null\n", "")
    (folder / "system.yaml").write_text(text, encoding="utf-8")
    what = [str(folder / "asked.yaml"), "--system", str(folder / "system.yaml"), "--isolate", *words]
    ended = told(start_lab(folder, *what), 60)
    assert_gone(folder)
    return ended


def printed(folder: Path, ended: Told) -> list[str]:
    return (folder / "out" / ended.only["folder"] / "ls.log").read_text(encoding="utf-8").splitlines()


@can_be_nobody
@pytest.mark.parametrize("launch", ["fork", "exec"])
@pytest.mark.parametrize("clock", ["real", "jump"])
def test_an_isolated_program_is_nobody_and_reads_no_secret_of_roots(folder: Path, clock: str, launch: str) -> None:
    ended = ran(folder, "--clock", clock, "--launch", launch)
    assert (ended.only["verdict"], ended.only["clock"]) == ("passed", clock), ended.report
    user = stranger()
    assert user is not None
    assert printed(folder, ended)[:5] == [
        f"user {user.uid}, group {user.gid}, others []",
        "the secret: Permission denied",
        "the environment of what started it: Permission denied",
        "its own: read",
        "its file: mine",
    ]
    assert "root" not in ended.report["note"]


@can_be_nobody
@pytest.mark.skipif(bool(isolation.refusal()), reason=isolation.refusal())
def test_in_its_own_network_nobody_may_listen_at_a_port_of_roots(folder: Path) -> None:
    ended = ran(folder, "--clock", "real", port="53")
    assert ended.only["verdict"] == "passed", ended.report
    assert printed(folder, ended)[0].startswith(f"user {stranger()[0]}")  # type: ignore[index]


@can_be_nobody
def test_nobodys_descriptors_can_be_limited_too(folder: Path) -> None:
    (folder / "asked.yaml").write_text(ASKED.replace("queries:", "faults: [starve: {server: ls}]\nqueries:"))
    assert ran(folder, "--clock", "jump").only["faults"][0]["fired"] == 1


@can_be_nobody
def test_who_cannot_be_nobody_because_its_files_are_closed_is_root_and_the_report_says_so(folder: Path) -> None:
    (folder / "closed").mkdir(mode=0o700)
    shutil.move(folder / "ts.py", folder / "closed" / "ts.py")
    ended = ran(folder, "--clock", "jump", ts="closed/ts.py")
    assert ended.only["verdict"] == "passed", ended.report
    assert f"as the lab is root: {folder}/closed is closed to the user nobody" in ended.report["note"]
    assert printed(folder, ended)[0] == f"user {stranger()[0]}, group {stranger()[1]}, others []"  # type: ignore[index]


@pytest.mark.parametrize(
    ("modes", "where"),
    [
        ((0o755, 0o644), ""),
        ((0o711, 0o604), ""),
        ((0o710, 0o644), "way"),
        ((0o755, 0o640), "way/file"),
        ((0o644, 0o644), "way"),
    ],
)
def test_closed_is_what_a_mode_denies_to_others(folder: Path, modes: tuple[int, int], where: str) -> None:
    path = folder / "way" / "file"
    path.parent.mkdir()
    path.touch()
    path.chmod(modes[1])
    path.parent.chmod(modes[0])
    told_closed = closed(str(path), THEIRS)
    path.parent.chmod(0o755)
    assert told_closed == (f"{folder}/{where}" if where else "")


def test_a_link_is_as_closed_as_where_it_leads_and_what_is_not_there_is_open(folder: Path) -> None:
    (folder / "link").symlink_to(folder / "secret")
    assert closed(str(folder / "link"), THEIRS) == f"{folder}/link"
    assert closed(str(folder / "not-there"), THEIRS) == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_is_handed_over_is_open_to_its_new_owner_and_links_are_not_followed(folder: Path) -> None:
    (folder / "submission" / "link").symlink_to(folder / "secret")
    hand_over(str(folder / "submission"), MINE)
    assert closed(str(folder / "submission" / "ls.py"), MINE) == ""
    assert closed(str(folder / "submission" / "ls.py"), THEIRS) == f"{folder}/submission"
    assert (folder / "secret").stat().st_uid == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_folder_is_handed_over_once_lest_its_owner_lead_root_elsewhere(folder: Path) -> None:
    hand_over(str(folder / "submission"), MINE)
    (folder / "submission" / "later").touch()
    hand_over(str(folder / "submission"), MINE)
    assert (folder / "submission" / "later").stat().st_uid == 0


@pytest.mark.parametrize("clock", ["real", "jump"])
def test_a_root_who_can_be_nobody_else_runs_them_as_it_is_and_says_so(folder: Path, clock: str) -> None:
    alone = ["unshare", "--user", "--map-root-user"]
    if shutil.which("unshare") is None or subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no user namespace can be had here")
    words = ["run", str(folder / "asked.yaml"), "--system", str(ROOT / "servers" / "reference.yaml"), "--isolate"]
    command = [*alone, sys.executable, "-m", "lab", *words, "--clock", clock, "--json", "--out", str(folder / "out")]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "as the lab is root" in json.loads(ended.stdout)["note"]
