"""What must not stand in any file: paths of somebody's machine, words left over, ends of lines."""

import re
from pathlib import Path

import pytest

from tests.repository.documents import ROOT, name_of

TEXTS = {".py", ".md", ".yaml", ".yml", ".toml", ".ini", ".txt", ".json", ".css", ".j2", ".c", ".sh", ".cfg", ""}
SKIPPED = re.compile(r"(^|/)(\.[^/]*|__pycache__|build|dist|[^/]*\.egg-info)/|^reports/(?!README|sample)")
MACHINE = re.compile(r"/(?:home|Users|root|work)/[a-z]")
LEFT_OVER = re.compile(r"\b(?:TODO|FIXME|XXX)\b")
ELSEWHERE = re.compile(r"\((?:DESIGN|FACTS|MODELS)\b")
HERE = name_of(Path(__file__))


def files() -> list[Path]:
    found = (path for path in ROOT.rglob("*") if path.is_file() and path.suffix in TEXTS)
    kept = (path for path in found if not SKIPPED.search(name_of(path)) and not path.is_symlink())
    return sorted(path for path in kept if name_of(path) != HERE)


def lines() -> list[tuple[str, str]]:
    texts = [(name_of(path), path.read_bytes().decode("utf-8", "replace")) for path in files()]
    return [(f"{name}:{number}", line) for name, text in texts for number, line in enumerate(text.splitlines(), 1)]


@pytest.mark.parametrize(
    ("pattern", "cure"),
    [
        (MACHINE, "write a path that holds on any machine"),
        (LEFT_OVER, "do it, or say why not in plain words"),
        (ELSEWHERE, "refer to a page that is in this tree"),
    ],
    ids=["paths of a machine", "words left over", "pages that are not here"],
)
def test_no_file_has(pattern: re.Pattern[str], cure: str) -> None:
    bad = [f"{place}: {line.strip()[:100]}" for place, line in lines() if pattern.search(line)]
    assert not bad, "\n".join([f"{cure}:", *bad[:20]])


def test_every_python_file_ends_with_one_newline() -> None:
    bad = [name_of(path) for path in files() if path.suffix == ".py" and path.stat().st_size and not _ends_well(path)]
    assert not bad, f"end them with one newline: {bad}"


def _ends_well(path: Path) -> bool:
    data = path.read_bytes()
    return data.endswith(b"\n") and not data.endswith(b"\n\n")
