"""The building of what is in C: from its source with the system's compiler, once, into a cache that all runs share.

There is the shim, which is loaded into servers, and the reader of the census, which the lab loads. A file's name has
the digest of the source, the machine and its C library, so that a new lab builds its own; two labs at once do not
disturb each other. Where it is there already, no compiler is needed.
"""

import hashlib
import os
import platform
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

from lab.errors import LabTrouble
from lab.world.real.nursery.users import closed, stranger

SOURCE, READER = (Path(__file__).with_name(name) for name in ("shim.c", "census.c"))
FLAGS = ("-O2", "-shared", "-fPIC", "-Wall", "-Wextra")
COMPILERS = ("cc", "gcc", "clang")
TRIED = f"tried {', '.join(('$CC', *COMPILERS))}"
CURE = "install a C compiler (Debian: `apt install gcc libc6-dev`), or take --clock real"


def shim() -> Path:
    """The built shim.

    Raises:
        LabTrouble: There is no compiler, or it cannot build it.
    """
    return _built(SOURCE)


def reader() -> Path:
    """The built reader of the census.

    Raises:
        LabTrouble: There is no compiler, or it cannot build it.
    """
    return _built(READER)


def _built(source: Path) -> Path:
    best, *others = places = _places(source)
    if _is_ours(best):
        return best
    compiler = _compiler()
    if not compiler:
        for place in others:
            if _is_ours(place):
                return place
        what = "the jump clock needs a C compiler to build its shim, and there is none"
        raise LabTrouble(f"{what} ({TRIED}): {CURE}")
    return _build(compiler, source, places)


def why_none() -> str:
    """Why there can be no shim, as far as that can be told without building it; empty if there can."""
    if _compiler() or any(_is_ours(place) for place in _places(SOURCE)):
        return ""
    return f"the shim that answers for them needs a C compiler, and there is none ({TRIED})"


def _places(source: Path) -> list[Path]:
    machine = " ".join((*FLAGS, platform.machine(), *platform.libc_ver()))
    digest = hashlib.sha256(source.read_bytes() + machine.encode())
    name = f"{source.stem}-{digest.hexdigest()[:16]}.so"
    return [folder / name for folder in _caches()]


def _compiler() -> list[str]:
    """The words that call it; none if there is none."""
    asked = shlex.split(os.environ.get("CC", ""))
    for words in ([asked] if asked else []) + [[name] for name in COMPILERS]:
        if shutil.which(words[0]):
            return words
    return []


def _caches() -> list[Path]:
    """Where the shim may be kept: the user's cache, or else a folder of the user's own among the temporary files.

    Where only the latter can be reached by another user it comes first, as programs of root's may have to be one.
    """
    asked, home = os.environ.get("XDG_CACHE_HOME", ""), os.environ.get("HOME", "")
    cache = Path(asked) if asked.startswith("/") else Path(home) / ".cache" if home.startswith("/") else None
    spare = Path(tempfile.gettempdir()) / f"fault-lab-{os.getuid()}"
    places = [folder for folder in (cache and cache / "fault-lab", spare) if folder]
    user = stranger()
    return sorted(places, key=lambda folder: bool(user and closed(str(folder), user)))


def _is_ours(path: Path) -> bool:
    """Whether it is there, and nobody else could have put it there: it is loaded into every server."""
    try:
        file, folder = path.stat(), path.parent.stat()
    except OSError:
        return False
    return file.st_uid == folder.st_uid == os.getuid() and not (file.st_mode | folder.st_mode) & 0o022


def _build(compiler: list[str], source: Path, places: list[Path]) -> Path:
    said = "no folder for it can be written"
    for place in places:
        if _is_ours(place):  # those before it cannot be written
            return place
        try:
            place.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=place.parent) as folder:
                draft = Path(folder) / place.name
                command = [*compiler, *FLAGS, "-o", str(draft), str(source), "-ldl", "-lpthread"]
                done = subprocess.run(command, capture_output=True, text=True, check=False)
                if done.returncode:
                    said = next((line for line in done.stderr.splitlines() if "error" in line), done.stderr.strip())
                    continue
                draft.chmod(0o755)
                draft.replace(place)
        except OSError as error:
            said = f"{error.strerror}: {error.filename}"
            continue
        if _is_ours(place):
            return place
        said = f"{place.parent} can be written by others"
    raise LabTrouble(f"the jump clock's {source.name} cannot be built: {said}: {CURE}")
