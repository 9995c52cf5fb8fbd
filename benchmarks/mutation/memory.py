"""Memory: what became of mutants before, as long as nothing has changed that it rests on."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from lab.scenario.model import Scenario
from mutation.trials import Fate


class Memory:
    """A file with a fate a line.

    That a mutant was killed rests on the lab, the servers and the scenario that killed it; that it lived rests on all
    scenarios. So a new scenario is tried on survivors only.

    Args:
        path: The file; made when there is something to keep.
        files: The lab and the servers.
    """

    def __init__(self, path: Path, files: Iterable[Path], scenarios: Iterable[Scenario]) -> None:
        self._path = path
        self._always = _digest(file.read_text(encoding="utf-8") for file in sorted(files))
        self._texts = {scenario.name: scenario.text for scenario in scenarios}

    def fates(self) -> dict[str, Fate]:
        """What still holds, by the mutants' ids."""
        lines = self._path.read_text(encoding="utf-8").splitlines() if self._path.exists() else []
        kept = [json.loads(line) for line in lines]
        fates = [(entry["basis"], Fate(**entry["fate"])) for entry in kept]
        return {fate.id: fate for basis, fate in fates if basis == self._basis(fate)}

    def keep(self, fate: Fate) -> None:
        """Add one."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as kept:
            kept.write(f"{json.dumps({'basis': self._basis(fate), 'fate': asdict(fate)})}\n")

    def _basis(self, fate: Fate) -> str:
        names = [fate.by] if fate.verdict == "killed" else sorted(self._texts)
        return _digest([self._always, *(f"{name}\n{self._texts.get(name, '')}" for name in names)])


def _digest(texts: Iterable[str]) -> str:
    summed = hashlib.sha256()
    for text in texts:
        summed.update(text.encode())
    return summed.hexdigest()[:16]
