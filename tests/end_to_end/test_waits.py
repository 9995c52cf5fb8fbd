"""A client that waits for what cannot come any more does not hold up the run."""

from pathlib import Path

from tests.running import scenario, start_lab, told

STEPS = "[{ask: known.example}, {wait: {exited: ts1}}, {ask: other.example}]"


def test_a_moment_that_cannot_come_ends_the_wait_and_nothing_is_proved(tmp_path: Path) -> None:
    (tmp_path / "vain.yaml").write_text(scenario("", STEPS), encoding="utf-8")
    result = told(start_lab(tmp_path, str(tmp_path / "vain.yaml"), "--clock", "jump"), 20).only
    assert (result["verdict"], result["clock"]) == ("inconclusive", "jump")
    assert [query["id"] for query in result["queries"] if query["asked_at"] is not None] == ["client.1"]
    assert result["virtual_s"] < 20
    (sentence,) = [one["sentence"] for one in result["findings"] if one["verdict"] != "passed"]
    assert "ts1 exited, which never came" in sentence
