"""Brings up to date what is generated: the page of kinds, the list of files, the schemas. `python` this file."""

import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ARCHITECTURE = ROOT / "docs" / "architecture.md"
KINDS = ROOT / "docs" / "kinds.md"
SCHEMAS = ROOT / "lab" / "schema"
SECTION = re.compile(r"(<!-- files -->\n).*(<!-- end of files -->)", re.DOTALL)


def generated() -> dict[Path, str]:
    """Each generated file and what it should hold."""
    from lab.cli.explaining import page  # noqa: PLC0415 - once the path is set, below
    from lab.scenario.schema import profile_schema, scenario_schema, text_of  # noqa: PLC0415 - as above

    schemas = {"scenario.json": scenario_schema(), "profile.json": profile_schema()}
    return {
        KINDS: page().rstrip("\n") + "\n",
        ARCHITECTURE: with_files(ARCHITECTURE.read_text(encoding="utf-8")),
        **{SCHEMAS / name: text_of(schema) for name, schema in schemas.items()},
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


def main() -> None:
    sys.path.insert(0, str(ROOT))
    for path, text in generated().items():
        if path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="")
            print(f"wrote {path.relative_to(ROOT).as_posix()}")  # noqa: T201 - what a script says


if __name__ == "__main__":
    main()
