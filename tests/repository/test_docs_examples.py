"""Every example in the documents is loaded, every command understood."""

import re
import shlex
import textwrap
from pathlib import Path

import click
import pytest

from lab.cli import VERBS, cli
from lab.cli.explaining import every_kind, fields_of
from lab.moment import OCCASIONS
from lab.scenario.expects import FORMS, WINDOW
from lab.scenario.load import load_text
from lab.scenario.profile import load_profile
from lab.scenario.profile_shapes import ProfileShape, ServerShape
from lab.scenario.references import check_against
from lab.scenario.rubric import load_rubric
from lab.scenario.rubric_shapes import PartShape, RubricShape
from lab.scenario.shapes import STEPS, AskShape, FaultOptions, scenario_shape
from tests.repository.documents import PAGES, ROOT, Block, blocks, name_of

REFERENCE = ROOT / "servers" / "reference.yaml"
ELSEWHERE = ("kinds.md", "CONTRIBUTING.md")
"""Pages whose examples have tests of their own."""
YAML = [block for page in PAGES if page.name not in ELSEWHERE for block in blocks(page, "yaml")]
KINDS = [kind for kind in every_kind() if kind.example]
COMMAND = re.compile(r"(?:^|[ /])(?:python -m lab|bin/lab) (.+)$")
AROUND = """
clients:
  ann: {by: program, ask: [late.example]}
  bob: [{ask: first.example}, {ask: second.example}]
"""


def is_profile(block: Block) -> bool:
    return block.text.lstrip().startswith("lab: profile/")


def is_rubric(block: Block) -> bool:
    return block.text.lstrip().startswith("lab: rubric/")


def as_scenario(text: str) -> str:
    """A whole scenario as it stands; anything else as the fields of a small one."""
    if re.search(r"^lab: ", text, re.MULTILINE):
        return text
    asks = "" if re.search(r"^(queries|clients):", text, re.MULTILINE) else "queries: [{ask: www.example.com}]\n"
    return f"lab: scenario/1\nstory: An example.\n{text}{asks}"


@pytest.mark.parametrize("block", [block for block in YAML if not (is_profile(block) or is_rubric(block))], ids=str)
def test_every_scenario_in_the_documents_loads_and_fits_the_reference_system(block: Block) -> None:
    profile = load_profile(REFERENCE)
    for scenario in load_text(as_scenario(block.text), "example.yaml"):
        assert not check_against(scenario, profile), f"{block}: it does not fit servers/reference.yaml"


@pytest.mark.parametrize("block", [block for block in YAML if is_profile(block)], ids=str)
def test_every_profile_in_the_documents_loads(block: Block, tmp_path: Path) -> None:
    path = tmp_path / "profile.yaml"
    path.write_text(block.text, encoding="utf-8")
    assert load_profile(path).servers


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.family}-{kind.name}")
def test_the_example_of_every_kind_loads(kind: object) -> None:
    family, example = getattr(kind, "family", ""), getattr(kind, "example", "")
    section = {"fault": "faults", "check": "checks"}[family]
    text = f"lab: scenario/1\nstory: An example.\n{AROUND}{section}:\n{textwrap.indent(example, '  ')}\n"
    (scenario,) = load_text(text, "example.yaml")
    assert not check_against(scenario, load_profile(REFERENCE)), (
        "name servers, flows and links of servers/reference.yaml"
    )


@pytest.mark.parametrize("family", ["fault", "check"])
def test_every_kind_that_a_scenario_may_list_shows_an_example(family: str) -> None:
    always = {kind.name for kind in every_kind() if kind.note.startswith("Made in every scenario")}
    shown = {kind.name for kind in KINDS if kind.family == family}
    missing = {kind.name for kind in every_kind() if kind.family == family} - shown - always
    assert not missing, f"end the docstring of {sorted(missing)} with `Example:` and an entry as a scenario has it"


@pytest.mark.parametrize("block", [block for block in YAML if is_rubric(block)], ids=str)
def test_every_rubric_in_the_documents_loads(block: Block, tmp_path: Path) -> None:
    path = tmp_path / "rubric.yaml"
    path.write_text(block.text, encoding="utf-8")
    assert all(part.scenarios for part in load_rubric(path).parts)


def lines_of(page: Path) -> list[str]:
    return [line for block in blocks(page, "sh") for line in block.text.replace("\\\n", " ").splitlines()]


SAID = [
    (name_of(page), match[1])
    for page in PAGES
    for line in lines_of(page)
    for part in line.split(" && ")
    if (match := COMMAND.search(part.partition(" #")[0].strip()))
]


@pytest.mark.parametrize(("page", "said"), SAID)
def test_every_command_in_the_documents_is_understood(page: str, said: str) -> None:
    words = shlex.split(said.partition(" > ")[0])
    with click.Context(cli) as ctx:
        command = cli.get_command(ctx, words[0])
        assert command is not None, f"{page}: there is no verb {words[0]}; the verbs are {', '.join(VERBS)}"
        command.make_context(words[0], words[1:])


def table_of(page: str) -> str:
    return (ROOT / "docs" / page).read_text(encoding="utf-8")


WORDS = {
    "scenario_format.md": [
        *[field.name for field in fields_of(scenario_shape())],
        *[field.name for field in fields_of(AskShape)],
        *[field.name for field in fields_of(FaultOptions)],
        *WINDOW,
        *STEPS,
        *FORMS,
        *OCCASIONS,
        "plus",
        "nth",
        "message",
        "name",
        "chance",
    ],
    "profile_format.md": [*ProfileShape.model_fields, *ServerShape.model_fields],
    "for_graders.md": [*RubricShape.model_fields, *PartShape.model_fields],
}


@pytest.mark.parametrize(("page", "word"), [(page, word) for page, words in WORDS.items() for word in sorted(words)])
def test_every_field_of_the_formats_is_explained(page: str, word: str) -> None:
    assert re.search(rf"`[{{]?{word}[`:]", table_of(page)), f"docs/{page} says nothing of `{word}`: give it a row"
