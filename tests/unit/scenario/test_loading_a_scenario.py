from pathlib import Path

import pytest
import yaml

from lab.errors import BadInput
from lab.expectation import Expectation
from lab.moment import Moment
from lab.scenario import reader
from lab.scenario.load import find, is_scenario, load, load_text
from lab.scenario.model import Ask, Scenario

HEAD = "lab: scenario/1\nstory: A story.\n"


def scenario(text: str) -> Scenario:
    (only,) = load_text(HEAD + text, "folder/some_name.yaml")
    return only


def queries(text: str) -> tuple[Ask, ...]:
    return scenario(f"queries:\n{text}").clients[0].asks


def complaints(text: str) -> list[str]:
    with pytest.raises(BadInput) as caught:
        load_text(HEAD + text, "f.yaml")
    return [f"{item.line}:{item.column}: {item.path}: {item.what}" for item in caught.value.complaints]


def test_a_scenario_is_called_by_its_file_and_its_case() -> None:
    assert scenario("queries: [{ask: a}]").name == "some_name"
    text = HEAD + 'queries: [{ask: a, expect: {not_found: "${t}"}}]\ncases: {short: {t: 1s}, long-1: {t: 2s}}'
    both = load_text(text, "slow.yaml")
    assert [one.name for one in both] == ["slow.short", "slow.long-1"]
    assert [one.clients[0].asks[0].expect.at for one in both] == [1.0, 2.0]


def test_a_variable_may_stand_in_a_key_and_within_a_word() -> None:
    text = 'queries: [{ask: "x.${end}"}]\nfaults:\n  - ${kind}: {flow: ts1->ls}\ncases: {a: {kind: drop, end: edu}}'
    (one,) = load_text(HEAD + text, "f.yaml")
    assert one.faults[0].id == "drop1"
    assert one.clients[0].asks[0].ask == "x.edu"


def test_keys_that_a_case_makes_the_same_are_refused() -> None:
    text = 'queries: [{ask: a}]\ntables: {ts1: {x: 1.1.1.1, "${n}": 2.2.2.2}}\ncases: {a: {n: x}}'
    assert "in case a this key is x" in complaints(text)[0]


def test_scalars_are_text_until_their_field_types_them() -> None:
    one = scenario("tables: {ts1: {no: 1.1.1.1, on: 1.1.1.2, 010: 1.1.1.3}}\nqueries:\n  - ask: no\n  - ask: 12:30")
    assert one.tables["ts1"].text == "no 1.1.1.1 A\non 1.1.1.2 A\n010 1.1.1.3 A\n"
    assert [ask.ask for ask in one.clients[0].asks] == ["no", "12:30"]


def test_queries_are_numbered_by_client_and_may_be_named() -> None:
    one = scenario("clients:\n  ann: [{ask: a}, {ask: b, id: mine}, {wait: 1s}, {ask: c}]\n  bob: [{ask: d}]")
    assert [[ask.id for ask in client.asks] for client in one.clients] == [["ann.1", "mine", "ann.3"], ["bob.1"]]


def test_a_list_of_names_is_pipelined_and_its_expectations_are_dealt_out() -> None:
    first, second, third = queries("  - ask: [a, b]\n    expect: [closed, {not_found: 5s}]\n  - ask: c")
    assert (first.go_on, second.go_on, third.go_on) == (True, False, False)
    assert (first.pipelined, second.pipelined, third.pipelined) == (False, True, False)
    assert (first.expect, second.expect) == (Expectation(kind="closed"), Expectation(kind="not_found", at=5.0))
    assert second.place.line == 4


def test_go_on_may_follow_a_list_too() -> None:
    assert [ask.go_on for ask in queries("  - {ask: [a, b], then: go_on}")] == [True, True]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{answer: 1.1.1.1, at: 3s}", Expectation(kind="answer", answer="1.1.1.1", at=3.0)),
        (
            "{answer: x.example 1.1.1.1 A, within: 1s}",
            Expectation(kind="answer", answer="x.example 1.1.1.1 A", within=1),
        ),
        ("{answer: 1.1.1.1, between: [1s, 2s]}", Expectation(kind="answer", answer="1.1.1.1", between=(1.0, 2.0))),
        ("{not_found: 5s}", Expectation(kind="not_found", at=5.0)),
        ("{not_found: 5s, within: 6s}", Expectation(kind="not_found", at=5.0, within=6.0)),
        ("no_reply", Expectation(kind="no_reply")),
        ("{closed: }", Expectation(kind="closed")),
        ("1.1.1.1", Expectation(kind="answer", answer="1.1.1.1")),
    ],
)
def test_an_expectation_in_each_of_its_forms(text: str, expected: Expectation) -> None:
    assert queries(f"  - {{ask: a, expect: {text}}}")[0].expect == expected


def test_one_of_takes_bare_addresses_beside_whole_expectations() -> None:
    expect = queries("  - {ask: a, expect: {one_of: [1.1.1.1, {not_found: 5s}, closed]}}")[0].expect
    assert [str(option) for option in expect.options] == ["answer 1.1.1.1", "not found at 5 s", "closed"]


def test_steps_wait_and_close() -> None:
    steps = (
        scenario("queries:\n  - {ask: a}\n  - wait: {answered: client.1, plus: 1s}\n  - half_close\n  - {close: }")
        .clients[0]
        .steps
    )
    assert steps[1].moment == Moment(on="answered", of="client.1", plus=1.0)
    assert [step.how for step in steps[2:]] == ["half_close", "close"]


def test_a_program_asks_plainly() -> None:
    (ann,) = scenario("clients: {ann: {by: program, ask: [a, b]}}").clients
    assert ann.by == "program"
    assert [(ask.id, ask.go_on, ask.pipelined) for ask in ann.asks] == [
        ("ann.1", False, False),
        ("ann.2", False, False),
    ]


def test_faults_are_numbered_by_kind_and_may_be_named_timed_and_optional() -> None:
    one = scenario(
        "queries: [{ask: a}]\nfaults:\n  - drop: {flow: ts1->ls}\n  - absent: ts1\n"
        "  - {id: x, drop: {flow: ts1->ls}, when: 1s, until: {fired: drop1}, optional: true, recovery: false}\n"
        "  - drop: {flow: ts2->ls}\n"
    )
    assert [fault.id for fault in one.faults] == ["drop1", "absent1", "x", "drop3"]
    assert one.faults[1].fault.server == "ts1"
    assert (one.faults[2].when, one.faults[2].until) == (Moment(on="time", plus=1.0), Moment(on="fired", of="drop1"))
    assert one.faults[2].optional


def test_a_table_as_text_keeps_every_byte_and_knows_its_well_formed_lines() -> None:
    lines = "a.example\\t1.1.1.1  A\\r\\n# none\\nbad\\nB.x 1.1.1.2 A # why\\nb.X 3.3.3.3 A"
    table = scenario(f'tables: {{ts1: {{text: "{lines}"}}}}\nqueries: [{{ask: a}}]').tables["ts1"]
    assert table.text.endswith("A\r\n# none\nbad\nB.x 1.1.1.2 A # why\nb.X 3.3.3.3 A")
    assert table.entries == (("a.example", "a.example\t1.1.1.1  A"), ("b.x", "B.x 1.1.1.2 A"))


def test_all_complaints_of_a_file_come_at_once_also_when_some_are_of_meaning() -> None:
    found = complaints(
        "faults:\n  - dlay: {flow: ts1->ls}\n  - drop: {flow: ts1->ls}\n    id: a\n"
        "  - drop: {flow: ls->ts1}\n    id: a\n"
        "queries:\n  - {ask: x, expect: {not_found: 5}}\n  - close\n  - ask: y\npoints: many\n"
    )
    assert [line.partition(":")[0] for line in found] == ["4", "8", "10", "12", "13"]


def test_names_of_broken_entries_are_not_called_unknown() -> None:
    found = complaints("faults:\n  - {id: late, dlay: {}}\nqueries: [{ask: a}, {wait: {fired: late}}]")
    assert len(found) == 1


def test_a_file_says_what_it_is_in_its_first_line_that_is_no_comment(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    for text in ("lab: scenario/1\n", "# a\n\n  # b\nlab: scenario/1", "---\nlab: 'scenario/1'", "lab: scenario/2"):
        file.write_text(text)
        assert is_scenario(file)
    for text in ("", "lab: profile/1", "story: a\nlab: scenario/1", "a: b", "# lab: scenario/1"):
        file.write_text(text)
        assert not is_scenario(file)
    assert not is_scenario(tmp_path)


def test_scenarios_are_found_in_folders_and_other_files_there_are_left_alone(tmp_path: Path) -> None:
    deep = tmp_path / "b" / "c"
    deep.mkdir(parents=True)
    for file in (tmp_path / "z.yaml", deep / "a.yml", deep / "note.txt"):
        file.write_text("lab: scenario/1")
    (deep / "profile.yaml").write_text("lab: profile/1")
    assert find([tmp_path, deep / "a.yml"]) == [deep / "a.yml", tmp_path / "z.yaml"]
    with pytest.raises(BadInput) as caught:
        find([tmp_path / "none", deep / "profile.yaml"])
    assert [item.what for item in caught.value.complaints] == ["there is no such file or folder"]


def test_a_file_whose_name_cannot_be_selected_is_refused() -> None:
    with pytest.raises(BadInput, match="rename it"):
        load_text(HEAD + "queries: [{ask: a}]", "a b.yaml")


def test_both_loaders_of_yaml_give_the_same_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [*Path("scenarios").rglob("*.yaml"), *Path("lab/scenario/templates").rglob("*.yaml")]
    fast = [reader.read_text(file.read_text(), "f") for file in files]
    monkeypatch.setattr(reader, "LOADER", yaml.SafeLoader)
    assert [reader.read_text(file.read_text(), "f") for file in files] == fast


@pytest.mark.parametrize("file", find(["scenarios"]), ids=lambda file: file.stem)
def test_every_scenario_of_the_project_loads(file: Path) -> None:
    assert load(file)
