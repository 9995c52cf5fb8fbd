"""A first scenario, a profile and servers of one's own to begin with, for `lab init`."""

import os
from collections.abc import Mapping
from pathlib import Path

from lab.errors import BadInput, Complaint
from lab.scenario.schema import profile_schema, scenario_schema, text_of

TEMPLATES = Path(__file__).parent / "templates"
SUFFIXES = (".txt", ".yaml")  # the servers are texts here: data of the lab, no modules of it


def write_first(folder: Path) -> list[Path]:
    """Write two scenarios that teach, the profile `system.yaml`, its servers, and the schemas for editors.

    They run as they are: `lab run scenarios --system system.yaml`.

    Returns:
        The files, in order.

    Raises:
        BadInput: A file is there already, for each; nothing is written then. Or the folder cannot be written.
    """
    return write_new({folder / name: text for name, text in _texts().items()})


def write_new(texts: Mapping[Path, str]) -> list[Path]:
    """Write files that are not there yet, all of them or none.

    Returns:
        The files, in order.

    Raises:
        BadInput: A file is there already, for each; nothing is written then. Or a folder cannot be written.
    """
    there = [file for file in texts if os.path.lexists(file)]
    if there:
        raise BadInput([_taken(file) for file in there])
    try:
        return [_written(file, text) for file, text in texts.items()]
    except OSError as error:
        reason = error.strerror or "it cannot be written"
        place = str(error.filename or next(iter(texts)).parent)
        raise BadInput.because(f"the folder cannot be used: {reason}", "name another one", place) from None


def server_text(name: str) -> str:
    """The text of one of the lab's first servers, `ts.py`."""
    return (TEMPLATES / f"{name}.txt").read_text(encoding="utf-8")


def _texts() -> dict[str, str]:
    files = sorted(file for file in TEMPLATES.rglob("*") if file.suffix in SUFFIXES)
    names = [file.relative_to(TEMPLATES).as_posix().removesuffix(".txt") for file in files]
    texts = {name: file.read_text(encoding="utf-8") for name, file in zip(names, files, strict=True)}
    schemas = {"schema/scenario.json": scenario_schema(), "schema/profile.json": profile_schema()}
    return texts | {name: text_of(schema) for name, schema in schemas.items()}


def _taken(file: Path) -> Complaint:
    return Complaint(str(file), 0, 0, "", "this file is there already", "move it away, or name another folder")


def _written(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("x", encoding="utf-8") as stream:
        stream.write(text)
    return file
