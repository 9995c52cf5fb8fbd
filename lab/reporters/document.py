"""`report.json`: the run's result as JSON, the source of truth from which every other report can be drawn again."""

import json

from pydantic import ValidationError

from lab.reporters.base import Bundle, reporter
from lab.reporters.text import one_line
from lab.result import FORMAT, RunResult


@reporter("document", "report.json")
def draw(bundle: Bundle) -> str:
    """The result as JSON in ASCII; keys stand in the order in which `lab.result` declares them."""
    return json.dumps(bundle.run.model_dump(mode="json"), indent=1) + "\n"


def read(text: str) -> RunResult:
    """The result that `draw` wrote.

    Raises:
        ValueError: It is no JSON, no result, or a result of another format; the message says which, and the cure.
    """
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ValueError(f"this is no JSON ({error}); was the report cut short? Run again") from None
    told = found.get("format") if isinstance(found, dict) else None
    if told != FORMAT:
        said = one_line(repr(told), 60) if told else "none"
        raise ValueError(f"this is no result of the format {FORMAT} (it says: {said}); run again with this lab")
    try:
        return RunResult.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise ValueError(f"a {FORMAT} that does not keep its format: {place}: {first['msg']}") from None
