"""report.json: the source of truth, which every other report can be drawn from again."""

import json

import pytest
from report_cases import bundle

from lab.reporters.base import REPORTERS, Bundle
from lab.reporters.document import draw
from lab.result import read_result as read

BUNDLE = bundle()


def test_what_was_written_is_read_back() -> None:
    assert read(draw(BUNDLE)) == BUNDLE.run


def test_it_is_ascii_whatever_the_servers_sent() -> None:
    assert draw(BUNDLE).isascii()


def test_it_is_the_run_as_json_with_a_line_for_each_scenario() -> None:
    text = draw(BUNDLE)
    run = BUNDLE.run.model_dump(mode="json")
    assert json.loads(text) == run
    assert [json.loads(line.strip().removesuffix(",")) for line in text.splitlines() if '{"name"' in line] == [
        *run["scenarios"]
    ]


@pytest.mark.parametrize("kind", REPORTERS.names())
def test_every_report_can_be_drawn_again_from_it(kind: str) -> None:
    again = Bundle(read(draw(BUNDLE)), BUNDLE.histories)
    assert REPORTERS[kind].draw(again) == REPORTERS[kind].draw(BUNDLE)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ("[]", "it says: none"),
        ("{}", "it says: none"),
        ('{"format": "result/9"}', "it says: 'result/9'"),
        ('{"format": "result/1"}', "verdict: Field required"),
        (json.dumps({"format": "result/1", "verdict": "passed", "more": 1}), "more: Extra inputs"),
    ],
)
def test_what_is_no_result_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read(text)
