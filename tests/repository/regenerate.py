"""Brings up to date what is generated: the page of kinds, the list of files, schemas, pairs. `python` this file.

The differences of `servers/broken` whose lines have only moved get their new line numbers.
"""

import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ARCHITECTURE = ROOT / "docs" / "architecture.md"
KINDS = ROOT / "docs" / "kinds.md"
SCHEMAS = ROOT / "lab" / "schema"
PAIRS = ROOT / "scenarios" / "pairs"
SECTION = re.compile(r"(<!-- files -->\n).*(<!-- end of files -->)", re.DOTALL)


def generated() -> dict[Path, str]:
    """Each generated file and what it should hold."""
    from lab.cli.explaining import page  # noqa: PLC0415 - once the path is set, below
    from lab.scenario.schema import schemas, text_of  # noqa: PLC0415 - as above
    from tests.repository.pairs import pairs  # noqa: PLC0415 - as above

    return {
        KINDS: page().rstrip("\n") + "\n",
        ARCHITECTURE: with_files(ARCHITECTURE.read_text(encoding="utf-8")),
        **{SCHEMAS / name: text_of(schema) for name, schema in schemas().items()},
        **{PAIRS / f"{stem}.yaml": text for stem, text in pairs()},
    }


def with_files(text: str) -> str:
    """The page of the architecture with its list of files as the tree is now."""
    return SECTION.sub(lambda match: match[1] + list_of_files() + match[2], text)


def list_of_files() -> str:
    modules = [*ROOT.glob("lab/**/*.py"), *ROOT.glob("servers/*.py")]
    rows = [(path.relative_to(ROOT).as_posix(), first_line(path)) for path in sorted(modules)]
    told = [f"| `{name}` | {escaped(line)} |" for name, line in rows if line]
    return "\n".join(["| file | what it is |", "|---|---|", *told]) + "\n"


def first_line(path: Path) -> str:
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return doc.partition("\n")[0]


def escaped(line: str) -> str:
    return line.replace("|", "\\|")


def renumbered(path: Path) -> str:
    """A difference with each hunk where its lines stand now, if they stand in one place only."""
    from lab.scenario.variant import HUNK, hunks, places  # noqa: PLC0415 - as above

    lines = path.read_text(encoding="utf-8").splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith("--- "))
    sound = (path.parent / lines[begin].removeprefix("--- ")).read_text(encoding="utf-8").splitlines()
    grown = 0
    for hunk in hunks(path, lines, begin + 2):
        now, head = places(sound, hunk), HUNK.match(lines[hunk.line - 1])
        if len(now) == 1 and head:
            old, new = (f",{count}" if count else "" for count in head.group(2, 3))
            lines[hunk.line - 1] = f"@@ -{now[0] + 1}{old} +{now[0] + 1 + grown}{new} @@"
        grown += len(hunk.new) - len(hunk.old)
    return "\n".join([*lines, ""])


def main() -> None:
    sys.path.insert(0, str(ROOT))
    differences = {path: renumbered(path) for path in sorted(ROOT.glob("servers/broken/*.diff"))}
    for path, text in {**generated(), **differences}.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="")
            print(f"wrote {path.relative_to(ROOT).as_posix()}")  # noqa: T201 - what a script says


if __name__ == "__main__":
    main()
