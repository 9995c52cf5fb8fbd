"""From a history to a scenario's result: judging, receipts, queries, outputs. Pure."""

import shlex

from lab.checks.base import Evidence
from lab.evidence import Plan, PlannedQuery
from lab.history import History
from lab.judging import judge, query_results
from lab.receipts import receipts
from lab.result import Finding, ScenarioResult, verdict_of
from lab.runner.options import Options
from lab.runner.printable import printable
from lab.scenario.model import Client, Profile, Scenario
from lab.scenario.planning import plan
from lab.ties import near_ties
from lab.units import format_duration
from lab.verdict import Verdict

KEPT_LINES, KEPT_CHARACTERS = 40, 8000
SECONDS = 4
NEVER_BEGAN = "the scenario never began, and no server was found at fault: please report this as a bug of the lab"


def plan_of(scenario: Scenario, profile: Profile, recovery: Client | None) -> Plan:
    """What was planned, with the queries that a recovery added."""
    planned = plan(scenario, profile)
    if recovery is None:
        return planned
    added = tuple(
        PlannedQuery(client=recovery.name, id=ask.id, ask=ask.ask, expect=ask.expect) for ask in recovery.asks
    )
    return planned.model_copy(update={"queries": planned.queries + added})


def judged(scenario: Scenario, planned: Plan, history: History, options: Options, **facts: object) -> ScenarioResult:
    """The result of a scenario that ran; `facts` are those that are not in the history, such as `wall_s`."""
    evidence = Evidence(planned, history)
    checks = [entry.check for entry in scenario.checks]
    places = [entry.place for entry in scenario.checks]
    findings = judge(evidence, checks, places, options.level)
    verdict, reason = _standing(planned, findings, history)
    result = described(scenario, options).model_copy(
        update={
            "verdict": verdict,
            "reason": reason,
            "findings": findings,
            "warnings": (*near_ties(history), *unjudged_speed(history)),
            "faults": receipts(evidence),
            "queries": query_results(evidence),
            "virtual_s": round(virtual_seconds(history), SECONDS),
            "servers": tuple(server.name for server in planned.servers),
            "clients": tuple(client.name for client in planned.clients),
            "outputs": outputs(history),
            **facts,
        }
    )
    return printable(result)


def _standing(planned: Plan, findings: tuple[Finding, ...], history: History) -> tuple[Verdict, str]:
    """A scenario's verdict and its reason; one that never began, and was to, has proved nothing."""
    verdict = verdict_of(findings)
    if any(server.refuses for server in planned.servers):
        return verdict, ""
    if verdict is not Verdict.PASSED or history.first("zero") is not None:
        return verdict, ""
    aside = next((finding for finding in findings if finding.verdict is Verdict.FAILED), None)
    if aside is None:
        return Verdict.ERROR, NEVER_BEGAN
    return Verdict.SKIPPED, f"it never began, through what this level does not demand: {aside.sentence}"


def unjudged_speed(history: History) -> tuple[str, ...]:
    """A warning for each server that computed, while its clients waited, on a clock on which that takes no time."""
    spent: dict[str, float] = {}
    for event in history.all("computed"):
        if event.at > 0:
            spent[event["server"]] = max(event["spent"], spent.get(event["server"], 0.0))
    what = "at one moment, which takes no time on this clock: whether it is punctual shows on the real one only"
    return tuple(f"{server} computed for {format_duration(most)} {what}" for server, most in spent.items())


def described(scenario: Scenario, options: Options) -> ScenarioResult:
    """What is known of a scenario before it ran; its verdict is `skipped` until it has another."""
    return ScenarioResult(
        name=scenario.name,
        path=scenario.path,
        folder=scenario.name,
        story=scenario.story,
        level=scenario.level,
        clauses=scenario.clauses,
        tags=scenario.tags,
        points=scenario.points,
        hint=scenario.hint,
        verdict=Verdict.SKIPPED,
        gives_up=scenario.gives_up,
        seed=options.seed,
        launch=options.launch,
        alone=scenario.alone,
        turn=scenario.turn,
        yaml=scenario.text,
        command="" if options.is_for_grades else command(scenario, options),
    )


def command(scenario: Scenario, options: Options) -> str:
    """The exact command that repeats this scenario."""
    words = ["python", "-m", "lab", "run", scenario.path]
    stem, _, case = scenario.name.partition(".")
    words += ["-k", f"{stem}.{case}"] if case else []
    words += ["--seed", str(options.seed), *options.arguments]
    return shlex.join(words)


def virtual_seconds(history: History) -> float:
    """From zero to the last outcome (the last reply on a client's leg, where the client is a program)."""
    last = [event.at for event in history if event.kind in ("outcome", "wrote")]
    return max(last, default=0.0)


def outputs(history: History) -> dict[str, str]:
    """The last lines of what each server printed."""
    return {server: _tail(text) for server, text in history.printed().items()}


def _tail(text: str) -> str:
    lines = text[-KEPT_CHARACTERS:].splitlines()[-KEPT_LINES:]
    return "\n".join(lines)
