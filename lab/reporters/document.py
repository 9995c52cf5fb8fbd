"""`report.json`: the run's result as JSON, the source of truth from which every other report can be drawn again.

Each scenario has a line of its own: so it is found by `grep`, and written quickly, as `json` indents in Python only.
"""

import json

from lab.history import History
from lab.reporters.base import Bundle, reporter
from lab.result import ScenarioResult

KIND = "document"
NONE = "[]\n}"
"""The end of a document without scenarios, which are the last that `lab.result` declares."""


def part(scenario: ScenarioResult, _history: History) -> str:
    """The scenario's JSON, on one line."""
    return json.dumps(scenario.model_dump(mode="json"))


@reporter(KIND, "report.json", part)
def draw(bundle: Bundle) -> str:
    """The result as JSON in ASCII; keys stand in the order in which `lab.result` declares them."""
    run = bundle.run.model_copy(update={"scenarios": ()})
    text = json.dumps(run.model_dump(mode="json"), indent=1)
    parts = ",\n  ".join(bundle.parts_for(part, KIND))
    return (f"{text.removesuffix(NONE)}[\n  {parts}\n ]\n}}" if parts else text) + "\n"
