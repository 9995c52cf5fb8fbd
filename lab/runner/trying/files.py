"""Files of a submission, which may be anything."""

from pathlib import Path

MOST = 1 << 20


def head(path: Path) -> bytes:
    """The first bytes of a file, up to a mebibyte; none if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(MOST)
    except OSError:
        return b""
