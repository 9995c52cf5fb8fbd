import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from lab.errors import BadInput
from lab.scenario.first import write_first
from lab.scenario.load import find, load
from lab.scenario.profile import load_profile
from lab.scenario.references import check_against
from lab.scenario.schema import profile_schema, scenario_schema, text_of

FOLDER = Path("lab/schema")
SCENARIOS = find(["scenarios", "lab/scenario/templates/scenarios"])
SPOILED = [
    ("story", {}),
    ("faults", [{"dlay": {}}]),
    ("faults", [{"delay": {"flow": "ts1->ls", "by": 3}}]),
    ("faults", [{"delay": {"flow": "ts1->ls", "by": "3s"}, "wen": "3s"}]),
    ("faults", [{"hold": {"flow": "ts1->ls", "release": {"relesed": "x"}}}]),
    ("queries", [{"sleep": "3s"}]),
    ("queries", [{"ask": "a", "expect": {"not_found": 5}}]),
    ("clauses", ["C11"]),
    ("tables", {"ts1": ["a"]}),
    ("nosuchfield", 1),
]


@pytest.mark.parametrize(("name", "schema"), [("scenario", scenario_schema()), ("profile", profile_schema())])
def test_the_committed_schema_is_up_to_date(name: str, schema: dict) -> None:
    committed = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    assert committed == text_of(schema), "run python -m lab.scenario.schema lab/schema"
    jsonschema.Draft202012Validator.check_schema(json.loads(committed))


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_the_schema_accepts_every_scenario(file: Path) -> None:
    jsonschema.validate(yaml.safe_load(file.read_text()), scenario_schema())


@pytest.mark.parametrize("file", [Path("servers/reference.yaml"), Path("lab/scenario/templates/system.yaml")])
def test_the_schema_accepts_profiles(file: Path) -> None:
    jsonschema.validate(yaml.safe_load(file.read_text()), profile_schema())


@pytest.mark.parametrize(("field", "value"), SPOILED)
def test_the_schema_rejects_what_is_obviously_wrong(field: str, value: object) -> None:
    good = {"lab": "scenario/1", "story": "A.", "queries": [{"ask": "a", "expect": {"not_found": "5s"}}]}
    jsonschema.validate(good, scenario_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**good, field: value}, scenario_schema())


def test_the_schema_accepts_what_an_editor_sees_in_unquoted_text() -> None:
    seen = {"lab": "scenario/1", "story": 1, "queries": [{"ask": 1.5, "id": 2}], "points": 5, "alone": True}
    jsonschema.validate({**seen, "faults": [{"drop": {"flow": "ts1->ls", "message": 2}}]}, scenario_schema())


def test_the_first_files_fit_each_other(tmp_path: Path) -> None:
    files = write_first(tmp_path / "new")
    assert all(file.is_file() for file in files)
    profile = load_profile(tmp_path / "new" / "system.yaml")
    scenarios = [one for file in find([tmp_path / "new"]) for one in load(file)]
    assert [one.name for one in scenarios] == ["late_answer", "slow_ts"]
    assert [check_against(one, profile) for one in scenarios] == [[], []]
    assert all((Path(profile.here) / name).is_file() for name in ("ls.py", "ts.py", "client.py"))


def test_nothing_is_written_where_a_file_stands_already(tmp_path: Path) -> None:
    (tmp_path / "ls.py").write_text("mine")
    with pytest.raises(BadInput, match=r"ls\.py"):
        write_first(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["ls.py"]
    assert (tmp_path / "ls.py").read_text() == "mine"


def test_the_first_servers_are_python_that_compiles(tmp_path: Path) -> None:
    for file in write_first(tmp_path):
        if file.suffix == ".py":
            compile(file.read_text(), str(file), "exec")
