"""A client that waits for what cannot come any more does not hold up the run."""

from pathlib import Path

from lab.verdict import Verdict
from tests.running import run_texts, scenario

STEPS = "[{ask: known.example}, {wait: {exited: ts1}}, {ask: other.example}]"


def test_a_moment_that_cannot_come_ends_the_wait_and_nothing_is_proved(tmp_path: Path) -> None:
    result = run_texts(tmp_path, {"vain": scenario("", STEPS)}).results["vain"]
    assert result.verdict is Verdict.INCONCLUSIVE
    assert [query.id for query in result.queries if query.asked_at is not None] == ["client.1"]
    assert result.wall_s < 20
    (finding,) = result.broken
    assert "ts1 exited, which never came" in finding.sentence
