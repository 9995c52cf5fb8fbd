"""Whether a scenario and a system suit each other: what it needs is there, and what it says is worded as there."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from lab.expectation import LINE, NOT_FOUND_LATEST, Expectation
from lab.history import as_bytes, as_text
from lab.needs import Need, lacking
from lab.protocols.base import PROTOCOLS
from lab.scenario.model import Ask, Client, End, FaultEntry, Profile, Scenario, Send, Speech, Step, Table
from lab.units import format_duration

HARSH: Mapping[str, str] = {
    "close": "closes",
    "reset": "resets",
    "half_close": "ends its sending",
    "stop_reading": "stops reading",
}


def speech_of(scenario: Scenario, profile: Profile, party: str) -> Speech | None:
    """What a server speaks, or a client that is a program; None for a client of the lab's own, which needs no other."""
    server = profile.server(party)
    if server is not None:
        return server.speech or profile.own_speech
    is_program = any(client.name == party and client.by == "program" for client in scenario.clients)
    return (profile.client.speech or profile.own_speech) if is_program and profile.client else None


def lacks_of(scenario: Scenario, profile: Profile, party: str) -> Mapping[Need, str]:
    """What cannot be done to what a party sends and hears, and why."""
    speech = speech_of(scenario, profile, party)
    return PROTOCOLS[speech.protocol].lacks if speech else {}


def unsuited(scenario: Scenario, profile: Profile) -> str:
    """Why a scenario cannot be run on a profile's system, although nothing is wrong with either; empty if it can."""
    return next(_reasons(scenario, profile), "")


def _reasons(scenario: Scenario, profile: Profile) -> Iterator[str]:
    programs = [client.name for client in scenario.clients if client.by == "program"]
    if programs and profile.client is None:
        yield f"its client {programs[0]} is a program, and {profile.path} has no client"
    for server in profile.servers:
        unknown = scenario.options.get(server.name, {}).keys() - server.options.keys()
        if unknown:
            yield f"it gives {server.name} the option {min(unknown)}, which the command of {server.name} does not have"
    for name, peers in scenario.leaves_out.items():
        spec = profile.server(name)
        yield from (f"{name} is not to know of {peer}, and knows it" for peer in peers if spec and peer in spec.knows)
    if scenario.gives_up + NOT_FOUND_LATEST > profile.patience:
        times = f"{format_duration(scenario.gives_up)}, and clients wait {format_duration(profile.patience)}"
        yield f"its {profile.front} gives up only after {times}"
    yield from _too_long(scenario, profile)
    yield from _beyond_the_protocol(scenario, profile)
    if profile.serves == "one":
        yield from _more_than_one(scenario, profile)


# Messages


def _too_long(scenario: Scenario, profile: Profile) -> Iterator[str]:
    parties = [server.name for server in profile.servers] + [client.name for client in scenario.clients]
    speeches = [speech for party in parties if (speech := speech_of(scenario, profile, party)) is not None]
    sizes = [speech.message_bytes for speech in speeches if speech.message_bytes]
    longest = longest_message(scenario, profile) if sizes else 0
    if sizes and longest > min(sizes):
        yield f"it has messages of {longest} bytes, and those of {profile.path} have {min(sizes)}"


def longest_message(scenario: Scenario, profile: Profile) -> int:
    """Bytes of the longest message that clients, tables and faults may have sent, such as a name that is not found."""
    lines = [line for table in scenario.tables.values() for _, line in table.entries]
    names = [ask.ask for client in scenario.clients for ask in client.asks]
    texts = [text for entry in scenario.faults for text in entry.fault.says]
    lines += [text.replace("{name}", name) for text in texts for name in (names if "{name}" in text else [""])]
    for client in scenario.clients:
        lines += [profile.not_found.replace("{name}", ask.ask) for ask in client.asks]
        lines += as_text(b"".join(step.data for step in client.steps if isinstance(step, Send))).split("\n")
    return max((len(as_bytes(line)) for line in lines), default=0)


# What protocols lack


def _beyond_the_protocol(scenario: Scenario, profile: Profile) -> Iterator[str]:
    lacks = lacks_of(scenario, profile, profile.front)
    if "message ends" in lacks:
        found = (why for client in scenario.clients if client.by == "lab" for why in _joined(client.steps))
        yield from (f"{why}: {lacks['message ends']}" for why in found)
    if "connections" in lacks:
        ends = [step for client in scenario.clients for step in client.steps if isinstance(step, End)]
        yield from (f"its client {HARSH[step.how]}: {lacks['connections']}" for step in ends if step.how in HARSH)
        closed = [
            ask for client in scenario.clients for ask in client.asks if ask.expect and ask.expect.kind == "closed"
        ]
        yield from (f"it expects that LS closes at {ask.id}: {lacks['connections']}" for ask in closed)
    for entry in scenario.faults:
        yield from _beyond_those_of(entry, scenario, profile)
    why = lacking(((entry.kind, entry.check.needs) for entry in scenario.checks), lacks)
    if why:
        yield why


def _joined(steps: Sequence[Step]) -> Iterator[str]:
    """How the lab's client may send several messages, or bytes that are none, before a reply."""
    if any(isinstance(step, Send) for step in steps):
        yield "its client sends bytes that are no whole message"
    waiting = False
    for step in steps:
        if isinstance(step, Ask) and waiting:
            yield "its client asks before it has its reply"
        waiting = not isinstance(step, End) and (waiting or (isinstance(step, Ask) and (step.pipelined or step.go_on)))


def _beyond_those_of(entry: FaultEntry, scenario: Scenario, profile: Profile) -> Iterator[str]:
    """Message ends must be seen by who hears a flow; connections must be those of both its ends."""
    everybody = [server.name for server in profile.servers] + [client.name for client in scenario.clients]
    for flow in entry.fault.flows:
        sender, hearer = ([one] if one != "*" else everybody for one in flow.split("->"))
        for party in dict.fromkeys((*hearer, *sender)):
            needs: Iterable[Need] = (need for need in entry.fault.wants if need == "connections" or party in hearer)
            why = lacking([(entry.kind, needs)], lacks_of(scenario, profile, party))
            if why:
                yield why


def _more_than_one(scenario: Scenario, profile: Profile) -> Iterator[str]:
    """Whether an LS that serves one client is to serve more."""
    clients = len(scenario.clients)
    what = f"and the {profile.front} of {profile.path} serves one"
    if clients > 1:
        yield f"it has {clients} clients, {what}"
    elif any(entry.recovery for entry in scenario.faults):
        yield f"it has a client more when all is healed, {what}"
    elif any(_comes_again(client) for client in scenario.clients):
        yield f"its client comes again, {what}"


def _comes_again(client: Client) -> bool:
    """Whether a client asks or sends once more after it has gone."""
    gone = [at for at, step in enumerate(client.steps) if isinstance(step, End) and step.how != "stop_reading"]
    return bool(gone) and any(isinstance(step, Ask | Send) for step in client.steps[gone[0] :])


# Words


def worded(scenario: Scenario, profile: Profile) -> Scenario:
    """The scenario with the answers that the system's TSes give; what stands in their files is the same."""
    if profile.answer == LINE:
        return scenario
    lines = {
        line: profile.answer.replace(LINE, line) for table in scenario.tables.values() for _, line in table.entries
    }
    tables = {name: _answered(table, lines) for name, table in scenario.tables.items()}
    clients = tuple(client.model_copy(update={"steps": _told(client, lines)}) for client in scenario.clients)
    return scenario.model_copy(update={"tables": tables, "clients": clients})


def _answered(table: Table, lines: Mapping[str, str]) -> Table:
    return table.model_copy(update={"entries": tuple((name, lines[line]) for name, line in table.entries)})


def _told(client: Client, lines: Mapping[str, str]) -> tuple[Step, ...]:
    return tuple(_asked(step, lines) if isinstance(step, Ask) else step for step in client.steps)


def _asked(ask: Ask, lines: Mapping[str, str]) -> Ask:
    return ask.model_copy(update={"expect": _expected(ask.expect, lines)}) if ask.expect else ask


def _expected(expect: Expectation, lines: Mapping[str, str]) -> Expectation:
    options = tuple(_expected(option, lines) for option in expect.options)
    return expect.model_copy(update={"answer": lines.get(expect.answer, expect.answer), "options": options})
