"""Whose programs take the place of the example, and what is wrong with folders and profiles."""

import os
from pathlib import Path

import pytest

from lab.errors import BadInput
from lab.runner.submissions import Submission, submissions
from lab.scenario.model import Profile
from lab.scenario.profile import load_profile

PROFILE = """\
lab: profile/1
servers:
  ts1: {run: "{python} {here}/ts.py {port} {table}"}
  ls: {run: "./ls {port} {ts1.host} {ts1.port}", copy_of: example}
client: {run: "{python} client.py {ls.host} {ls.port}", copy_of: example}
"""


def profile(folder: Path, text: str = PROFILE) -> Profile:
    (folder / "example").mkdir(exist_ok=True)
    (folder / "profile.yaml").write_text(text, encoding="utf-8")
    return load_profile(folder / "profile.yaml")


def folders(place: Path, *names: str) -> list[Path]:
    for name in names:
        (place / name).mkdir(parents=True)
    return [place / name for name in names]


def complaints(them: list[Path], of: Profile | None) -> str:
    with pytest.raises(BadInput) as caught:
        submissions(them, of)
    return str(caught.value)


def test_each_submission_takes_the_place_of_the_example_and_nothing_else(tmp_path: Path) -> None:
    ann, bob = submissions(folders(tmp_path / "in", "ann", "bob"), profile(tmp_path))
    assert [ann.student, bob.student] == ["ann", "bob"]
    for one in (ann, bob):
        assert one.profile is not None
        assert [server.copy_of for server in one.profile.servers] == ["", str(one.folder)]
        assert one.profile.client is not None
        assert one.profile.client.copy_of == str(one.folder)
        assert one.profile.here == str(tmp_path)


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    ann, other = folders(tmp_path, "one/ann", "two/ann")
    (tmp_path / "file").write_text("", encoding="utf-8")
    text = PROFILE.replace(", copy_of: example", "").replace("./ls", "no_such_interpreter ls")
    said = complaints([ann, other, tmp_path / "file", tmp_path / "nowhere"], profile(tmp_path, text))
    assert "file: this is no folder" in said
    assert "nowhere: there is no such folder" in said
    assert "the student ann is also that of" in said
    assert "no program of this profile has copy_of" in said
    assert "no_such_interpreter is no command on this machine; install it" in said


def test_a_program_that_a_submission_lacks_is_no_mistake_of_the_profile(tmp_path: Path) -> None:
    (ann,) = submissions(folders(tmp_path / "in", "ann"), profile(tmp_path))
    assert ann.profile is not None
    assert ann.trouble == ""


def test_without_a_profile_each_has_its_own_or_says_why_it_has_none(tmp_path: Path) -> None:
    good, bad, none = folders(tmp_path, "good", "bad", "none")
    text = PROFILE.replace(", copy_of: example", ", copy_of: .")
    (good / "system.yaml").write_text(text, encoding="utf-8")
    (bad / "system.yaml").write_text(text.replace("./ls", "no_such_interpreter ls"), encoding="utf-8")
    found: list[Submission] = submissions([good, bad, none], None)
    assert [one.profile is not None for one in found] == [True, False, False]
    assert found[1].trouble == "no_such_interpreter is no command on this machine"
    assert "system.yaml" in found[2].trouble


def test_a_submission_in_which_a_file_was_changed_has_another_digest(tmp_path: Path) -> None:
    (ann,) = folders(tmp_path, "ann")
    path = ann / "sub" / "ls.py"
    path.parent.mkdir()
    digests = []
    for number, text in enumerate(["a", "a", "b"]):
        path.write_text(text, encoding="utf-8")
        os.utime(path, ns=(0, 0 if number < 2 else 1))
        digests.append(submissions([ann], None)[0].digest)
    assert digests[0] == digests[1] != digests[2]
