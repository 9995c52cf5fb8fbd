"""Views of a reply: as the client saw it, or as LS sent it; and how a view differs from what was expected."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lab.checks.exchanges import Exchange
from lab.evidence import Plan, PlannedQuery
from lab.expectation import Expectation
from lab.history import Event, History, once
from lab.protocols.base import first_field

Kind = Literal["unpunctual", "late", "early", "wrong", "missing"]
MILD_TO_GRAVE = ("unpunctual", "late", "early", "wrong", "missing")


@dataclass(frozen=True, slots=True)
class View:
    """How one query ended.

    Attributes:
        outcome: answered, not_found, wrong, no_reply, closed, reset or left.
        inner: The shortest reading of the time it took: a reply is late only if even that is too long.
        outer: The longest reading: a reply is early only if even that is too short.
        events: The events that frame it.
    """

    outcome: str
    text: str | None
    inner: float
    outer: float
    events: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """How a view differs from an expectation; `excess` only if it came later than it should."""

    kind: Kind
    option: Expectation
    excess: float = 0.0


@once
def client_views(history: History) -> Mapping[str, View]:
    """How each query ended for the lab's clients, by its id; those without an outcome are not there."""
    outcomes, replies = _by_query(history, "outcome"), _by_query(history, "replied")
    latest: dict[str, float] = {}
    found: dict[str, View] = {}
    for query, asked in _by_query(history, "asked").items():
        client, replied = asked["client"], replies.get(query)
        if query in outcomes:
            found[query] = _view(asked, outcomes[query], replied, latest.get(client, asked.at - 1))
        if replied is not None:
            latest[client] = max(latest.get(client, replied.at), replied.at)
    return found


def _by_query(history: History, kind: str) -> dict[str, Event]:
    """The first fact of a kind about each query."""
    found = {event["query"]: event for event in reversed(history.all(kind))}
    return dict(sorted(found.items(), key=lambda pair: pair[1].seq))


def _view(asked: Event, outcome: Event, replied: Event | None, previous: float) -> View:
    """A query's 5 s run from when it was asked, or from the reply to the one before it, whichever is later."""
    inner_start, outer_start = max(asked.at, previous), max(float(asked.data.get("before", asked.at)), previous)
    end = replied or outcome
    after = max(float(end.data.get("after", end.at)), end.at)  # a saved history has `at` rounded, and `after` not
    events = (asked.seq, end.seq, outcome.seq) if replied else (asked.seq, outcome.seq)
    return View(outcome["outcome"], outcome.data.get("reply"), end.at - inner_start, after - outer_start, events)


def wire_view(one: Exchange) -> View | None:
    """The reply as LS sent it; None if it sent none."""
    if one.reply is None:
        return None
    elapsed = one.reply.at - one.begun
    return View("answered", one.reply.text, elapsed, elapsed, (one.ask.seq, one.reply.seq))


def differs(plan: Plan, query: PlannedQuery, expect: Expectation, view: View) -> Trouble | None:
    """The mildest trouble of all that is allowed; None if the view is as expected."""
    options = expect.options if expect.kind == "one_of" else (expect,)
    troubles = [_trouble(plan, query, option, view) for option in options]
    if None in troubles:
        return None
    found = [trouble for trouble in troubles if trouble is not None]
    return min(found, key=lambda trouble: MILD_TO_GRAVE.index(trouble.kind), default=None)


def _trouble(plan: Plan, query: PlannedQuery, option: Expectation, view: View) -> Trouble | None:
    if option.kind in ("no_reply", "closed"):
        ways = ("closed", "reset") if option.kind == "closed" else ("no_reply",)
        return _untimely(option, view) if view.outcome in ways else Trouble("wrong", option)
    if view.text is None:
        return Trouble("missing", option)
    if not is_right(plan, query.ask, option, view.text):
        return Trouble("wrong", option)
    return _untimely(option, view)


def _untimely(option: Expectation, view: View) -> Trouble | None:
    if option.window is None:
        return None
    low, high = option.window
    if view.outer < low:
        return Trouble("early", option)
    if view.inner > high:
        return Trouble("late", option, view.inner - high)
    if option.punctual is not None and view.inner > option.punctual:
        return Trouble("unpunctual", option, view.inner - option.punctual)
    return None


def right_lines(plan: Plan, ask: str, option: Expectation) -> list[str]:
    """The lines that an expectation means: an address stands for the table's line that has it."""
    if option.kind == "not_found":
        return [plan.not_found_line(ask)]
    known = sorted(set(plan.lines_for(ask).values()))
    return [line for line in known if option.answer in line.split()[1:2]] or [option.answer]


def is_right(plan: Plan, ask: str, option: Expectation, text: str) -> bool:
    """Whether a line is what an expectation means; an address in no table stands for any line that has it."""
    means = right_lines(plan, ask, option)
    if means == [option.answer] and option.kind == "answer":
        return text == option.answer or (first_field(text) == first_field(ask) and text.split()[1:2] == means)
    return text in means


def errs(plan: Plan, ask: str, expect: Expectation) -> bool:
    """Whether the scenario itself cannot give what it expects: an answer of no table, or trouble without any fault."""
    options = expect.options if expect.kind == "one_of" else (expect,)
    known = {part for line in plan.lines_for(ask).values() for part in (line, *line.split()[1:2])}
    answers = [option.answer for option in options if option.kind == "answer"]
    return not plan.faults or (len(answers) == len(options) and not known & set(answers))
