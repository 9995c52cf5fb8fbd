"""The client, tried: what it sends, how it ends, and which file it writes."""

from collections.abc import Callable
from pathlib import Path

from lab.runner.futures import lapse
from lab.runner.trying.ears import QUIET, Answerer
from lab.runner.trying.files import head
from lab.runner.trying.stand import HOST, Stand
from lab.runner.trying.words import KNOWN, LINE, UNKNOWN
from lab.survey.arguments import Layout
from lab.survey.framing import framing_of, text_of
from lab.survey.seen import Asked

ENDS_WITHIN = 6.0


def answering(wording: str) -> Callable[[str], str]:
    """What LS says to a text: the line of the one name, not found of the other, nothing to anything else."""
    said = {KNOWN: LINE, UNKNOWN: wording.replace("{name}", UNKNOWN)}
    return lambda text: said.get(text.lower(), "")


async def watch_client(stand: Stand, words: str, layout: Layout, names: str, wording: str) -> Asked:
    """Have a client ask for two names, with a door of the lab in place of LS.

    Args:
        stand: The try.
        words: Its command, with placeholders.
        layout: The order of arguments in it.
        names: The file with its names, seen from its folder.
        wording: How LS says not found.
    """
    door = stand.answerer(answering(wording))
    folder = stand.copy("client", {names: f"{KNOWN}\n{UNKNOWN}\n"})
    before = _files(folder)
    values = {"ls.host": HOST, "ls.port": str(door.door.port), "names": str(folder / names)}
    values["answers"] = str(folder / "answers.txt")
    tried = await stand.start("client", words, values, 0, folder)
    await tried.ends(ENDS_WITHIN)
    await lapse(stand.world, QUIET)
    asked = Asked(layout, connections=len(door.dials), answers=_written(folder, before, names))
    if not door.heard:
        asked.trouble = tried.complaint if tried.status is not None else "it said nothing"
        return asked
    asked.framing = framing_of(door.heard[0])
    asked.farewell = _farewell(door, has_ended=tried.status is not None)
    return asked


def _farewell(door: Answerer, *, has_ended: bool) -> str | None:
    """The last thing that was no name."""
    texts = [text_of(message) for message in door.heard]
    words = [text for text in texts if text.lower() not in (KNOWN, UNKNOWN)]
    if words:
        return words[-1]
    return "" if has_ended and len(texts) == 2 else None


def _files(folder: Path) -> dict[str, bytes]:
    """What is in a folder, by its path seen from there."""
    found = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {path.relative_to(folder).as_posix(): head(path) for path in found}


def _written(folder: Path, before: dict[str, bytes], names: str) -> str:
    """The file that is new, or other than before, and has the line of the name that was known."""
    changed = {name: data for name, data in _files(folder).items() if before.get(name) != data and name != names}
    told = [name for name, data in changed.items() if LINE.encode() in data]
    return next(iter([*told, *changed]), "")
