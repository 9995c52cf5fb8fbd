"""Which scenarios an expression over names and tags chooses, and which are too deep to be chosen by the way."""

import re
from collections.abc import Callable, Iterable, Sequence

from lab.errors import BadInput
from lab.scenario.model import Scenario

TOKEN = re.compile(r"\s*(\(|\)|[A-Za-z0-9_.:*-]+)")
DEEP = "deep"
"""The tag of scenarios that are run only when they are asked for."""
Matches = Callable[[str], bool]


def is_too_deep(tags: Iterable[str], expression: str) -> bool:
    """Whether they are the tags of a scenario that is run only if an expression has the word `deep`; this has not."""
    return DEEP in tags and DEEP not in re.split(r"\W+", expression.lower())


def choose(scenarios: Sequence[Scenario], expression: str, option: str = "-k") -> list[Scenario]:
    """Those whose name or tags match an expression of words with `and`, `or`, `not` and parentheses.

    Args:
        scenarios: All that there are.
        expression: Empty: all of them.
        option: Where the expression stands, for complaints.

    Raises:
        BadInput: It is no such expression.
    """
    if not expression.strip():
        return list(scenarios)
    rule = _parse(expression, f"{option} {expression!r}")
    return [scenario for scenario in scenarios if rule(" ".join((scenario.name, *scenario.tags)).lower())]


def _parse(expression: str, said: str) -> Matches:
    tokens = TOKEN.findall(expression)
    if "".join(tokens) != re.sub(r"\s+", "", expression):
        raise BadInput.because(f"{said} is no selection", 'write words, such as "slow_ts or (kill and not ls)"')
    rule = _either(tokens, said)
    if tokens:
        raise BadInput.because(f"{said} has {tokens[0]!r} where nothing more may follow", "check its parentheses")
    return rule


def _either(tokens: list[str], said: str) -> Matches:
    rules = [_both(tokens, said)]
    while tokens and tokens[0] == "or":
        tokens.pop(0)
        rules.append(_both(tokens, said))
    return lambda name: any(rule(name) for rule in rules)


def _both(tokens: list[str], said: str) -> Matches:
    rules = [_one(tokens, said)]
    while tokens and tokens[0] == "and":
        tokens.pop(0)
        rules.append(_one(tokens, said))
    return lambda name: all(rule(name) for rule in rules)


def _one(tokens: list[str], said: str) -> Matches:
    if not tokens or tokens[0] in (")", "and", "or"):
        raise BadInput.because(f"{said} lacks a word", "write one after each `and`, `or`, `not` and `(`")
    token = tokens.pop(0)
    if token == "not":  # noqa: S105 - a word of the expression
        inner = _one(tokens, said)
        return lambda name: not inner(name)
    if token != "(":  # noqa: S105 - a parenthesis
        return lambda name: token.lower() in name
    rule = _either(tokens, said)
    if not tokens or tokens.pop(0) != ")":
        raise BadInput.because(f"{said} lacks a closing parenthesis", "add it")
    return rule
