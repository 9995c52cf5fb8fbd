"""`lab init FOLDER`: read a submission, try it, and tell what its profile is."""

import os
from collections.abc import Iterator
from pathlib import Path

from lab.errors import BadInput
from lab.runner.furnishing import LEFT_OUT
from lab.runner.trying.files import head
from lab.runner.trying.surveying import Surveyor
from lab.scenario.profile_shapes import ProfileShape, ServerShape
from lab.survey.draft import Draft
from lab.survey.programs import Cast, cast
from lab.survey.sayable import keep_to_the_format
from lab.survey.seen import Seen
from lab.survey.source import Source
from lab.survey.telling import tell
from lab.world.real.world import RealWorld

MOST_FILES = 500
UDP = "it speaks UDP: what is said of it was read, not tried"


def sources_in(folder: Path) -> list[Source]:
    """The files of a submission, its programs among them.

    Raises:
        BadInput: There are too many for a submission.
    """
    found: list[Source] = []
    for path in _files(folder):
        if len(found) == MOST_FILES:
            what = f"there are more than {MOST_FILES} files in this folder: it is no single submission"
            raise BadInput.because(what, "name the folder with the programs", str(folder))
        found.append(Source(path.relative_to(folder).as_posix(), head(path), os.access(path, os.X_OK)))
    return found


def _files(folder: Path) -> Iterator[Path]:
    for where, folders, files in os.walk(folder):
        left_out = LEFT_OUT(where, folders)
        folders[:] = sorted(name for name in folders if name not in left_out)
        yield from (path for name in sorted(files) if (path := Path(where, name)).is_file())


def has_programs(folder: Path) -> bool:
    """Whether there is a submission to look at."""
    return folder.is_dir() and any(source.is_program for source in sources_in(folder))


def survey(folder: Path, profile: Path) -> Draft:
    """Read the submission in a folder, and try it.

    Args:
        folder: The submission, which is not changed.
        profile: The file that is to be written.

    Raises:
        BadInput: There is no LS in it.
    """
    parts = cast(sources_in(folder))
    if parts.front is None:
        raise _no_front(parts, folder)
    copy_of = os.path.relpath(folder.resolve(), profile.resolve().parent)
    draft = tell(parts, _seen(folder, parts), f"The programs of {folder.resolve().name}.", copy_of)
    keep_to_the_format(draft, ProfileShape.model_fields, ServerShape.model_fields)
    return draft


def _seen(folder: Path, parts: Cast) -> Seen:
    assert parts.front is not None
    if parts.front.first("udp") is not None:
        return Seen(not_tried=UDP)
    world = RealWorld()
    try:
        return world.run(Surveyor(world, folder.resolve(), world.scratch / "init", parts).seen())
    finally:
        world.close()


def _no_front(parts: Cast, folder: Path) -> BadInput:
    if parts.unbuilt:
        source = parts.unbuilt[0]
        what = f"{source.name} is no program yet"
        cure = f"build it first, as in: {source.language} -o {source.stem} {source.name}"
        return BadInput.because(what, cure, str(folder))
    seen = ", ".join([*(top.name for top in parts.tops), *([parts.client.name] if parts.client else []), *parts.others])
    what = f"no program here looks like LS, which listens and dials: {seen}"
    return BadInput.because(what, "write the profile by hand: docs/profile_format.md", str(folder))
