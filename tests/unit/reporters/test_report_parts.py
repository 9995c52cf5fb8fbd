"""Parts: what one scenario contributes to a report, drawn before the whole and put together later."""

from pathlib import Path

import pytest
from report_cases import ALL, bundle

from lab.history import History
from lab.reporters.base import REPORTERS, Bundle, parts_of
from lab.reporters.page import NUMBER, SEAM, part
from lab.result import RunResult
from lab.runner.saving import RunFolder
from lab.verdict import Verdict

WHOLE = bundle()
PARTS = {scenario.name: parts_of(scenario, WHOLE.history_of(scenario)) for scenario in WHOLE.run.scenarios}
KINDS = REPORTERS.names()


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_of_parts_is_the_report_drawn_at_once(kind: str) -> None:
    assert REPORTERS[kind].draw(Bundle(WHOLE.run, parts=PARTS)) == REPORTERS[kind].draw(WHOLE)


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_not_drawn_before_is_drawn_now(kind: str) -> None:
    some = {name: PARTS[name] for name in list(PARTS)[::2]}
    assert REPORTERS[kind].draw(Bundle(WHOLE.run, WHOLE.histories, some)) == REPORTERS[kind].draw(WHOLE)


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_of_the_run_is_the_order_of_the_report(kind: str) -> None:
    turned = WHOLE.run.model_copy(update={"scenarios": WHOLE.run.scenarios[::-1]})
    drawn = REPORTERS[kind].draw(Bundle(turned, WHOLE.histories, PARTS))
    assert drawn == REPORTERS[kind].draw(Bundle(turned, WHOLE.histories))
    assert drawn != REPORTERS[kind].draw(WHOLE)


def test_a_part_that_is_there_is_not_drawn_again() -> None:
    parts = {name: {"document": '"said before"'} for name in PARTS}
    assert REPORTERS["document"].draw(Bundle(WHOLE.run, parts=parts)).count("said before") == len(ALL)


def test_no_text_of_a_scenario_can_pass_for_a_mark_of_its_part() -> None:
    scenario = WHOLE.run.scenarios[0].model_copy(update={"story": f"{SEAM}{NUMBER}", "outputs": {"ls": f"{SEAM}\n"}})
    drawn = part(scenario, History())
    assert (drawn.count(SEAM), drawn.count(NUMBER)) == (1, 2)


def test_a_run_saved_with_parts_is_the_run_saved_without(tmp_path: Path) -> None:
    RunFolder(tmp_path / "parts").save_run(WHOLE.run, {}, PARTS)
    RunFolder(tmp_path / "whole").save_run(WHOLE.run, WHOLE.histories)
    for file in (tmp_path / "whole").iterdir():
        assert (tmp_path / "parts" / file.name).read_bytes() == file.read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_without_scenarios_has_a_report_of_no_parts(kind: str) -> None:
    assert REPORTERS[kind].draw(Bundle(RunResult(verdict=Verdict.SKIPPED)))
