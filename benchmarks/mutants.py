"""Mutants of the reference LS against the catalogue: `python benchmarks/mutants.py [--within MINUTES] [ID...]`.

Every mutant is `servers/ls.py` with one small change. It is killed if the lab says `failed` of any scenario. Each has
a lab of its own, which ends with the first scenario that fails; there is one lab on each processor. Scenarios that
killed others of the same function come first. What ended is kept in `reports/mutants`, so that a run that was broken
off goes on from there. `ID...`: only these mutants, and nothing is kept.
"""

import argparse
import hashlib
import json
import sys
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from multiprocessing.connection import wait
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(1, str(ROOT))

from mutation.making import Mutant, mutants  # noqa: E402 - the checkout first, wherever this is started
from mutation.reasons import Reason, read_reasons, reason_of  # noqa: E402 - as above
from mutation.trials import ROUNDS, Fate, Ranking, Trial  # noqa: E402 - as above

from lab.faults.base import Fault  # noqa: E402 - as above
from lab.runner.selecting import read  # noqa: E402 - as above
from lab.scenario.model import Scenario  # noqa: E402 - as above
from lab.scenario.profile import load_profile  # noqa: E402 - as above
from lab.world.workers import processors  # noqa: E402 - as above

PROGRAM = ROOT / "servers" / "ls.py"
REASONS = ROOT / "benchmarks" / "mutation" / "survivors.yaml"
KEPT = ROOT / "reports" / "mutants"
UNCHANGED_EVERY = 60
"""Mutants between two runs of the program as it is: what is found of that is noise."""
UNCHANGED = "unchanged"
TOP = 12


def unchanged(source: str) -> Mutant:
    """The program as it is, in a mutant's place."""
    return Mutant(UNCHANGED, "", 0, "", "nothing", source)


class Hunt:
    """All mutants, tried one after the other in as many lanes as there are processors."""

    def __init__(self, scenarios: list[Scenario], kept: Path | None, until: float) -> None:
        self.fates: dict[str, Fate] = {}
        self.noise: list[Fate] = []
        self._ranking = Ranking(scenarios)
        self._profile = load_profile(ROOT / "servers" / "reference.yaml")
        self._kept = kept
        self._until = until

    def run(self, todo: Iterable[Mutant]) -> None:
        """Try them all, as long as there is time."""
        waiting = deque((mutant, 0) for mutant in self._remembered(todo))
        free, trials = deque(processors()), list[Trial]()
        try:
            while trials or (waiting and time.monotonic() < self._until):
                while waiting and free and time.monotonic() < self._until:
                    mutant, turn = waiting.popleft()
                    order = self._ranking.order(mutant)
                    trials.append(Trial(mutant, order, self._profile, free.popleft(), turn))
                wait([trial.sentinel for trial in trials], max(0.0, min(trial.left for trial in trials)))
                for trial in [trial for trial in trials if trial.is_over]:
                    trials.remove(trial)
                    free.append(trial.processor)
                    fate = trial.end()
                    if fate.verdict == "error" and trial.turn + 1 < len(ROUNDS):
                        waiting.appendleft((trial.mutant, trial.turn + 1))
                    else:
                        self._enter(trial.mutant, fate)
        finally:
            for trial in trials:
                trial.end()

    def _remembered(self, todo: Iterable[Mutant]) -> Iterator[Mutant]:
        """Those of which nothing is known yet."""
        lines = self._kept.read_text(encoding="utf-8").splitlines() if self._kept and self._kept.exists() else []
        known = {fate.id: fate for fate in (Fate(**json.loads(line)) for line in lines)}
        for number, mutant in enumerate(todo):
            if mutant.id in known:
                self._note(mutant, known[mutant.id])
            elif mutant.operator == UNCHANGED and number // UNCHANGED_EVERY < len(known) // UNCHANGED_EVERY:
                continue
            else:
                yield mutant

    def _enter(self, mutant: Mutant, fate: Fate) -> None:
        """Keep what became of one, and tell it."""
        self._note(mutant, fate)
        if self._kept and mutant.operator != UNCHANGED:
            with self._kept.open("a", encoding="utf-8") as kept:
                kept.write(f"{json.dumps(asdict(fate))}\n")
        print(f"{fate.verdict:<12} {told(mutant)}  [{fate.seconds:.1f} s, {fate.by} {fate.why[:100]}]", flush=True)

    def _note(self, mutant: Mutant, fate: Fate) -> None:
        if mutant.operator == UNCHANGED:
            self.noise.append(fate)
            return
        self.fates[mutant.id] = fate
        self._ranking.learn(mutant, fate)


def told(mutant: Mutant) -> str:
    """A mutant in one line."""
    return f"{mutant.id} line {mutant.line} {mutant.where}: {mutant.change}"


def with_unchanged(all_of_them: list[Mutant], source: str) -> Iterator[Mutant]:
    """The mutants, and now and again the program as it is."""
    for number, mutant in enumerate(all_of_them):
        if number % UNCHANGED_EVERY == 0:
            yield unchanged(source)
        yield mutant


def place_of(fault: Fault) -> str:
    """The flow, the link or the server that a fault harms."""
    return next(str(getattr(fault, field)) for field in ("flow", "link", "server") if getattr(fault, field, None))


def digest(paths: Iterable[Path]) -> str:
    """What changes when one of these files does."""
    summed = hashlib.sha256()
    for path in sorted(paths):
        summed.update(path.read_bytes())
    return summed.hexdigest()[:12]


def kept_for() -> Path:
    """Where the fates are kept that this program has in this lab with this catalogue."""
    KEPT.mkdir(parents=True, exist_ok=True)
    files = [PROGRAM, *(ROOT / "scenarios").rglob("*.yaml"), *(ROOT / "lab").rglob("*.py"), ROOT / "servers" / "ts.py"]
    return KEPT / f"{digest(files)}.jsonl"


def report(found: list[Mutant], hunt: Hunt, scenarios: list[Scenario], wall: float) -> None:
    """Print the figures, and of each survivor why it lives."""
    reasons = read_reasons(REASONS)
    fates = [hunt.fates[mutant.id] for mutant in found if mutant.id in hunt.fates]
    verdicts = Counter(fate.verdict for fate in fates)
    alive = [mutant for mutant in found if mutant.id in hunt.fates and hunt.fates[mutant.id].verdict != "killed"]
    kinds = Counter(reason.kind if (reason := reason_of(mutant, reasons)) else "unexplained" for mutant in alive)
    killed, number = verdicts["killed"], len(fates)
    harms = {(entry.kind, place_of(entry.fault)) for scenario in scenarios for entry in scenario.faults}
    print(f"\ncatalogue: {len(scenarios)} scenarios, {len(harms)} faults x places")
    print(f"mutants: {number} of {len(found)} tried, {', '.join(f'{n} {verdict}' for verdict, n in verdicts.items())}")
    print(f"killed: {killed} of {number}, {killed / number:.1%} raw")
    judged = number - kinds["equivalent"]
    print(f"  without the {kinds['equivalent']} proved equivalent: {killed} of {judged}, {killed / judged:.1%}")
    rest = judged - kinds["unasked"]
    print(f"  and without the {kinds['unasked']} that no scenario may ask for: {killed} of {rest}, {killed / rest:.1%}")
    spent = sum(fate.seconds for fate in fates)
    print(f"wall: {wall:.0f} s now; a trial takes {spent / number:.1f} s, all of them {spent / 60:.1f} min of one lane")
    odd = [fate for fate in hunt.noise if fate.verdict != "lived"]
    print(f"noise: of the program as it is, {len(odd)} of {len(hunt.noise)} runs of the catalogue were not passed")
    for fate in odd:
        print(f"  {fate.verdict} by {fate.by}: {fate.why}")
    tell_killers(fates)
    tell_survivors(alive, hunt, reasons)


def tell_killers(fates: list[Fate]) -> None:
    """Print which scenarios kill most; each mutant counts for the first that failed."""
    killers = Counter(fate.by for fate in fates if fate.verdict == "killed")
    print(f"killers: {len(killers)} scenarios came first; most often")
    for name, times in killers.most_common(TOP):
        print(f"  {times:4d} {name}")


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
    begin, source = time.monotonic(), PROGRAM.read_text(encoding="utf-8")
    scenarios = read([str(ROOT / "scenarios")], load_profile(ROOT / "servers" / "reference.yaml"))
    found = [mutant for mutant in mutants(source) if not given.ids or mutant.id in given.ids]
    hunt = Hunt(scenarios, None if given.ids else kept_for(), begin + given.within * 60)
    hunt.run(found if given.ids else with_unchanged(found, source))
    report(found, hunt, scenarios, time.monotonic() - begin)


if __name__ == "__main__":
    main()
