import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.errors import BadInput, Complaint
from lab.scenario import reader
from lab.scenario.document import Document
from lab.scenario.load import load, load_text
from lab.scenario.model import Profile, Scenario
from lab.scenario.profile import load_profile

SCENARIO = """\
lab: scenario/1
story: TS1's answer comes after LS gave up.
level: beyond
clauses: [B1, C5]
points: 2.5
options: {ls: {timeout: "7.5", ts: [127.0.0.1, "1"]}}
gives_up: 7.5s
tables:
  ts1: {late.example: 1.1.1.1}
  ts2: {text: "a.example 1.1.1.1 A\\r\\n"}
faults:
  - id: late
    hold: {flow: ts1->ls, name: "*.example", release: {asked: ann.2, plus: "${later}"}}
  - absent: ts2
    when: 1s
clients:
  ann:
    - ask: late.example
      expect: {one_of: [{not_found: 5s}, 1.1.1.1]}
    - wait: {released: late, plus: 200ms}
    - ask: [nobody.example, a.example]
      expect: [{not_found: 5s}, {answer: 1.1.1.1, between: [0s, 1s]}]
    - close
  bob: {by: program, ask: [b.example]}
cases:
  soon: {later: 1s}
"""
PROFILE = Path("servers/reference.yaml").read_text(encoding="utf-8")
WORDS = [
    "lab",
    "story",
    "faults",
    "delay",
    "flow",
    "ts1->ls",
    "3s",
    "ask",
    "expect",
    "${x}",
    "no",
    "",
    "queries",
    "*->ls",
]
many = settings(max_examples=300)
words = st.sampled_from(WORDS) | st.text(max_size=8)
trees = st.recursive(
    words | st.integers() | st.booleans() | st.none() | st.floats(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=20,
)


def assert_scenarios_or_complaints(loader: Callable[[Any], Any], argument: object) -> None:
    try:
        made = loader(argument)
    except BadInput as bad:
        assert_clear(bad.complaints)
    else:
        assert isinstance(made, Profile) or (made and all(isinstance(one, Scenario) for one in made))


def assert_clear(found: list[Complaint]) -> None:
    assert found
    for complaint in found:
        assert complaint.what
        assert complaint.cure
        assert complaint.file
        assert complaint.line >= 1
        assert str(complaint).encode("utf-8")


def from_text(text: str) -> list[Scenario]:
    return load_text(text, "f.yaml")


@many
@given(st.text())
def test_any_text_gives_scenarios_or_complaints(text: str) -> None:
    assert_scenarios_or_complaints(from_text, text)
    assert_scenarios_or_complaints(from_text, f"lab: scenario/1\nstory: a\n{text}")


@many
@given(st.binary() | st.binary().map(lambda data: SCENARIO.encode() + data))
@pytest.mark.parametrize("loader", [load, load_profile])
def test_any_bytes_give_a_value_or_complaints(loader: Callable[[Any], Any], data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "f.yaml"
        file.write_bytes(data)
        assert_scenarios_or_complaints(loader, file)


@many
@given(st.dictionaries(st.sampled_from(["faults", "queries", "clients", "tables", "checks", "cases", "story"]), trees))
def test_any_tree_gives_scenarios_or_complaints(tree: dict) -> None:
    text = yaml.safe_dump({"lab": "scenario/1", "story": "A.", **tree}, allow_unicode=True)
    assert_scenarios_or_complaints(from_text, text)


@st.composite
def spoiled(draw: st.DrawFn, text: str) -> str:
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        text = text[:start] + draw(words | st.sampled_from(list("\t\n:{}[]\"'#&*!|>%@`-,"))) + text[end:]
    return text


@many
@given(spoiled(SCENARIO))
def test_a_spoiled_scenario_gives_scenarios_or_complaints(text: str) -> None:
    assert_scenarios_or_complaints(from_text, text)


@many
@given(spoiled(PROFILE))
def test_a_spoiled_profile_gives_a_profile_or_complaints(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "f.yaml"
        file.write_text(text, encoding="utf-8", errors="replace")
        assert_scenarios_or_complaints(load_profile, file)


def test_the_scenario_that_is_spoiled_is_right() -> None:
    assert [one.name for one in from_text(SCENARIO)] == ["f.soon"]


@many
@given(spoiled(SCENARIO))
def test_both_loaders_of_yaml_agree_on_what_is_a_document(text: str) -> None:
    def read(loader: type) -> tuple[Document, bool]:
        before, reader.LOADER = reader.LOADER, loader
        try:
            document, complaints = reader.read_text(text, "f")
        finally:
            reader.LOADER = before
        return document, bool(complaints)

    fast, slow = read(yaml.CSafeLoader), read(yaml.SafeLoader)
    if not (fast[1] or slow[1]):
        assert fast == slow
