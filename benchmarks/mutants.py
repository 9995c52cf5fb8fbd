"""Mutants of the reference LS against the catalogue: `python benchmarks/mutants.py [--within MINUTES] [ID...]`.

Every mutant is `servers/ls.py` with one small change. It is killed if the lab says `failed` of any scenario. Each has
a lab of its own, which ends with the first scenario that fails; there is one lab on each processor. Scenarios that
killed others of the same function come first. What ended is kept in `reports/mutants`, so that a run that was broken
off goes on from there. `ID...`: only these mutants, and nothing is kept.
"""

import argparse
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator
from multiprocessing.connection import wait
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(1, str(ROOT))

from mutation.left_out import CLASSES  # noqa: E402 - the checkout first, wherever this is started
from mutation.making import Mutant, mutants  # noqa: E402 - the checkout first, wherever this is started
from mutation.memory import Memory  # noqa: E402 - as above
from mutation.reasons import Reason, read_reasons, reason_of  # noqa: E402 - as above
from mutation.trials import ROUNDS, Fate, Ranking, Trial  # noqa: E402 - as above

from lab.faults.base import Fault  # noqa: E402 - as above
from lab.runner.selecting import read  # noqa: E402 - as above
from lab.scenario.model import Scenario  # noqa: E402 - as above
from lab.scenario.profile import load_profile  # noqa: E402 - as above
from lab.world.workers import processors  # noqa: E402 - as above

PROFILE = ROOT / "servers" / "reference.yaml"
PROGRAM = ROOT / "servers" / "ls.py"
REASONS = ROOT / "benchmarks" / "mutation" / "survivors.yaml"
KEPT = ROOT / "reports" / "mutants" / "fates.jsonl"
UNCHANGED_EVERY = 100
"""Mutants between two runs of the program as it is: what is found of that is noise."""
UNCHANGED = "unchanged"
TOP = 12
RANKS = ("unexplained", "open", "unasked", "sound", "equivalent")
"""In which order mutants are tried, by what is known of them: first those of which most is to be learnt."""
PROVED = ("sound", "equivalent")
STARTING = {"arguments", "main"}
TELLING = {"Link.__str__", "say"}


class Hunt:
    """All mutants, tried one after the other in as many lanes as there are processors.

    Args:
        memory: Where what became of them is kept; None: nowhere.
        until: When no more are begun.
    """

    def __init__(self, scenarios: list[Scenario], memory: Memory | None, until: float) -> None:
        self.fates: dict[str, Fate] = {}
        self.noise: list[Fate] = []
        self.fresh = 0
        self._ranking = Ranking(scenarios)
        self._profile = load_profile(PROFILE)
        self._memory = memory
        self._until = until
        self._waiting = deque[tuple[Mutant, int]]()
        self._free = deque(processors())
        self._trials: list[Trial] = []

    def run(self, mutants: list[Mutant]) -> None:
        """Try them all, as long as there is time."""
        known = self._memory.fates() if self._memory else {}
        for mutant in mutants:
            if mutant.id in known:
                self._note(mutant, known[mutant.id])
        todo = [mutant for mutant in mutants if mutant.id not in known]
        self._waiting.extend((mutant, 0) for mutant in with_unchanged(todo))
        try:
            while self._begin() or self._trials:
                wait([trial.sentinel for trial in self._trials], min(max(trial.left, 0) for trial in self._trials))
                for trial in [trial for trial in self._trials if trial.is_over]:
                    self._end(trial)
        finally:
            for trial in self._trials:
                trial.end()

    def _begin(self) -> bool:
        """Fill the lanes; whether anything was begun."""
        before = len(self._trials)
        while self._waiting and self._free and time.monotonic() < self._until:
            mutant, turn = self._waiting.popleft()
            order = self._ranking.order(mutant)
            self._trials.append(Trial(mutant, order, self._profile, self._free.popleft(), turn))
        return len(self._trials) > before

    def _end(self, trial: Trial) -> None:
        """Take one out of its lane, and keep what became of it, unless it is to be tried in another way."""
        self._trials.remove(trial)
        self._free.append(trial.processor)
        mutant, fate = trial.mutant, trial.end()
        if fate.verdict == "error" and trial.turn + 1 < len(ROUNDS):
            self._waiting.appendleft((mutant, trial.turn + 1))
            return
        self._note(mutant, fate)
        self.fresh += 1
        if self._memory and mutant.operator != UNCHANGED:
            self._memory.keep(fate)
        print(f"{fate.verdict:<12} {told(mutant)}  [{fate.seconds:.1f} s, {fate.by} {fate.why[:100]}]", flush=True)

    def _note(self, mutant: Mutant, fate: Fate) -> None:
        if mutant.operator == UNCHANGED:
            self.noise.append(fate)
        else:
            self.fates[mutant.id] = fate
            self._ranking.learn(mutant, fate)


def kind_of(mutant: Mutant, reasons: list[Reason]) -> str:
    """What is written down of why the mutant lives, if it does."""
    reason = reason_of(mutant, reasons)
    return reason.kind if reason else "unexplained"


def told(mutant: Mutant) -> str:
    """A mutant in one line."""
    return f"{mutant.id} line {mutant.line} {mutant.where}: {mutant.change}"


def with_unchanged(mutants: list[Mutant]) -> Iterator[Mutant]:
    """The mutants, and now and again the program as it is."""
    for number, mutant in enumerate(mutants):
        if number % UNCHANGED_EVERY == 0:
            yield Mutant(UNCHANGED, "", 0, "", "nothing", PROGRAM.read_text(encoding="utf-8"))
        yield mutant


def place_of(fault: Fault) -> str:
    """The flow, the link or the server that a fault harms."""
    return next(str(getattr(fault, field)) for field in ("flow", "link", "server") if getattr(fault, field, None))


def report(found: list[Mutant], hunt: Hunt, scenarios: list[Scenario], wall: float) -> None:
    """Print the figures, and of each survivor why it lives."""
    reasons = read_reasons(REASONS)
    fates = [hunt.fates[mutant.id] for mutant in found if mutant.id in hunt.fates]
    verdicts = Counter(fate.verdict for fate in fates)
    alive = [mutant for mutant in found if mutant.id in hunt.fates and hunt.fates[mutant.id].verdict != "killed"]
    kinds = Counter(kind_of(mutant, reasons) for mutant in alive)
    killed, number = verdicts["killed"], len(fates)
    harms = {(entry.kind, place_of(entry.fault)) for scenario in scenarios for entry in scenario.faults}
    print(f"\ncatalogue: {len(scenarios)} scenarios, {len(harms)} faults x places")
    print(f"mutants: {number} of {len(found)} tried, {', '.join(f'{n} {verdict}' for verdict, n in verdicts.items())}")
    print(f"killed: {killed} of {number}, {killed / number:.1%} raw")
    judged = number - kinds["equivalent"]
    print(f"  without the {kinds['equivalent']} proved equivalent: {killed} of {judged}, {killed / judged:.1%}")
    judged -= kinds["sound"]
    print(f"  and without the {kinds['sound']} that keep the contract: {killed} of {judged}, {killed / judged:.1%}")
    others = ", ".join(f"{kinds[kind]} {kind}" for kind in ("unasked", "open", "unexplained"))
    print(f"  the others that live, which count as not killed: {others}")
    tell_parts(found, hunt, reasons)
    lane = sum(fate.seconds for fate in fates)
    print(f"wall: {wall:.0f} s for {hunt.fresh} trials now; {lane / number:.1f} s a mutant, {lane / 60:.0f} min in all")
    odd = [fate for fate in hunt.noise if fate.verdict != "lived"]
    print(f"noise: of the program as it is, {len(odd)} of {len(hunt.noise)} runs of the catalogue were not passed")
    for fate in odd:
        print(f"  {fate.verdict} by {fate.by}: {fate.why}")
    tell_killers(fates)
    tell_survivors(alive, hunt, reasons)


def part_of(mutant: Mutant) -> str:
    """What the function is there for in which the mutant is."""
    return (
        "starting"
        if mutant.where in STARTING
        else "telling on standard error"
        if mutant.where in TELLING
        else "serving"
    )


def tell_parts(found: list[Mutant], hunt: Hunt, reasons: list[Reason]) -> None:
    """Print the share of each part of the program, without what is proved equivalent or sound."""
    judged = [one for one in found if one.id in hunt.fates]
    judged = [one for one in judged if hunt.fates[one.id].verdict == "killed" or kind_of(one, reasons) not in PROVED]
    numbers = Counter(map(part_of, judged))
    killed = Counter(part_of(one) for one in judged if hunt.fates[one.id].verdict == "killed")
    for part, number in numbers.items():
        print(f"  of those in {part}: {killed[part]} of {number}, {killed[part] / number:.1%}")


def tell_killers(fates: list[Fate]) -> None:
    """Print which scenarios kill most; each mutant counts for the first that failed."""
    killers = Counter(fate.by for fate in fates if fate.verdict == "killed")
    print(f"killers: {len(killers)} scenarios came first; most often")
    for name, times in killers.most_common(TOP):
        print(f"  {times:4d} {name}")


def tell_left_out(made: list[Mutant]) -> None:
    """Print how many mutants of each class are not tried, and why."""
    numbers = Counter(mutant.left_out for mutant in made if mutant.left_out)
    print(f"not tried, as they break nothing, by class: {numbers.total()}")
    for name, number in numbers.items():
        print(f"  {number:4d} {name}: {CLASSES[name]}")


def tell_survivors(alive: list[Mutant], hunt: Hunt, reasons: list[Reason]) -> None:
    """Print every mutant that is not killed, and why not; and reasons that speak of none."""
    used = set()
    print(f"survivors: {len(alive)}")
    for mutant in alive:
        reason, fate = reason_of(mutant, reasons), hunt.fates[mutant.id]
        used.add(reason)
        ended = "" if fate.verdict == "lived" else f" ({fate.verdict}: {fate.by} {fate.why})"
        why = f"{reason.kind}: {' '.join(reason.why.split())}" if reason else "no reason is written down"
        print(f"  {told(mutant)}{ended}\n    {why}")
    for reason in reasons:
        if reason not in used:
            print(f"  {REASONS.name} speaks of no survivor here: in {reason.where}: {reason.line}")


def main() -> None:
    """Read the arguments, make the mutants, try them, report."""
    parser = argparse.ArgumentParser(description="Try mutants of servers/ls.py on the catalogue.")
    parser.add_argument("ids", nargs="*", metavar="ID", help="only these, and nothing is kept")
    parser.add_argument("--within", type=float, default=30.0, metavar="MINUTES", help="begin no more after (30)")
    given = parser.parse_args()
    begin = time.monotonic()
    scenarios = read([str(ROOT / "scenarios")], load_profile(PROFILE))
    made = mutants(PROGRAM.read_text(encoding="utf-8"))
    chosen = [mutant for mutant in made if (mutant.id in given.ids if given.ids else not mutant.left_out)]
    files = [*(ROOT / "lab").rglob("*.py"), *(ROOT / "servers").glob("*.*")]
    hunt = Hunt(scenarios, None if given.ids else Memory(KEPT, files, scenarios), begin + given.within * 60)
    reasons = read_reasons(REASONS)
    hunt.run(sorted(chosen, key=lambda mutant: RANKS.index(kind_of(mutant, reasons))))
    report(chosen, hunt, scenarios, time.monotonic() - begin)
    tell_left_out(made)


if __name__ == "__main__":
    main()
