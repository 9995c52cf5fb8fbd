"""Submissions: folders of programs, each put in the place of the example that a profile names."""

import hashlib
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.errors import BadInput, Complaint
from lab.scenario.model import ClientSpec, Profile, ServerSpec
from lab.scenario.profile import load_profile

OWN_PROFILE = "system.yaml"
OURS = "{python}"


@dataclass(frozen=True, slots=True)
class Submission:
    """One student's folder.

    Attributes:
        student: The folder's name.
        profile: The system with this submission's programs; None where there is none.
        trouble: Why there is none.
        digest: What tells whether a file in it was changed since.
    """

    student: str
    folder: Path
    profile: Profile | None
    trouble: str = ""
    digest: str = ""


def submissions(folders: Sequence[str | Path], profile: Profile | None) -> list[Submission]:
    """The submissions of these folders; without a profile each needs one of its own, `system.yaml`.

    Raises:
        BadInput: A folder is none, two have the same name, or the profile does not say where a submission belongs.
    """
    complaints = [*_no_folders(folders), *_clashes(folders), *(_unfit(profile) if profile else ())]
    if complaints:
        raise BadInput(complaints)
    return [_submission(Path(folder).resolve(), profile) for folder in folders]


def _no_folders(folders: Iterable[str | Path]) -> Iterable[Complaint]:
    for folder in folders:
        if not Path(folder).is_dir():
            what = "this is no folder" if Path(folder).exists() else "there is no such folder"
            yield Complaint(str(folder), 0, 0, "", what, "name the folder of each submission")


def _clashes(folders: Iterable[str | Path]) -> Iterable[Complaint]:
    seen: dict[str, str | Path] = {}
    for folder in folders:
        name = Path(folder).resolve().name
        if name in seen:
            what = f"the student {name} is also that of {seen[name]}"
            yield Complaint(str(folder), 0, 0, "", what, "rename one of the two folders")
        seen.setdefault(name, folder)


def _programs(profile: Profile) -> list[ServerSpec | ClientSpec]:
    return [*profile.servers, *((profile.client,) if profile.client else ())]


def _unfit(profile: Profile) -> Iterable[Complaint]:
    """Why a profile cannot be used for submissions: none of its programs would come from one, or one is not there."""
    if not any(program.copy_of for program in _programs(profile)):
        what = "no program of this profile has copy_of, so that none of a submission's would be run"
        yield Complaint(profile.path, 0, 0, "", what, "add copy_of: with an example of a submission to those that are")
    for words in dict.fromkeys(program.run for program in _programs(profile)):
        command = words[0].replace("{here}", profile.here)
        is_ours = Path(command).is_absolute() or "/" not in command
        if is_ours and command != OURS and shutil.which(command) is None:
            what = f"{command} is no command on this machine"
            yield Complaint(profile.path, 0, 0, "", what, "install it, or change the profile")


def _submission(folder: Path, profile: Profile | None) -> Submission:
    digest = _digest(folder)
    if profile is not None:
        return Submission(folder.name, folder, _in_place(profile, folder), digest=digest)
    try:
        own = load_profile(folder / OWN_PROFILE)
        missing = [complaint.what for complaint in _unfit(own) if "no command" in complaint.what]
        return Submission(folder.name, folder, None if missing else own, "; ".join(missing), digest)
    except BadInput as bad:
        return Submission(folder.name, folder, None, "; ".join(str(complaint) for complaint in bad.complaints), digest)


def _in_place(profile: Profile, folder: Path) -> Profile:
    """The profile with a submission in the place of the example."""
    place = {"copy_of": str(folder)}
    servers = tuple(server.model_copy(update=place) if server.copy_of else server for server in profile.servers)
    client = profile.client.model_copy(update=place) if profile.client and profile.client.copy_of else profile.client
    return profile.model_copy(update={"servers": servers, "client": client})


def _digest(folder: Path) -> str:
    """Names, sizes and times of all files: what changes when one of them does."""
    told = hashlib.sha256()
    for place, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            path = Path(place) / name
            state = path.lstat()
            told.update(
                f"{path.relative_to(folder)}\0{state.st_size}\0{state.st_mtime_ns}\n".encode("utf-8", "replace")
            )
    return told.hexdigest()
