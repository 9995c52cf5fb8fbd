"""What is left of a lab that ran in a folder of a test's own: processes, ports and temporary files."""

import os
import time  # noqa: TID251 - what is left may take a moment to go
from collections.abc import Iterable
from pathlib import Path

GONE_WITHIN = 2.0
LISTEN = "0A"


def relatives(folder: Path) -> dict[int, str]:
    """The living processes whose command, environment or folder names this folder; a zombie names nothing."""
    found: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes() + b" " + (entry / "environ").read_bytes()
            where = str((entry / "cwd").readlink())
        except OSError:
            continue
        if str(folder).encode() in words or where.startswith(str(folder)):
            found[int(entry.name)] = words.split(b"\0 ")[0].replace(b"\0", b" ").decode("utf-8", "replace")[:200]
    found.pop(os.getpid(), None)
    return found


def listening(ports: Iterable[int]) -> set[tuple[int, str]]:
    """The sockets that listen on these ports: port and inode, as another lab may have the port by now."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="utf-8").splitlines()[1:]]
    found = {(int(row[1].partition(":")[2], 16), row[9]) for row in rows if row[3] == LISTEN}
    return {(port, inode) for port, inode in found if port in set(ports)}


def temporary(folder: Path) -> list[Path]:
    """What a lab whose TMPDIR is `folder/tmp` has left there; its cache of built things may stay."""
    return [path for path in (folder / "tmp").iterdir() if path.name != f"fault-lab-{os.getuid()}"]


def assert_gone(folder: Path) -> None:
    deadline = time.monotonic() + GONE_WITHIN
    while (relatives(folder) or temporary(folder)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert relatives(folder) == {}
    assert temporary(folder) == []
