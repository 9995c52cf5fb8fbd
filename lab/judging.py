"""Judging: all checks of a scenario over its evidence, and what becomes of their findings. Pure (law 1).

Of several findings on one query one speaks. A check of a reply has a rank: of the ranked checks that find a query
broken only one is heard, because they look at one reply from several sides. Of the others one per clause is heard.
The one that counts, then the gravest, then the one of the lowest rank is heard; so `expected`, which knows
what the scenario demands, speaks before the checks that only know the wire.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from lab.checks.base import CHECKS, UNRANKED, Check, Evidence
from lab.checks.demands import demanded
from lab.checks.exchanges import Exchange, exchanges
from lab.checks.hints import hinted
from lab.checks.noise import excused
from lab.checks.views import View, client_views
from lab.checks.wire import Line, delivered, sender_of
from lab.evidence import PlannedQuery
from lab.history import Event
from lab.needs import Need
from lab.result import Finding, Place, QueryResult
from lab.verdict import MILD_TO_GRAVE, Verdict

Level = Literal["contract", "beyond"]
RANKED = "ranked"
BROKEN = (Verdict.FAILED, Verdict.INCONCLUSIVE, Verdict.ERROR)


@dataclass(frozen=True, slots=True)
class _Heard:
    """A finding with the rank of its check, and its place among all."""

    finding: Finding
    rank: int
    order: int

    @property
    def key(self) -> tuple[bool, int, int, int]:
        """The least is heard."""
        return (
            not self.finding.counts,
            -MILD_TO_GRAVE.index(self.finding.verdict),
            self.rank,
            self.order,
        )


def judge(
    evidence: Evidence,
    checks: Sequence[Check] = (),
    places: Sequence[Place | None] = (),
    level: Level = "beyond",
) -> tuple[Finding, ...]:
    """The findings of the checks that are always made and of those listed.

    Args:
        evidence: What was planned, and what happened.
        checks: The scenario's own checks; one of a kind that is always made takes the place of the default.
        places: Where each of them stands in the scenario.
        level: At `contract` only findings on C-clauses count.
    """
    listed = [(check, places[index] if index < len(places) else None) for index, check in enumerate(checks)]
    heard: list[_Heard] = []
    for check, place in [*_always(checks, evidence.plan.lacks), *listed]:
        for finding in _findings(evidence, check, place):
            weighed = _weighed(evidence, finding, level)
            if _is_aside(evidence, weighed, check.rank):
                weighed = weighed.model_copy(update={"counts": False})
            heard.append(_Heard(weighed, check.rank, len(heard)))
    return tuple(hinted(evidence, one.finding) for one in _primary(heard))


def _always(listed: Iterable[Check], lacks: Collection[Need]) -> list[tuple[Check, Place | None]]:
    """The checks made in every scenario that it does not list, and that can be made; those of a reply first."""
    kinds = {type(check) for check in listed}
    always = [kind() for _, kind in CHECKS if kind.always and kind not in kinds and not {*kind.needs} & {*lacks}]
    return [(check, None) for check in sorted(always, key=lambda check: check.rank)]


def _findings(evidence: Evidence, check: Check, place: Place | None) -> list[Finding]:
    """What a check finds; a check that breaks is the lab's own trouble, never the system's."""
    try:
        found = list(check.judge(evidence))
    except Exception as error:  # noqa: BLE001 - whatever breaks a check must not be blamed on the system
        found = [_broke(check, error)]
    if place is None:
        return found
    return [finding if finding.place else finding.model_copy(update={"place": place}) for finding in found]


def _broke(check: Check, error: Exception) -> Finding:
    name = next((name for name, kind in CHECKS if kind is type(check)), type(check).__name__)
    sentence = f"The lab's own check {name} broke ({error}): please report it. Nothing is said of the system."
    return Finding(check=name, verdict=Verdict.ERROR, sentence=sentence)


def _weighed(evidence: Evidence, finding: Finding, level: Level) -> Finding:
    """The finding, excused if noise could explain it, and marked if it does not count."""
    weighed = excused(evidence, finding)
    counts = _counts(evidence, weighed, level)
    return weighed if weighed.counts == counts else weighed.model_copy(update={"counts": counts})


def _is_aside(evidence: Evidence, finding: Finding, rank: int) -> bool:
    """Whether it is about a promise that a narrow scenario is not about: wrong replies and starts always matter."""
    if not evidence.plan.is_narrow or rank != UNRANKED or finding.verdict is Verdict.ERROR:
        return False
    return finding.clause not in ("", "C1", *evidence.plan.clauses)


def _counts(evidence: Evidence, finding: Finding, level: Level) -> bool:
    """At the contract level the B-clauses are only shown; what has no clause counts as its scenario does."""
    if level == "beyond" or finding.clause.startswith("C") or finding.verdict is Verdict.ERROR:
        return True
    if finding.clause:
        return False
    return finding.verdict is Verdict.INCONCLUSIVE or evidence.plan.level == "contract"


def _primary(heard: list[_Heard]) -> Iterator[_Heard]:
    """All findings but those that tell the same trouble of the same query once more."""
    first: dict[tuple[str, str], _Heard] = {}
    troubles = [one for one in heard if _is_trouble(one)]
    for one in troubles:
        for place in _places(one):
            if place not in first or one.key < first[place].key:
                first[place] = one
    for one in heard:
        if not _is_trouble(one) or all(first[place] is one for place in _places(one)):
            yield one


def _is_trouble(one: _Heard) -> bool:
    return bool(one.finding.query) and one.finding.verdict in BROKEN


def _places(one: _Heard) -> list[tuple[str, str]]:
    """Where a finding that found a query broken has rivals: under its clause, and, if ranked, among the ranked."""
    query = one.finding.query
    ranked = [] if one.rank == UNRANKED else [(query, RANKED)]
    return [(query, one.finding.clause), *ranked]


def query_results(evidence: Evidence) -> tuple[QueryResult, ...]:
    """Every planned query and how it ended, in the plan's order."""
    by_id = {one.query: one for one in exchanges(evidence)}
    views = client_views(evidence.history)
    given = delivered(evidence)
    queries = evidence.plan.queries
    return tuple(_result(evidence, query, by_id.get(query.id), views.get(query.id), given) for query in queries)


def _result(
    evidence: Evidence, query: PlannedQuery, one: Exchange | None, view: View | None, given: Sequence[Line]
) -> QueryResult:
    asked = evidence.history.first("asked", query=query.id)
    expect = demanded(evidence, query)
    told = (view.outcome, view.text, view.inner) if view else _by_wire(evidence, asked, one)
    outcome, reply, elapsed = told
    return QueryResult(
        client=query.client,
        id=query.id,
        ask=query.ask,
        outcome=outcome,
        reply=reply,
        asked_at=asked.at if asked else one.ask.at if one else None,
        elapsed_s=None if elapsed is None else round(max(elapsed, 0.0), 6),
        expected=str(expect) if expect else "",
        window=expect.window if expect else None,
        came_from=_came_from(given, one, reply),
    )


def _by_wire(evidence: Evidence, asked: Event | None, one: Exchange | None) -> tuple[str, str | None, float | None]:
    """How a query without an outcome of its own ended: a program's, or one that was never asked."""
    if one is None or one.reply is None:
        return ("no_reply" if asked or one else "left", None, None)
    own = one.reply.name == one.name
    known = one.reply.text == evidence.plan.not_found_line(one.text)
    return ("not_found" if known else "answered" if own else "wrong", one.reply.text, one.elapsed)


def _came_from(given: Sequence[Line], one: Exchange | None, reply: str | None) -> str:
    """The server that sent the reply's line last before LS did."""
    if reply is None:
        return ""
    until = one.reply.seq if one and one.reply else float("inf")
    mine = [line for line in given if line.seq < until and line.text == reply]
    return sender_of(mine[-1]) if mine else ""
