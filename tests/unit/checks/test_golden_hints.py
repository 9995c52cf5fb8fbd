"""What is said of broken servers, on tapes of real runs: word by word, with the hint that is right for each."""

import json
import runpy
from pathlib import Path

import pytest

from lab.checks.hints import HINTS, hint_for
from lab.verdict import Verdict
from tests.hints_shown import SHOWN
from tests.patterns_of_broken import PATTERNS

FOLDER = Path(__file__).parents[2] / "golden" / "hints"
MODULE = runpy.run_path(str(FOLDER / "regenerate.py"))
TAPES = sorted(FOLDER.glob("*.json"))


def patterns_on(tape: Path) -> tuple[str, ...]:
    """The patterns of whom a tape is of, the one that it is there for first."""
    return PATTERNS.get(tape.stem) or (tape.stem, *SHOWN[tape.stem].besides)


def protocol_on(tape: Path) -> str:
    return str(json.loads(tape.read_text(encoding="utf-8"))["plan"]["protocol"])


@pytest.mark.parametrize("tape", TAPES, ids=lambda tape: tape.stem)
def test_a_student_reads_these_words(tape: Path) -> None:
    golden = tape.with_suffix(".txt").read_text(encoding="utf-8")
    assert MODULE["said"](tape) == golden, "if it is meant: python tests/golden/hints/regenerate.py"


@pytest.mark.parametrize("tape", TAPES, ids=lambda tape: tape.stem)
def test_the_hints_are_those_of_the_servers_patterns(tape: Path) -> None:
    result, _ = MODULE["judged_tape"](tape)
    hints = {finding.hint for finding in result.findings if finding.verdict is Verdict.FAILED}
    right = [hint_for(pattern, protocol_on(tape), result.gives_up) for pattern in patterns_on(tape)]
    assert right[0] in hints
    assert hints <= set(right)


def shown_on(tape: Path) -> set[str]:
    """The patterns whose hints are told of a tape."""
    result, _ = MODULE["judged_tape"](tape)
    told = {finding.hint for finding in result.findings}
    return {pattern for pattern in HINTS if hint_for(pattern, protocol_on(tape), result.gives_up) in told}


def test_every_hint_is_on_a_tape() -> None:
    shown = {pattern for tape in TAPES for pattern in shown_on(tape)}
    assert set(HINTS) - shown == set(), "record a tape of each: tests/golden/hints/record.py"


def test_every_pattern_that_is_to_be_shown_has_its_tape() -> None:
    assert set(SHOWN) == {tape.stem for tape in TAPES} - set(PATTERNS)
    assert set(SHOWN) <= set(HINTS)


def test_what_did_not_fail_has_no_hint() -> None:
    for tape in TAPES:
        result, _ = MODULE["judged_tape"](tape)
        assert not [finding for finding in result.findings if finding.hint and finding.verdict is not Verdict.FAILED]


def test_every_golden_text_has_its_tape() -> None:
    assert {file.stem for file in FOLDER.glob("*.txt")} == {tape.stem for tape in TAPES}


def test_a_tape_is_judged_by_its_own_history_alone() -> None:
    """The name of its scenario makes no difference to its hints."""
    result, history = MODULE["judged_tape"](FOLDER / "ls_greets.json")
    told = json.loads((FOLDER / "ls_greets.json").read_text(encoding="utf-8"))
    plan = MODULE["Plan"].model_validate({**told["plan"], "name": "other"})
    saved = result.model_copy(update={"name": "other", "yaml": told["result"]["yaml"]})
    again = MODULE["judge_one_again"]((saved, history, plan), "beyond")
    assert [finding.hint for finding in again.findings] == [finding.hint for finding in result.findings]


@pytest.mark.parametrize("pattern", HINTS)
def test_a_hint_says_where_to_look_in_plain_words(pattern: str) -> None:
    hint = hint_for(pattern, "line", 5.0)
    assert any(words in hint for words in ("Look ", "look at", "Follow ", "Compare ")), hint
    assert hint.endswith((".", "?"))
    assert "{" not in hint
    assert not [
        word for word in ("flow", "door", "chunk", "profile's", "harm", "clause", "fires") if word in hint.split()
    ]


def test_a_hint_speaks_of_what_ends_a_message_in_that_system() -> None:
    assert "newline" in hint_for("glued_answers", "line", 5.0)
    assert "NUL byte" in hint_for("glued_answers", "nul", 5.0)


@pytest.mark.parametrize("protocol", ["raw", "udp"])
def test_a_hint_says_nothing_of_ends_where_nothing_marks_them(protocol: str) -> None:
    assert hint_for("long_line", protocol, 5.0) == HINTS["long_message"]
    assert hint_for("glued_answers", protocol, 5.0) == HINTS["answer_ignored"]
    assert hint_for("in_pieces", protocol, 5.0) == HINTS["other"]


def test_a_hint_says_how_long_ls_waits_in_that_system() -> None:
    assert "waits of 2 s" in hint_for("two_waits", "line", 2.0)
