"""What is planned of a scenario on a system: the part of it that judging needs (law 1)."""

from lab.evidence import Plan, PlannedClient, PlannedFault, PlannedQuery, PlannedServer
from lab.scenario.commands import dials, with_value
from lab.scenario.model import Client, End, FaultEntry, Profile, Scenario, ServerSpec, Table
from lab.scenario.suiting import lacks_of, speech_of

EMPTY = Table(text="")


def plan(scenario: Scenario, profile: Profile) -> Plan:
    """The plan of a scenario on a profile's system; a TS without a table in the scenario has an empty one."""
    return Plan(
        name=scenario.name,
        level=scenario.level,
        clauses=scenario.clauses,
        queries=tuple(query for client in scenario.clients for query in _queries(client)),
        servers=tuple(_server(server, scenario, profile) for server in profile.servers),
        clients=tuple(_client(client) for client in scenario.clients),
        faults=tuple(_fault(entry) for entry in scenario.faults),
        protocol=(speech_of(scenario, profile, profile.front) or profile.own_speech).protocol,
        lacks=tuple(lacks_of(scenario, profile, profile.front)),
        patience=profile.patience,
        serves_many=profile.serves == "many",
        is_narrow=scenario.is_narrow,
        front=profile.front,
        gives_up=scenario.gives_up,
        not_found=profile.not_found,
    )


def _queries(client: Client) -> list[PlannedQuery]:
    return [
        PlannedQuery(client=client.name, id=ask.id, ask=ask.ask, expect=ask.expect, place=ask.place)
        for ask in client.asks
    ]


def _server(server: ServerSpec, scenario: Scenario, profile: Profile) -> PlannedServer:
    is_ts = server in profile.upstreams
    entries = scenario.tables.get(server.name, EMPTY).entries if is_ts else ()
    refuses = any(server.name in entry.check.refused for entry in scenario.checks)
    within = server.start_within
    return PlannedServer(name=server.name, is_ts=is_ts, entries=entries, start_within=within, refuses=refuses)


def _client(client: Client) -> PlannedClient:
    closes = any(isinstance(step, End) and step.how not in ("done", "half_close") for step in client.steps)
    return PlannedClient(name=client.name, by=client.by, stays=not closes)


def _fault(entry: FaultEntry) -> PlannedFault:
    fault = entry.fault
    return PlannedFault(
        id=entry.id,
        kind=entry.kind,
        where=fault.where,
        planned=fault.planned,
        harms=fault.harms,
        flows=fault.flows,
        hears=fault.hears if fault.hears != fault.flows else (),
        optional=entry.optional,
        recovery=entry.recovery,
        place=entry.place,
    )


def kept(scenario: Scenario, server: ServerSpec) -> tuple[str, ...]:
    """The words of a server's command, without those in which a server stands that the scenario leaves out."""
    left_out = scenario.leaves_out.get(server.name, ())
    return tuple(word for word in server.run if not any(name in left_out for name in dials([word])))


def added(scenario: Scenario, server: ServerSpec) -> list[str]:
    """The words that a scenario adds to a server's command."""
    given = scenario.options.get(server.name, {})
    return [word for option, value in given.items() for word in with_value(server.options.get(option, ()), value)]
