"""`report.json`: the run's result as JSON, the source of truth from which every other report can be drawn again."""

import json

from lab.reporters.base import Bundle, reporter


@reporter("document", "report.json")
def draw(bundle: Bundle) -> str:
    """The result as JSON in ASCII; keys stand in the order in which `lab.result` declares them."""
    return json.dumps(bundle.run.model_dump(mode="json"), indent=1) + "\n"
