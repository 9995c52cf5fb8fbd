"""The verbs that run nothing: `list`, `validate`, `kinds`, `init`, as a user calls them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lab.cli import cli, code_of
from lab.cli.explaining import page
from lab.faults.base import FAULTS

SCENARIO = """\
lab: scenario/1
story: TS1 is late.
level: beyond
clauses: [C3, B1]
tags: [slow]
faults:
  - delay: {flow: ts1->ls, by: 3s}
tables: {ts1: {www.example.com: 192.0.2.1}}
queries:
  - ask: www.example.com
"""
PROFILE = """\
# A profile.
lab: profile/1
servers:
  ts1: {run: "ts {port} {table}"}
  ls: {run: "ls {port} {ts1.host} {ts1.port}"}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "slow_ts1.yaml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "scenarios" / "notes.yaml").write_text("nothing: of ours\n", encoding="utf-8")
    (tmp_path / "system.yaml").write_text(PROFILE, encoding="utf-8")
    return tmp_path


def said(*words: str) -> Result:
    return CliRunner().invoke(cli, words, catch_exceptions=False, standalone_mode=False)


class TestList:
    @pytest.mark.usefixtures("folder")
    def test_shows_name_level_clauses_tags_and_story(self) -> None:
        heading, line, story = said("list").stdout.splitlines()
        assert heading.split() == ["NAME", "LEVEL", "CLAUSES", "TAGS"]
        assert line.split() == ["slow_ts1", "beyond", "C3", "B1", "slow"]
        assert story.strip() == "TS1 is late."

    @pytest.mark.usefixtures("folder")
    def test_gives_the_same_as_json(self) -> None:
        (record,) = json.loads(said("list", "scenarios", "--json").stdout)
        assert (record["name"], record["clauses"], record["path"]) == (
            "slow_ts1",
            ["C3", "B1"],
            "scenarios/slow_ts1.yaml",
        )

    @pytest.mark.usefixtures("folder")
    def test_selects_by_tag_and_exits_with_5_when_nothing_matches(self) -> None:
        assert "slow_ts1" in said("list", "-k", "slow and not fast").stdout
        assert code_of(["list", "-k", "fast"]) == 5


class TestValidate:
    @pytest.mark.usefixtures("folder")
    def test_counts_what_is_right_and_passes_over_what_is_not_ours(self) -> None:
        told = said("validate", ".")
        assert told.stdout == "ok: 1 scenario and 1 profile in 2 files\n"
        assert told.return_value == 0

    def test_tells_doubts_before_it_says_that_nothing_is_wrong(self, folder: Path) -> None:
        (folder / "scenarios" / "slow_ts1.yaml").write_text(SCENARIO.replace("www", "web", 1), encoding="utf-8")
        told = said("validate", "scenarios")
        assert told.stdout.startswith("doubt: scenarios/slow_ts1.yaml:7:5: slow_ts1: ideal servers do not pass this: ")
        assert told.stdout.endswith("ok: 1 scenario in 1 file\n")
        assert told.return_value == 0

    def test_says_all_complaints_of_all_files_and_exits_with_4(self, folder: Path) -> None:
        (folder / "scenarios" / "wrong.yaml").write_text("lab: scenario/1\nstroy: A.\nlevle: b\n", encoding="utf-8")
        (folder / "system.yaml").write_text("lab: profile/1\nserver: {}\n", encoding="utf-8")
        told = said("validate", "scenarios", "system.yaml")
        assert told.return_value == 4
        assert "did you mean story?" in told.stdout
        assert "did you mean level?" in told.stdout
        assert "did you mean servers?" in told.stdout

    @pytest.mark.usefixtures("folder")
    def test_checks_scenarios_against_a_profile(self) -> None:
        told = said("validate", "scenarios", "--system", "system.yaml", "--json")
        assert json.loads(told.stdout)["ok"]

    def test_finds_a_server_that_the_profile_has_not(self, folder: Path) -> None:
        (folder / "system.yaml").write_text(PROFILE.replace("ts1", "top"), encoding="utf-8")
        told = said("validate", "scenarios", "--system", "system.yaml", "--json")
        (read,) = json.loads(told.stdout)["files"]
        assert "ts1->ls" in read["complaints"][0]["what"]
        assert read["complaints"][0]["line"] == 7

    def test_finds_two_scenarios_of_one_name(self, folder: Path) -> None:
        (folder / "more").mkdir()
        (folder / "more" / "slow_ts1.yaml").write_text(SCENARIO, encoding="utf-8")
        assert "is also that of" in said("validate", "more", "scenarios").stdout

    @pytest.mark.usefixtures("folder")
    def test_says_so_when_a_file_is_not_there(self) -> None:
        told = said("validate", "scenarios/slow_ts2.yaml")
        assert told.return_value == 4
        assert "there is no such file" in told.stdout

    def test_exits_with_5_when_there_is_nothing(self, tmp_path: Path) -> None:
        assert code_of(["validate", str(tmp_path)]) == 5


class TestKinds:
    def test_lists_every_kind_of_fault(self) -> None:
        told = said("kinds").stdout
        assert all(f"  {name} " in told for name in FAULTS.names())

    def test_explains_one_with_its_fields_and_an_example(self) -> None:
        told = said("kinds", "delay").stdout
        assert "by: duration; required" in told
        assert "- delay: {flow: ts1->ls, by: 3s}" in told

    def test_writes_defaults_as_a_scenario_does(self) -> None:
        assert "gap: duration; default 200ms" in said("kinds", "split").stdout

    def test_gives_them_as_json(self) -> None:
        (kind,) = json.loads(said("kinds", "delay", "--json").stdout)
        assert {field["name"] for field in kind["fields"]} >= {"flow", "by", "message", "name", "chance"}

    def test_prints_the_page_of_the_documents(self) -> None:
        assert said("kinds", "--markdown").stdout == page().rstrip("\n") + "\n"

    def test_guesses_what_was_meant(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert code_of(["kinds", "delya"]) == 4
        assert "did you mean delay?" in capsys.readouterr().err


class TestInit:
    def test_writes_what_validates_and_says_how_to_run_it(self, tmp_path: Path) -> None:
        told = said("init", str(tmp_path / "mine"))
        assert told.stdout.splitlines()[-1].startswith("next: python -m lab run ")
        assert said("validate", str(tmp_path / "mine")).return_value == 0

    def test_writes_no_profile_over_one_that_is_there(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "ls.py").write_text("s.listen(1)\n", encoding="utf-8")
        (tmp_path / "system.yaml").write_text("mine", encoding="utf-8")
        assert code_of(["init", str(tmp_path)]) == 4
        assert "system.yaml: this file is there already" in capsys.readouterr().err
        assert (tmp_path / "system.yaml").read_text(encoding="utf-8") == "mine"

    def test_says_that_a_program_is_to_be_built_first(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "ls.c").write_text("int main(void) { return 0; }\n", encoding="utf-8")
        assert code_of(["init", str(tmp_path)]) == 4
        assert "build it first, as in: cc -o ls ls.c" in capsys.readouterr().err

    def test_says_that_no_program_looks_like_ls(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "ts.py").write_text("s.listen(1)\n", encoding="utf-8")
        assert code_of(["init", str(tmp_path)]) == 4
        assert "no program here looks like LS, which listens and dials: ts.py" in capsys.readouterr().err

    def test_writes_no_profile_of_an_empty_folder(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert code_of(["init", str(tmp_path), "--out", str(tmp_path / "mine.yaml")]) == 4
        assert "there are no programs here" in capsys.readouterr().err
        assert list(tmp_path.iterdir()) == []

    def test_overwrites_nothing(self, tmp_path: Path) -> None:
        assert code_of(["init", str(tmp_path)]) == 0
        assert code_of(["init", str(tmp_path)]) == 4
