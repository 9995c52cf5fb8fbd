"""Events in words: one sentence each, for a reader who knows the contract but not the lab."""

from collections.abc import Callable, Mapping
from typing import Any

from lab.history import Event, message_called
from lab.reporters.messages import Message
from lab.reporters.text import clipped, lasted
from lab.result import QueryResult
from lab.units import format_shift

TEXT_LIMIT = 60
NOTABLE_LAG_S = 0.05
DOORS = {
    "open": "{dialler} can connect to {server}",
    "refusing": "{dialler} cannot connect to {server}: nobody listens there",
    "silent": "{dialler} cannot connect to {server}: its attempts get no reply",
    "closing": "what {dialler} connects to {server} is accepted, and ended at once",
}
OUTCOMES = {
    "answered": "answered",
    "not_found": "not found",
    "wrong": "got a wrong reply",
    "no_reply": "got no reply",
    "closed": "saw its connection closed",
    "reset": "saw its connection reset",
    "left": "left without waiting",
}
WAYS = {
    "done": "says it is done",
    "close": "closes its connection",
    "reset": "resets its connection",
    "half_close": "closes its sending side",
    "stop_reading": "reads no more",
    "closed": "sees its connection closed",
    "gave_up": "gives up: its patience has ended",
}
SIGNALS = {1: "SIGHUP", 2: "SIGINT", 6: "SIGABRT", 9: "SIGKILL", 11: "SIGSEGV", 13: "SIGPIPE", 15: "SIGTERM"}

_Data = Mapping[str, Any]
_Say = Callable[[_Data], str]


def sentence(event: Event, planned: Mapping[str, str]) -> str:
    """What happened, in words; empty for what says nothing to a reader.

    Args:
        event: The fact.
        planned: What each fault was to do, by its id.
    """
    if event.kind == "injected":
        fault = str(event.data.get("fault", "a fault"))
        plan = planned.get(fault, "")
        return f"fault {fault} begins" + (f": {short(plan, 100)}" if plan else "")
    say = _SAY.get(event.kind)
    return say(event.data) if say else ""


def of_message(message: Message) -> str:
    """Who sent what to whom, and what became of it."""
    way = f"{message.sender} -> {message.receiver}: {short(message.label)}"
    if message.what == "part":
        return f"{way} ({'its line has not ended' if message.reached is not None else 'waits for the end of its line'})"
    if message.left is None:
        return f"{way} (invented by the lab)"
    if message.reached is None:
        return f"{way} (never handed on)"
    if message.again:
        return f"{way} (once more)"
    return f"{way} (held back)" if message.late else way


def of_query(query: QueryResult) -> str:
    """How a query ended, as in `answered www.google.com in 3.004 s (expected answer at 3 s)`."""
    text = f"{OUTCOMES.get(query.outcome, query.outcome)} {short(query.ask, 40)}"
    if query.elapsed_s is not None:
        text += f" in {lasted(query.elapsed_s)}"
    return text + (f" (expected {short(query.expected)})" if query.expected else "")


def short(text: str, limit: int = TEXT_LIMIT) -> str:
    """Foreign text inside a sentence."""
    return clipped(text, limit)


def exit_in_words(status: object) -> str:
    """An exit code, or minus a signal, in words."""
    if isinstance(status, int) and status < 0:
        return f"was killed by {SIGNALS.get(-status, f'signal {-status}')}"
    return f"exited with status {status}"


def _exited(data: _Data) -> str:
    by = data.get("by")
    return f"{data.get('server')} {exit_in_words(data.get('status'))}" + (f" (by {by})" if by else " by itself")


def _outcome(data: _Data) -> str:
    text = f"{data.get('query')} {OUTCOMES.get(str(data.get('outcome')), data.get('outcome'))}"
    elapsed = data.get("elapsed")
    if isinstance(elapsed, int | float):
        text += f" after {lasted(elapsed)}"
    return text + (f": {short(str(data['reply']))}" if data.get("reply") else "")


def _door(data: _Data) -> str:
    """Whether one party can connect to another from now on."""
    dialler, _, server = str(data.get("link", "")).partition("->")
    state = str(data.get("state"))
    return "from now on " + DOORS.get(state, f"{dialler}->{server} is {state}").format(dialler=dialler, server=server)


def _fired(data: _Data) -> str:
    about = [
        message_called(data.get("n")),
        f"of {data['flow']}" if data.get("flow") else "",
        f"about {short(str(data['name']), 40)}" if data.get("name") else "",
    ]
    where = " ".join(word for word in about if word)
    return f"fault {data.get('fault')}: {short(str(data.get('did')))}" + (f" ({where})" if where else "")


def _held(verb: str) -> _Say:
    def say(data: _Data) -> str:
        return f"fault {data.get('fault')}: {message_called(data.get('n')) or 'a part'} of {data.get('flow')} {verb}"

    return say


def _last_line(text: str) -> str:
    """What trouble comes down to: of a traceback the error, which a reader can at least report."""
    return next(iter(reversed(text.strip().splitlines())), "")


def _lagged(data: _Data) -> str:
    lag = float(data.get("lag") or 0)
    return f"the lab itself woke {lasted(lag)} late" if lag >= NOTABLE_LAG_S else ""


_SAY: Mapping[str, _Say] = {
    "listening": lambda data: f"{data.get('server')} listens",
    "expired": lambda data: (
        f"{data.get('server')}: a wait of {lasted(float(data.get('lasted', 0)))} has come to its end"
    ),
    "computed": lambda data: f"{data.get('server')} computed for {lasted(float(data.get('spent', 0)))} at one moment",
    "deaf": lambda data: f"{data.get('server')} listens no more",
    "exited": _exited,
    "zero": lambda _data: "all servers listen, the clients begin",
    "door": _door,
    "dialled": lambda data: f"somebody connects: {data.get('link')}",
    "fired": _fired,
    "released": _held("is let go"),
    "lost": _held("had nowhere to go any more"),
    "healed": lambda data: f"fault {data.get('fault')} is healed",
    "signalled": lambda data: (
        f"{data.get('server')} is sent {data.get('signal')}" + (f" (by {data['by']})" if data.get("by") else "")
    ),
    "clock_set": lambda data: (
        f"the wall clock of {data.get('server')} jumps by {format_shift(float(data.get('seconds', 0)))}"
    ),
    "asked": lambda data: f"{data.get('client')} asks {short(str(data.get('ask')))} ({data.get('query')})",
    "sent": lambda data: f"{data.get('client')} sends {short(str(data.get('text')))} as it is",
    "outcome": _outcome,
    "left": lambda data: f"{data.get('client')} {WAYS.get(str(data.get('how')), data.get('how'))}",
    "wrote": lambda data: f"{data.get('client')} wrote its file",
    "lagged": _lagged,
    "overran": lambda data: f"{data.get('server')} takes too much: {data.get('has')} {data.get('what')}, and is ended",
    "remained": lambda data: f"a process of {data.get('server')} was still there: {short(str(data.get('command')))}",
    "trouble": lambda data: f"trouble of the lab: {short(_last_line(str(data.get('text'))))}",
}
