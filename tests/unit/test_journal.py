"""What was settled is there again, whatever ended the lab; what was changed since is not."""

from pathlib import Path

import pytest

from lab.errors import BadInput
from lab.grade import Turn
from lab.runner.journal import NAME, Journal, Settings, fingerprint
from lab.runner.submissions import Submission
from lab.scenario.catalogue import default_rubric
from lab.scenario.rubric import load_rubric
from lab.verdict import Verdict
from tests.running import REFERENCE

SETTINGS = Settings(submissions=("ann",), rubric="rubric.yaml", level="contract", jobs=24)
ANN = Submission("ann", Path("ann"), None, digest="1")


def turn(scenario: str, verdict: Verdict = Verdict.PASSED) -> Turn:
    return Turn(scenario=scenario, verdict=verdict)


def written(folder: Path, *turns: Turn) -> None:
    journal = Journal.begun(folder, SETTINGS)
    for one in turns:
        journal.note(ANN, one)
    journal.close()


def settled(folder: Path, submission: Submission = ANN) -> list[str]:
    journal = Journal.resumed(folder)
    journal.close()
    return sorted(scenario for _, scenario, _ in journal.settled([submission]))


def test_what_was_judged_is_settled_and_what_was_not_is_not(tmp_path: Path) -> None:
    verdicts = {"p": "passed", "f": "failed", "s": "skipped", "i": "inconclusive", "e": "error"}
    written(tmp_path, *(turn(name, Verdict(verdict)) for name, verdict in verdicts.items()))
    assert settled(tmp_path) == ["f", "p", "s"]


@pytest.mark.parametrize("cut", [1, 5, 40])
def test_a_line_that_was_not_written_whole_is_dropped_and_the_next_begins_anew(tmp_path: Path, cut: int) -> None:
    written(tmp_path, turn("one"), turn("two"))
    path = tmp_path / NAME
    path.write_bytes(path.read_bytes()[:-cut])
    journal = Journal.resumed(tmp_path)
    journal.note(ANN, turn("three"))
    journal.close()
    assert settled(tmp_path) == ["one", "three"]


def test_what_was_settled_of_files_that_were_changed_since_is_not(tmp_path: Path) -> None:
    written(tmp_path, turn("one"))
    assert settled(tmp_path, Submission("ann", Path("ann"), None, digest="2")) == []


def test_the_later_of_two_lines_counts(tmp_path: Path) -> None:
    written(tmp_path, turn("one"), turn("one", Verdict.FAILED))
    journal = Journal.resumed(tmp_path)
    journal.close()
    (found,) = journal.settled([ANN]).values()
    assert found.verdict is Verdict.FAILED


def test_a_second_grading_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    written(tmp_path)
    with pytest.raises(BadInput, match=r"begun in this folder; go on with it by --resume"):
        Journal.begun(tmp_path, SETTINGS)


@pytest.mark.parametrize("text", [None, "", "{}\n", "nothing of ours\n"])
def test_a_folder_without_a_journal_is_refused(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / NAME).write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match="no grading can be resumed from this folder"):
        Journal.resumed(tmp_path)


def test_a_changed_rubric_or_profile_has_another_fingerprint(tmp_path: Path) -> None:
    rubric = load_rubric(default_rubric())
    other = rubric.model_copy(update={"text": f"{rubric.text}# more\n"})
    profile = tmp_path / "profile.yaml"
    profile.write_bytes(REFERENCE.read_bytes() + b"# more\n")
    prints = {fingerprint(rubric, ""), fingerprint(other, "")}
    prints |= {fingerprint(rubric, str(REFERENCE)), fingerprint(rubric, str(profile))}
    assert len(prints) == 4
    assert fingerprint(rubric, "") == fingerprint(load_rubric(default_rubric()), "")
